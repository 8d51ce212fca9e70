/** The read model of lists: how gates stand and what blocks. Derived, never judged by, and written only when it differs. */
import { sql } from 'kysely';
import type { BlockedBy, GateStatus } from '../domain/gates.ts';
import type { Judgement } from '../domain/judgement.ts';
import { toIso } from '../domain/time.ts';
import type { Tx } from './database.ts';

/** How a case or a custody stands. */
export interface Standing {
  readonly gates: Readonly<Record<string, Judgement>>;
  /** Nothing, once it has ended. */
  readonly blockedBy: readonly BlockedBy[];
  /** When time alone may change what comes next, epoch milliseconds; `null`: never. */
  readonly until: number | null;
}

export async function showCase(tx: Tx, caseId: string, standing: Standing): Promise<void> {
  const shown = shownOf(standing);
  await tx.updateTable('cases').set(shown).where('id', '=', caseId).where(differs(shown)).execute();
}

/** @returns When somebody was to look again by what was shown before, ISO 8601 UTC. */
export async function showCustody(
  tx: Tx,
  deviceId: string,
  epoch: number,
  standing: Standing,
): Promise<string | null> {
  const shown = shownOf(standing);
  const before = await tx
    .with('before', (db) =>
      db
        .selectFrom('custodies')
        .select('next_at')
        .where('device_id', '=', deviceId)
        .where('epoch', '=', epoch),
    )
    .with('shown', (db) =>
      db
        .updateTable('custodies')
        .set(shown)
        .where('device_id', '=', deviceId)
        .where('epoch', '=', epoch)
        .where(differs(shown)),
    )
    .selectFrom('before')
    .select('next_at')
    .executeTakeFirst();
  return before?.next_at ?? null;
}

function shownOf({ gates, blockedBy, until }: Standing) {
  const statuses: Record<string, GateStatus> = {};
  for (const [gate, judgement] of Object.entries(gates)) statuses[gate] = judgement.status;
  return {
    gates: JSON.stringify(statuses),
    blocked_by: JSON.stringify(blockedBy),
    due_at: earliestOf(blockedBy.filter((block) => !block.parked).map((block) => block.dueAt)),
    next_at: earliestOf([
      ...blockedBy.map((block) => block.escalatesAt),
      until === null ? null : toIso(until),
    ]),
  };
}

function differs({
  gates,
  blocked_by: blockedBy,
  due_at: dueAt,
  next_at: nextAt,
}: ReturnType<typeof shownOf>) {
  return sql<boolean>`(gates, blocked_by, due_at, next_at) is distinct from
    (${gates}::jsonb, ${blockedBy}::jsonb, ${dueAt}::timestamptz, ${nextAt}::timestamptz)`;
}

/** The first of the times that are set: ISO 8601 UTC texts sort as times do. */
function earliestOf(times: readonly (string | null)[]): string | null {
  return times.filter((time) => time !== null).toSorted()[0] ?? null;
}
