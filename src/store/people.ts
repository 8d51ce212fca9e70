/** People and their accounts. Personal data stays in these tables; everything else holds `per_…` ids. */
import { CompiledQuery, sql } from 'kysely';
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

/** The keys do not tell one person: an exception, never a guess. */
export interface AmbiguousPerson {
  readonly ambiguous: true;
  /** The key that does not fit. */
  readonly key: LinkKey;
}

/**
 * The person behind an account: by the account's link, else by the configured keys, else a new person. The account is linked
 * to whom it finds. Ambiguous, and linked to nobody new, when
 * - a key finds several, or two keys find two people;
 * - a key that both sides have differs (a work e-mail may be given to the next one);
 * - whom the keys find has another account at the same connector already, and the first key is not on both sides;
 * - the account's employee number is another person's.
 */
export async function linkPerson(
  tx: Tx,
  account: Account,
  profile: PersonProfile,
  linkBy: readonly LinkKey[],
): Promise<string | AmbiguousPerson> {
  const { connector, externalId } = account;
  const known = { ...profile, employeeNumber: usableNumber(profile.employeeNumber) };
  await sql`select pg_advisory_xact_lock(hashtext('handback:people'))`.execute(tx);
  const linked = await tx
    .selectFrom('person_links')
    .select('person_id')
    .where('connector', '=', connector)
    .where('external_id', '=', externalId)
    .executeTakeFirst();
  if (linked !== undefined) await keepLink(tx, account, linked.person_id);
  const found = linked?.person_id ?? (await findByKeys(tx, connector, known, linkBy));
  if (typeof found === 'object' && found !== null) return found;
  if (await wouldTakeNumber(tx, known.employeeNumber, found))
    return { ambiguous: true, key: 'employeeNumber' };
  if (found !== null) await fillProfile(tx, found, known);
  const personId = found ?? (await insertPerson(tx, known));
  if (linked === undefined) await keepLink(tx, account, personId);
  return personId;
}

/** What stands in the field when there is no number. */
const PLACEHOLDERS = new Set(['N/A', 'NA', 'NONE', 'NULL', 'CONTRACTOR', 'TBD', 'EXTERNAL', 'UNKNOWN', '-']);

/** The employee number, when it is one: what many people have in its place tells nobody apart. */
export function usableNumber(employeeNumber: string | null): string | null {
  const number = employeeNumber?.trim() ?? '';
  return /^0*$/u.test(number) || PLACEHOLDERS.has(number.toUpperCase()) ? null : number;
}

async function keepLink(tx: Tx, account: Account, personId: string): Promise<void> {
  const { connector, externalId, state, leaveAt } = account;
  await tx
    .insertInto('person_links')
    .values({ connector, external_id: externalId, person_id: personId, state, leave_at: leaveAt })
    .onConflict((conflict) =>
      conflict
        .columns(['connector', 'external_id'])
        .doUpdateSet({ state, leave_at: leaveAt, seen_at: sql`now()` }),
    )
    .execute();
}

interface KeyedPerson {
  readonly id: string;
  readonly employeeNumber: string | null;
  readonly workEmail: string | null;
}

/** The person whom the configured keys tell, without linking anything. */
export async function findByKeys(
  tx: Tx,
  connector: string,
  profile: PersonProfile,
  linkBy: readonly LinkKey[],
): Promise<string | null | AmbiguousPerson> {
  let found: KeyedPerson | null = null;
  for (const key of linkBy) {
    const value = keyOf(profile, key);
    if (value === null) continue;
    const people = await tx
      .selectFrom('persons')
      .select(['id', 'employee_number as employeeNumber', 'work_email as workEmail'])
      .where(columnOf(key), '=', value)
      .limit(2)
      .execute();
    const person = people[0];
    if (person === undefined) continue;
    if (people.length > 1 || (found !== null && found.id !== person.id)) return { ambiguous: true, key };
    found = person;
  }
  if (found === null) return null;
  const { id } = found;
  for (const key of linkBy) {
    const [ours, theirs] = [keyOf(found, key), keyOf(profile, key)];
    if (ours !== null && theirs !== null && ours !== theirs) return { ambiguous: true, key };
  }
  const [first] = linkBy;
  if (first === undefined || (keyOf(found, first) !== null && keyOf(profile, first) !== null)) return id;
  return (await hasLinkAt(tx, id, connector)) ? { ambiguous: true, key: first } : id;
}

/** The key as it is compared; `null` when it tells nobody. */
function keyOf(of: Pick<PersonProfile, LinkKey>, key: LinkKey): string | null {
  if (key === 'employeeNumber') return usableNumber(of.employeeNumber);
  const email = of.workEmail?.trim().toLowerCase() ?? '';
  return email === '' ? null : email;
}

function columnOf(key: LinkKey) {
  return key === 'workEmail' ? sql<string>`lower(work_email)` : sql<string>`employee_number`;
}

async function hasLinkAt(tx: Tx, personId: string, connector: string): Promise<boolean> {
  const link = await tx
    .selectFrom('person_links')
    .select('external_id')
    .where('connector', '=', connector)
    .where('person_id', '=', personId)
    .limit(1)
    .executeTakeFirst();
  return link !== undefined;
}

/** Whether the person, who has no number yet, would be given one that somebody else has. */
async function wouldTakeNumber(
  tx: Tx,
  employeeNumber: string | null,
  personId: string | null,
): Promise<boolean> {
  if (employeeNumber === null) return false;
  const people = await tx
    .selectFrom('persons')
    .select(['id', 'employee_number'])
    .where((on) => on.or([on('employee_number', '=', employeeNumber), on('id', '=', personId ?? '')]))
    .execute();
  const own = people.find(({ id }) => id === personId)?.employee_number ?? null;
  return own === null && people.some((one) => one.id !== personId);
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

const IDENTITY = `
  select work_email, employee_number, connector, external_id
  from persons left join person_links on person_links.person_id = persons.id
  where persons.id = $1 order by connector, external_id`;

interface IdentityRow {
  readonly work_email: string | null;
  readonly employee_number: string | null;
  readonly connector: string | null;
  readonly external_id: string | null;
}

/** @throws Error when there is no such person. */
export async function readIdentity(db: Reader, personId: string): Promise<PersonIdentity> {
  const { rows } = await db.executeQuery<IdentityRow>(CompiledQuery.raw(IDENTITY, [personId]));
  const [person] = rows;
  if (person === undefined) throw new Error(`no person ${personId}`);
  return {
    personId,
    accounts: rows.flatMap(({ connector, external_id: externalId }) =>
      connector === null || externalId === null ? [] : [{ connector, externalId }],
    ),
    workEmail: person.work_email,
    employeeNumber: usableNumber(person.employee_number),
  };
}
