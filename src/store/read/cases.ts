/** Cases and custodies as rows, for lists and for finding what to judge. */
import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { Reader } from '../database.ts';
import type { CaseRecordState, Schema } from '../schema.ts';

export type CaseRow = Selectable<Schema['cases']>;
export type CustodyRow = Selectable<Schema['custodies']>;

export interface CaseFilter {
  readonly state: CaseRecordState | null;
  /** Past a deadline, in the case or in one of its custodies. */
  readonly stuck: boolean;
  readonly personId: string | null;
}

/** Newest first. `after`: the id that the page before ended with. */
export async function listCases(
  db: Reader,
  filter: CaseFilter,
  after: string | null,
  limit: number,
  now: Date,
): Promise<readonly CaseRow[]> {
  let query = db.selectFrom('cases').selectAll().orderBy('id', 'desc').limit(limit);
  if (filter.state !== null) query = query.where('state', '=', filter.state);
  if (filter.personId !== null) query = query.where('person_id', '=', filter.personId);
  if (filter.stuck) query = query.where('id', 'in', overdueCases(now));
  if (after !== null) query = query.where('id', '<', after);
  return query.execute();
}

export async function readCaseRow(db: Reader, id: string): Promise<CaseRow | null> {
  return (await db.selectFrom('cases').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}

/** Open cases with something past its deadline, by the read model: the rules then say what. In the order of ids. */
export async function stuckCases(
  db: Reader,
  after: string | null,
  limit: number,
  now: Date,
): Promise<readonly CaseRow[]> {
  let query = db
    .selectFrom('cases')
    .selectAll()
    .where('state', 'in', ['scheduled', 'open'])
    .where('id', 'in', overdueCases(now))
    .orderBy('id')
    .limit(limit);
  if (after !== null) query = query.where('id', '>', after);
  return query.execute();
}

function overdueCases(now: Date) {
  return sql<string>`(
    select id from cases where state in ('scheduled', 'open') and due_at <= ${now}
    union select case_id from custodies where state = 'open' and due_at <= ${now})`;
}

/** Custodies of these cases' current generations. */
export async function custodiesOfCases(
  db: Reader,
  cases: readonly CaseRow[],
): Promise<readonly CustodyRow[]> {
  if (cases.length === 0) return [];
  const generations = new Map(cases.map((row) => [row.id, row.generation]));
  const rows = await db
    .selectFrom('custodies')
    .selectAll()
    .where('case_id', 'in', [...generations.keys()])
    .orderBy('device_id')
    .orderBy('epoch')
    .execute();
  return rows.filter((row) => generations.get(row.case_id) === row.generation);
}
