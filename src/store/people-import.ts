/** Addresses of people, as HR hands them over: where a return label starts. Personal data. */
import { sql } from 'kysely';
import type { Tx } from './database.ts';
import { newId } from './ids.ts';
import { keepManager } from './managers.ts';
import { usableNumber } from './people.ts';
import { queueWakes } from './outbox.ts';
import { custodyWorkflowId } from '../domain/ids.ts';
import { findByKey } from './personal/lookup.ts';
import { tombstoneOf } from './personal/tombstones.ts';
import { insertSealedPerson, readValuesOf, writeValues } from './personal/values.ts';
import type { StoredAddress } from './schema.ts';

export interface ImportedPerson {
  readonly employeeNumber: string | null;
  readonly workEmail: string | null;
  readonly displayName: string | null;
  readonly country: string | null;
  readonly timeZone: string | null;
  readonly address: StoredAddress | null;
  /** Where they can be written to once they have left. */
  readonly privateEmail: string | null;
  /** Must not be written to, as after a death; `null`: as it is. */
  readonly noContact: boolean | null;
  /** The group they are in, as modes and timing name it; `null`: as it is. */
  readonly group: string | null;
  /** The manager's employee number. */
  readonly managerEmployeeNumber: string | null;
}

export type ImportOutcome =
  | { readonly outcome: 'created' | 'updated'; readonly personId: string }
  | { readonly outcome: 'ambiguous' | 'erased'; readonly personId: null };

/**
 * Adds to what is known of people; who is not known yet is remembered, and linked when a source names them. By employee
 * number first, else by work e-mail; who cannot be told apart is left alone.
 */
export async function importPeople(
  tx: Tx,
  people: readonly ImportedPerson[],
): Promise<readonly ImportOutcome[]> {
  // The lock of linking: otherwise a hook at the same moment makes the same person again.
  await sql`select pg_advisory_xact_lock(hashtext('handback:people'))`.execute(tx);
  const outcomes: ImportOutcome[] = [];
  for (const person of people) outcomes.push(await importPerson(tx, person));
  // Somebody's manager may stand behind them in the list. By employee number alone: an import is of no connector.
  for (const [index, { managerEmployeeNumber }] of people.entries()) {
    const personId = outcomes[index]?.personId ?? null;
    if (personId !== null) await keepManager(tx, personId, '', usableNumber(managerEmployeeNumber));
  }
  await wakeCustodiesOf(
    tx,
    outcomes.flatMap(({ personId, outcome }) => (outcome === 'updated' ? [personId] : [])),
  );
  return outcomes;
}

async function importPerson(tx: Tx, given: ImportedPerson): Promise<ImportOutcome> {
  const person = { ...given, employeeNumber: usableNumber(given.employeeNumber) };
  const [first, second] = await findKnown(tx, person);
  if (second !== undefined) return { outcome: 'ambiguous', personId: null };
  if (first === undefined) {
    // A list of everybody who ever worked here brings nobody back.
    if ((await tombstoneOf(tx, person)) !== null) return { outcome: 'erased', personId: null };
    const personId = await insertPerson(tx, person);
    await keepContact(tx, personId, person);
    return { outcome: 'created', personId };
  }
  const known = await readValuesOf(tx, first);
  const { employeeNumber, workEmail, displayName, address, privateEmail } = person;
  await writeValues(tx, first, {
    ...(employeeNumber !== null && known.employeeNumber === null ? { employeeNumber } : {}),
    ...(workEmail !== null && known.workEmail === null ? { workEmail } : {}),
    ...(displayName === null ? {} : { displayName }),
    ...(address === null ? {} : { address }),
    ...(privateEmail === null ? {} : { privateEmail }),
  });
  await sql`
    update persons set country = coalesce(${person.country}, country), time_zone = coalesce(${person.timeZone}, time_zone)
    where id = ${first}`.execute(tx);
  await keepContact(tx, first, person);
  return { outcome: 'updated', personId: first };
}

/** Whether the person can be written to, and their group; what is not given stays. */
async function keepContact(tx: Tx, personId: string, { noContact, group }: ImportedPerson): Promise<void> {
  if (noContact === null && group === null) return;
  await sql`
    update persons set no_contact = coalesce(${noContact}, no_contact), group_name = coalesce(${group}, group_name)
    where id = ${personId}`.execute(tx);
}

async function findKnown(tx: Tx, { employeeNumber, workEmail }: ImportedPerson): Promise<readonly string[]> {
  const numbered = await findByKey(tx, 'employeeNumber', employeeNumber);
  return numbered.length > 0 ? numbered : findByKey(tx, 'workEmail', workEmail);
}

async function insertPerson(tx: Tx, person: ImportedPerson): Promise<string> {
  const id = newId('person');
  const { employeeNumber, workEmail, displayName, address, privateEmail, country, timeZone } = person;
  const values = { employeeNumber, workEmail, displayName, address, privateEmail };
  await insertSealedPerson(tx, id, values, { country, timeZone });
  return id;
}

/** @returns `false` when there is no such person. */
export async function setAddress(tx: Tx, personId: string, address: StoredAddress): Promise<boolean> {
  if (!(await writeValues(tx, personId, { address }))) return false;
  await wakeCustodiesOf(tx, [personId]);
  return true;
}

/** A label may have waited for the address. */
async function wakeCustodiesOf(tx: Tx, personIds: readonly string[]): Promise<void> {
  if (personIds.length === 0) return;
  const rows = await tx
    .selectFrom('custodies')
    .innerJoin('cases', 'cases.id', 'custodies.case_id')
    .select(['custodies.device_id', 'custodies.epoch'])
    .where('custodies.state', '=', 'open')
    .where('cases.person_id', 'in', [...personIds])
    .execute();
  await queueWakes(
    tx,
    rows.map((row) => ({
      workflowId: custodyWorkflowId(row.device_id, row.epoch),
      workflowType: 'deviceCustody',
    })),
  );
}
