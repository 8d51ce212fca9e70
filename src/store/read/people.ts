/** People as rows. Personal data: for those whose work needs it, never for logs. */
import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { Reader } from '../database.ts';
import type { Schema } from '../schema.ts';

export type PersonRow = Selectable<Schema['persons']>;

/** One of the keys by which a person is known. */
export type PersonKey =
  | { readonly personId: string }
  | { readonly employeeNumber: string }
  | { readonly workEmail: string };

/** At most two ids: two mean that the key does not tell them apart. */
export async function findPeople(db: Reader, key: PersonKey): Promise<readonly string[]> {
  const query = db.selectFrom('persons').select('id').limit(2);
  const rows = await (
    'personId' in key
      ? query.where('id', '=', key.personId)
      : 'employeeNumber' in key
        ? query.where('employee_number', '=', key.employeeNumber)
        : query.where(sql<string>`lower(work_email)`, '=', key.workEmail.toLowerCase())
  ).execute();
  return rows.map((row) => row.id);
}

/** In the order of ids. `search`: part of a name or an address, or a whole employee number; `null` = everybody. */
export async function listPeople(
  db: Reader,
  search: string | null,
  after: string | null,
  limit: number,
): Promise<readonly PersonRow[]> {
  let query = db.selectFrom('persons').selectAll().orderBy('id').limit(limit);
  if (after !== null) query = query.where('id', '>', after);
  if (search !== null) {
    const part = `%${search.replace(/[\\%_]/gu, (mark) => `\\${mark}`)}%`;
    query = query.where((on) =>
      on.or([
        on('display_name', 'ilike', part),
        on('work_email', 'ilike', part),
        on('employee_number', '=', search),
      ]),
    );
  }
  return query.execute();
}
