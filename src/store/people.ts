/** People and their accounts. Personal data stays in these tables; everything else holds `per_…` ids. */
import { sql } from 'kysely';
import type { Reader, Tx } from './database.ts';
import { newId } from './ids.ts';

/** What a provider or HR says of a person, as far as linking needs it. */
export interface PersonProfile {
  readonly employeeNumber: string | null;
  readonly workEmail: string | null;
  readonly displayName: string | null;
  readonly country: string | null;
  readonly timeZone: string | null;
}

/** The key that links accounts across systems. */
export type LinkKey = 'employeeNumber' | 'workEmail';

export interface Account {
  readonly connector: string;
  readonly externalId: string;
  readonly state: string | null;
  readonly leaveAt: string | null;
}

/** Two people share the key that should tell them apart: an exception, never a guess. */
export interface AmbiguousPerson {
  readonly ambiguous: true;
  readonly key: LinkKey;
}

/**
 * The person behind an account: by the account's link, else by the first configured key that finds somebody, else a new
 * person. The account is linked to whom it finds.
 */
export async function linkPerson(
  tx: Tx,
  account: Account,
  profile: PersonProfile,
  linkBy: readonly LinkKey[],
): Promise<string | AmbiguousPerson> {
  const { connector, externalId } = account;
  await sql`select pg_advisory_xact_lock(hashtext('handback:people'))`.execute(tx);
  const linked = await tx
    .selectFrom('person_links')
    .select('person_id')
    .where('connector', '=', connector)
    .where('external_id', '=', externalId)
    .executeTakeFirst();
  const found = linked?.person_id ?? (await findByKeys(tx, profile, linkBy));
  if (typeof found === 'object' && found !== null) return found;
  const personId = found ?? (await insertPerson(tx, profile));
  if (found !== null) await fillProfile(tx, personId, profile);
  await tx
    .insertInto('person_links')
    .values({
      connector,
      external_id: externalId,
      person_id: personId,
      state: account.state,
      leave_at: account.leaveAt,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['connector', 'external_id'])
        .doUpdateSet({ state: account.state, leave_at: account.leaveAt, seen_at: sql`now()` }),
    )
    .execute();
  return personId;
}

async function findByKeys(
  tx: Tx,
  profile: PersonProfile,
  linkBy: readonly LinkKey[],
): Promise<string | null | AmbiguousPerson> {
  for (const key of linkBy) {
    const value = profile[key];
    if (value === null || value === '') continue;
    const people = await tx
      .selectFrom('persons')
      .select('id')
      .where(columnOf(key), '=', key === 'workEmail' ? value.toLowerCase() : value)
      .limit(2)
      .execute();
    if (people.length > 1) return { ambiguous: true, key };
    if (people[0] !== undefined) return people[0].id;
  }
  return null;
}

function columnOf(key: LinkKey) {
  return key === 'workEmail' ? sql<string>`lower(work_email)` : sql<string>`employee_number`;
}

async function insertPerson(tx: Tx, profile: PersonProfile): Promise<string> {
  const id = newId('person');
  await tx
    .insertInto('persons')
    .values({
      id,
      display_name: profile.displayName,
      work_email: profile.workEmail,
      employee_number: profile.employeeNumber,
      country: profile.country,
      time_zone: profile.timeZone,
      manager_person_id: null,
    })
    .execute();
  return id;
}

/** A later source may know what an earlier one did not; what is known is not overwritten by nothing. */
async function fillProfile(tx: Tx, personId: string, profile: PersonProfile): Promise<void> {
  await sql`
    update persons set
      display_name = coalesce(${profile.displayName}, display_name),
      work_email = coalesce(work_email, ${profile.workEmail}),
      employee_number = coalesce(employee_number, ${profile.employeeNumber}),
      country = coalesce(${profile.country}, country),
      time_zone = coalesce(${profile.timeZone}, time_zone)
    where id = ${personId}
      and (display_name, work_email, employee_number, country, time_zone) is distinct from
        (coalesce(${profile.displayName}, display_name), coalesce(work_email, ${profile.workEmail}), coalesce(employee_number, ${profile.employeeNumber}),
         coalesce(${profile.country}, country), coalesce(${profile.timeZone}, time_zone))`.execute(tx);
}

/** What sources are asked by: the person's accounts and keys. */
export interface PersonIdentity {
  readonly personId: string;
  readonly accounts: readonly { readonly connector: string; readonly externalId: string }[];
  readonly workEmail: string | null;
  readonly employeeNumber: string | null;
}

/** @throws Error when there is no such person. */
export async function readIdentity(db: Reader, personId: string): Promise<PersonIdentity> {
  const person = await db
    .selectFrom('persons')
    .select(['work_email', 'employee_number'])
    .where('id', '=', personId)
    .executeTakeFirstOrThrow();
  const links = await db
    .selectFrom('person_links')
    .select(['connector', 'external_id'])
    .where('person_id', '=', personId)
    .orderBy('connector')
    .orderBy('external_id')
    .execute();
  return {
    personId,
    accounts: links.map((link) => ({ connector: link.connector, externalId: link.external_id })),
    workEmail: person.work_email,
    employeeNumber: person.employee_number,
  };
}
