/** Decisions for people to look at. */
import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { DecisionKind, DecisionState } from '../../domain/decisions.ts';
import type { Reader } from '../database.ts';
import type { Schema } from '../schema.ts';

export type DecisionRow = Selectable<Schema['decisions']>;

export interface DecisionFilter {
  /** `null`: all. One that nobody decided in time is `expired`, and not `requested` any more. */
  readonly state: DecisionState | 'expired' | null;
  readonly kind: DecisionKind | null;
  readonly caseId: string | null;
  readonly deviceId: string | null;
}

/** Oldest first. `after`: the last row of the page before. */
export async function listDecisions(
  db: Reader,
  filter: DecisionFilter,
  after: { readonly requestedAt: string; readonly id: string } | null,
  limit: number,
  now: Date,
): Promise<readonly DecisionRow[]> {
  let query = db.selectFrom('decisions').selectAll().orderBy('requested_at').orderBy('id').limit(limit);
  const isRequest = filter.state === 'requested' || filter.state === 'expired';
  if (isRequest)
    query = query.where('expires_at', filter.state === 'expired' ? '<=' : '>', now.toISOString());
  for (const [column, value] of [
    ['state', isRequest ? 'requested' : filter.state],
    ['kind', filter.kind],
    ['case_id', filter.caseId],
    ['device_id', filter.deviceId],
  ] as const) {
    if (value !== null) query = query.where(column, '=', value);
  }
  if (after !== null)
    query = query.where(sql<boolean>`(requested_at, id) > (${after.requestedAt}, ${after.id})`);
  return query.execute();
}

export async function readDecision(db: Reader, id: string): Promise<DecisionRow | null> {
  return (await db.selectFrom('decisions').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}
