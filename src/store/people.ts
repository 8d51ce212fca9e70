/** People and their accounts. Personal data stays in these tables; everything else holds `per_…` ids. */
import { sql } from 'kysely';
import type { Reader, Tx } from './database.ts';
import { newId } from './ids.ts';
import { vaultOf } from './personal/attached-vault.ts';
import { liftTombstones, tombstoneOf } from './personal/tombstones.ts';
import { INDEX_COLUMNS, keyCommitment, usableNumber } from './personal/fields.ts';
import type { LinkKey, PersonValues } from './personal/fields.ts';
import { insertSealedPerson, openRow, SEALED, sealedRows, writeValues } from './personal/values.ts';

export { usableNumber } from './personal/fields.ts';
export type { LinkKey } from './personal/fields.ts';

/** What a provider or HR says of a person, as far as linking needs it. */
export interface PersonProfile {
  readonly employeeNumber: string | null;
  readonly workEmail: string | null;
  readonly displayName: string | null;
  readonly country: string | null;
  readonly timeZone: string | null;
}

export interface Account {
  readonly connector: string;
  readonly externalId: string;
  readonly state: string | null;
  readonly leaveAt: string | null;
  /** The source says that the person is (again) with us, where the account's state does not. */
  readonly isBack?: boolean;
}

/** Somebody who was erased, and is not back: nothing of them is taken in again. */
export interface ErasedPerson {
  readonly erased: true;
  readonly personId: string;
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
 * An account that an erased person is known by is linked to nobody, until its owner is back: then they are somebody new.
 */
export async function linkPerson(
  tx: Tx,
  account: Account,
  profile: PersonProfile,
  linkBy: readonly LinkKey[],
): Promise<string | AmbiguousPerson | ErasedPerson> {
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
  const erasedId = linked === undefined ? await erasedAs(tx, account, known) : null;
  if (erasedId !== null) return { erased: true, personId: erasedId };
  const found = linked?.person_id ?? (await findByKeys(tx, connector, known, linkBy));
  if (typeof found === 'object' && found !== null) return found;
  if (await wouldTakeNumber(tx, known.employeeNumber, found))
    return { ambiguous: true, key: 'employeeNumber' };
  if (found !== null) await fillProfile(tx, found, known);
  const personId = found ?? (await insertPerson(tx, known));
  if (linked === undefined) await keepLink(tx, account, personId);
  return personId;
}

/** Whose tombstone the account, or a key of it, meets. One who is back leaves it behind. */
async function erasedAs(tx: Tx, account: Account, profile: PersonProfile): Promise<string | null> {
  const found = await tombstoneOf(tx, { ...profile, account });
  if (found === null) return null;
  if (account.state !== 'active' && account.isBack !== true) return found;
  await liftTombstones(tx, found);
  return null;
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

/** A person's keys as they are looked up. */
interface KeyedPerson {
  readonly id: string;
  readonly employeeNumber: Buffer | null;
  readonly workEmail: Buffer | null;
}

/** The person whom the configured keys tell, without linking anything. */
export async function findByKeys(
  tx: Tx,
  connector: string,
  profile: PersonProfile,
  linkBy: readonly LinkKey[],
): Promise<string | null | AmbiguousPerson> {
  const theirs = {
    employeeNumber: commitmentTo(tx, 'employeeNumber', profile.employeeNumber),
    workEmail: commitmentTo(tx, 'workEmail', profile.workEmail),
  };
  let found: KeyedPerson | null = null;
  for (const key of linkBy) {
    const value = theirs[key];
    if (value === null) continue;
    const people: readonly KeyedPerson[] = await tx
      .selectFrom('persons')
      .select(['id', 'employee_number_index as employeeNumber', 'work_email_index as workEmail'])
      .where(INDEX_COLUMNS[key], '=', value)
      .limit(2)
      .execute();
    const person = people[0];
    if (person === undefined) continue;
    if (people.length > 1 || (found !== null && found.id !== person.id)) return { ambiguous: true, key };
    found = person;
  }
  if (found === null) return null;
  const ours = found;
  for (const key of linkBy) {
    const [one, other] = [ours[key], theirs[key]];
    if (one !== null && other !== null && !one.equals(other)) return { ambiguous: true, key };
  }
  const [first] = linkBy;
  if (first === undefined || (ours[first] !== null && theirs[first] !== null)) return ours.id;
  return (await hasLinkAt(tx, ours.id, connector)) ? { ambiguous: true, key: first } : ours.id;
}

/** What a key is looked up by; `null` when it tells nobody. */
function commitmentTo(tx: Tx, key: LinkKey, value: string | null): Buffer | null {
  return value === null ? null : keyCommitment(vaultOf(tx), key, value);
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
  const number = commitmentTo(tx, 'employeeNumber', employeeNumber);
  if (number === null) return false;
  const people = await tx
    .selectFrom('persons')
    .select(['id', 'employee_number_index'])
    .where((on) => on.or([on('employee_number_index', '=', number), on('id', '=', personId ?? '')]))
    .execute();
  const own = people.find(({ id }) => id === personId)?.employee_number_index ?? null;
  return own === null && people.some((one) => one.id !== personId);
}

async function insertPerson(tx: Tx, profile: PersonProfile): Promise<string> {
  const id = newId('person');
  const { displayName, workEmail, employeeNumber, ...clear } = profile;
  await insertSealedPerson(tx, id, { displayName, workEmail, employeeNumber }, clear);
  return id;
}

/** A later source may know what an earlier one did not; what is known is not overwritten by nothing. */
async function fillProfile(tx: Tx, personId: string, profile: PersonProfile): Promise<void> {
  const row = await sealedRows(tx)
    .select([...SEALED, 'country', 'time_zone'])
    .where('persons.id', '=', personId)
    .executeTakeFirstOrThrow();
  const news = newsOf(profile, await openRow(vaultOf(tx), row));
  if (Object.keys(news).length > 0) await writeValues(tx, personId, news);
  const { country, timeZone } = profile;
  if ((country ?? row.country) === row.country && (timeZone ?? row.time_zone) === row.time_zone) return;
  await sql`
    update persons set country = coalesce(${country}, country), time_zone = coalesce(${timeZone}, time_zone)
    where id = ${personId} and erased_at is null`.execute(tx);
}

/** The keys stay as they were first told; a name may change. */
function newsOf(profile: PersonProfile, known: PersonValues): Partial<PersonValues> {
  const { displayName, workEmail, employeeNumber } = profile;
  return {
    ...(displayName !== null && displayName !== known.displayName ? { displayName } : {}),
    ...(workEmail !== null && known.workEmail === null ? { workEmail } : {}),
    ...(employeeNumber !== null && known.employeeNumber === null ? { employeeNumber } : {}),
  };
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
  const rows = await sealedRows(db)
    .leftJoin('person_links', 'person_links.person_id', 'persons.id')
    .select([...SEALED, 'connector', 'external_id'])
    .where('persons.id', '=', personId)
    .orderBy('connector')
    .orderBy('external_id')
    .execute();
  const [person] = rows;
  if (person === undefined) throw new Error(`no person ${personId}`);
  const { workEmail, employeeNumber } = await openRow(vaultOf(db), person);
  return {
    personId,
    accounts: rows.flatMap(({ connector, external_id: externalId }) =>
      connector === null || externalId === null ? [] : [{ connector, externalId }],
    ),
    workEmail,
    employeeNumber: usableNumber(employeeNumber),
  };
}
