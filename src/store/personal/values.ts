/** A person's sealed values: read for whoever needs them, written where a source tells them. */
import { sql } from 'kysely';
import type { KeyObject } from 'node:crypto';
import type { Reader, Tx } from '../database.ts';
import { vaultOf } from './attached-vault.ts';
import { contextOf, INDEX_COLUMNS, keyCommitment, PERSON_FIELDS, SEALED_COLUMNS } from './fields.ts';
import type { PersonField, PersonValues } from './fields.ts';
import { seal, unseal } from './sealing.ts';
import type { PersonVault } from './vault.ts';

export const NOTHING_KNOWN: PersonValues = {
  displayName: null,
  workEmail: null,
  employeeNumber: null,
  privateEmail: null,
  address: null,
};

/** The columns that `openRow` needs, of `persons` joined with its key. */
export const SEALED = [
  'persons.id',
  'display_name_sealed',
  'work_email_sealed',
  'employee_number_sealed',
  'private_email_sealed',
  'address_sealed',
  'wrapped',
  'wrapped_by',
] as const;

/** A row as it is stored. */
export interface SealedRow {
  readonly id: string;
  readonly display_name_sealed: Buffer | null;
  readonly work_email_sealed: Buffer | null;
  readonly employee_number_sealed: Buffer | null;
  readonly private_email_sealed: Buffer | null;
  readonly address_sealed: Buffer | null;
  readonly wrapped: Buffer | null;
  readonly wrapped_by: string | null;
}

/** @throws SealBroken when a value was altered, moved, or is of keys that this installation has not. */
export async function openRow(vault: PersonVault, row: SealedRow): Promise<PersonValues> {
  const key = await keyOfRow(vault, row);
  if (key === null) return NOTHING_KNOWN;
  const text = (field: PersonField): string | null => {
    const sealed = row[SEALED_COLUMNS[field]];
    return sealed === null ? null : unseal(key, contextOf(row.id, field), sealed).toString('utf8');
  };
  const address = text('address');
  return {
    displayName: text('displayName'),
    workEmail: text('workEmail'),
    employeeNumber: text('employeeNumber'),
    privateEmail: text('privateEmail'),
    address: address === null ? null : (JSON.parse(address) as PersonValues['address']),
  };
}

async function keyOfRow(
  vault: PersonVault,
  { id, wrapped, wrapped_by: by }: Pick<SealedRow, 'id' | 'wrapped' | 'wrapped_by'>,
): Promise<KeyObject | null> {
  return wrapped === null || by === null ? null : vault.open(id, { wrapped, by });
}

export function sealedRows(db: Reader) {
  return db.selectFrom('persons').leftJoin('person_keys', 'person_id', 'persons.id');
}

/** By id; who is not there is missing, and of an erased person nothing is known. */
export async function readValues(
  db: Reader,
  personIds: readonly string[],
): Promise<ReadonlyMap<string, PersonValues>> {
  if (personIds.length === 0) return new Map();
  const vault = vaultOf(db);
  const rows = await sealedRows(db)
    .select(SEALED)
    .where('persons.id', 'in', [...personIds])
    .execute();
  return new Map(await Promise.all(rows.map(async (row) => [row.id, await openRow(vault, row)] as const)));
}

/** @throws Error when there is no such person. */
export async function readValuesOf(db: Reader, personId: string): Promise<PersonValues> {
  const values = (await readValues(db, [personId])).get(personId);
  if (values === undefined) throw new Error(`no person ${personId}`);
  return values;
}

/** The columns that hold these values, and what they are found by. */
export function sealedColumns(
  vault: PersonVault,
  key: KeyObject,
  personId: string,
  values: Partial<PersonValues>,
): Readonly<Record<string, Buffer | null>> {
  const columns: Record<string, Buffer | null> = {};
  for (const field of PERSON_FIELDS) {
    const value = values[field];
    if (value === undefined) continue;
    const text = value === null || typeof value === 'string' ? value : JSON.stringify(value);
    columns[SEALED_COLUMNS[field]] =
      text === null ? null : seal(key, contextOf(personId, field), Buffer.from(text, 'utf8'));
    if (field === 'workEmail' || field === 'employeeNumber')
      columns[INDEX_COLUMNS[field]] = keyCommitment(vault, field, text);
  }
  return columns;
}

/** Writes the values that are given. An erased person stays erased. @returns `false` for one, and for who is not there. */
export async function writeValues(tx: Tx, personId: string, values: Partial<PersonValues>): Promise<boolean> {
  const vault = vaultOf(tx);
  // Held, so that nothing is sealed with a key that is being destroyed.
  const row = await sealedRows(tx)
    .select(['persons.id', 'erased_at', 'wrapped', 'wrapped_by'])
    .where('persons.id', '=', personId)
    .forNoKeyUpdate('persons')
    .executeTakeFirst();
  if (row === undefined || row.erased_at !== null) return false;
  if (Object.keys(values).length === 0) return true;
  const key = (await keyOfRow(vault, row)) ?? (await makeKey(tx, vault, personId));
  await tx
    .updateTable('persons')
    .set(sealedColumns(vault, key, personId, values))
    .where('id', '=', personId)
    .execute();
  return true;
}

/** A key for who has none yet; the caller holds the person's row. */
async function makeKey(tx: Tx, vault: PersonVault, personId: string): Promise<KeyObject> {
  const { key, stored } = await vault.newKey(personId);
  await sql`
    insert into person_keys (person_id, wrapped, wrapped_by) values (${personId}, ${stored.wrapped}, ${stored.by})`.execute(
    tx,
  );
  return key;
}

/** What is known of a new person beside the sealed values. */
export interface ClearValues {
  readonly country: string | null;
  readonly timeZone: string | null;
}

/** A new person with their own key. */
export async function insertSealedPerson(
  tx: Tx,
  personId: string,
  values: Partial<PersonValues>,
  { country, timeZone }: ClearValues,
): Promise<void> {
  const vault = vaultOf(tx);
  const { key, stored } = await vault.newKey(personId);
  const clear = { id: personId, country, time_zone: timeZone, manager_person_id: null };
  await tx
    .insertInto('persons')
    .values({ ...clear, ...sealedColumns(vault, key, personId, values) })
    .execute();
  await tx
    .insertInto('person_keys')
    .values({ person_id: personId, wrapped: stored.wrapped, wrapped_by: stored.by })
    .execute();
}
