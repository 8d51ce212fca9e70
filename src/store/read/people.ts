/** People as rows. Personal data: for those whose work needs it, never for logs. */
import type { Reader } from '../database.ts';
import { vaultOf } from '../personal/attached-vault.ts';
import { usableNumber } from '../personal/fields.ts';
import type { PersonValues } from '../personal/fields.ts';
import { findByKey } from '../personal/lookup.ts';
import { openRow, SEALED, sealedRows } from '../personal/values.ts';

export interface PersonRow extends PersonValues {
  readonly id: string;
  readonly country: string | null;
  readonly timeZone: string | null;
  readonly group: string | null;
  readonly noContact: boolean;
  readonly managerId: string | null;
  /** Of an erased person nothing else is known. */
  readonly erasedAt: string | null;
}

/** One of the keys by which a person is known. */
export type PersonKey =
  | { readonly personId: string }
  | { readonly employeeNumber: string }
  | { readonly workEmail: string };

/** At most two ids: two mean that the key does not tell them apart. */
export async function findPeople(db: Reader, key: PersonKey): Promise<readonly string[]> {
  if ('employeeNumber' in key) return findByKey(db, 'employeeNumber', key.employeeNumber);
  if ('workEmail' in key) return findByKey(db, 'workEmail', key.workEmail);
  const rows = await db.selectFrom('persons').select('id').where('id', '=', key.personId).execute();
  return rows.map(({ id }) => id);
}

/** Rows that are opened at once when a name is searched for. */
const BATCH = 500;

/**
 * In the order of ids. `search`: part of a name or an address, or a whole employee number; `null` = everybody. Names are not
 * readable to the database: a search opens row after row until it has found enough.
 */
export async function listPeople(
  db: Reader,
  search: string | null,
  after: string | null,
  limit: number,
): Promise<readonly PersonRow[]> {
  if (search === null) return opened(db, await rowsAfter(db, after, limit));
  const fits = matcher(search);
  const found: PersonRow[] = [];
  for (let from = after; ;) {
    const rows = await rowsAfter(db, from, BATCH);
    found.push(...(await opened(db, rows)).filter(fits));
    const last = rows.at(-1);
    if (found.length >= limit || last === undefined || rows.length < BATCH) return found.slice(0, limit);
    from = last.id;
  }
}

export async function readPerson(db: Reader, personId: string): Promise<PersonRow | null> {
  const rows = await selected(db).where('persons.id', '=', personId).execute();
  return (await opened(db, rows))[0] ?? null;
}

/** The accounts that are linked to the person. */
export async function accountsOf(db: Reader, personId: string) {
  return db
    .selectFrom('person_links')
    .select(['connector', 'external_id as externalId', 'state'])
    .where('person_id', '=', personId)
    .orderBy('connector')
    .orderBy('external_id')
    .execute();
}

/** The last erasure that two people decided; `null` when none was. */
export async function latestErasure(db: Reader, personId: string) {
  const row = await db
    .selectFrom('person_erasures')
    .select([
      'state',
      'approved_at as approvedAt',
      'finished_at as finishedAt',
      'why',
      'decision_id as decisionId',
    ])
    .where('person_id', '=', personId)
    .orderBy('approved_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

function selected(db: Reader) {
  return sealedRows(db).select([
    ...SEALED,
    'country',
    'time_zone',
    'group_name',
    'no_contact',
    'manager_person_id',
    'erased_at',
  ]);
}

function rowsAfter(db: Reader, after: string | null, limit: number) {
  const query = selected(db).orderBy('persons.id').limit(limit);
  return (after === null ? query : query.where('persons.id', '>', after)).execute();
}

async function opened(
  db: Reader,
  rows: Awaited<ReturnType<typeof rowsAfter>>,
): Promise<readonly PersonRow[]> {
  const vault = vaultOf(db);
  return Promise.all(
    rows.map(async (row) => ({
      ...(await openRow(vault, row)),
      id: row.id,
      country: row.country,
      timeZone: row.time_zone,
      group: row.group_name,
      noContact: row.no_contact,
      managerId: row.manager_person_id,
      erasedAt: row.erased_at,
    })),
  );
}

function matcher(search: string): (row: PersonRow) => boolean {
  const part = search.toLowerCase();
  const number = usableNumber(search);
  return ({ displayName, workEmail, employeeNumber }) =>
    displayName?.toLowerCase().includes(part) === true ||
    workEmail?.toLowerCase().includes(part) === true ||
    (number !== null && usableNumber(employeeNumber) === number);
}
