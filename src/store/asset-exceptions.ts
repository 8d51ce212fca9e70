/** Exactly one exception per device and kind of finding: opened by the run that finds it, healed by the one that does not. */
import { sql } from 'kysely';
import { RECONCILIATION_STREAM } from '../domain/fact.ts';
import type { Policy } from '../domain/policy.ts';
import { findingOwner } from '../domain/reconciliation-policy.ts';
import type { AssetFinding, AssetFindingKind } from '../domain/reconciliation.ts';
import type { Tx } from './database.ts';
import { openException, resolveException } from './exceptions.ts';
import type { RunUnderWay } from './reconciliations.ts';

/** An outcome that stands for as long as the finding does: it is not asked again. */
export const ACCEPTED = 'accepted';

export function findingKey({ serial, kind }: { readonly serial: string; readonly kind: string }): string {
  return `${kind}:${serial}`;
}

/** Sees to it that each finding has its exception. @returns Their ids by `findingKey`. */
export async function holdFindings(
  tx: Tx,
  run: RunUnderWay,
  findings: readonly AssetFinding[],
  policy: Policy,
  now: Date,
): Promise<ReadonlyMap<string, string>> {
  if (findings.length === 0) return new Map();
  const live = await liveOf(tx, new Set(findings.map(({ serial }) => serial)));
  const ids = new Map<string, string>();
  for (const [key, group] of Map.groupBy(findings, findingKey)) {
    const [first] = group;
    const known = live.get(key);
    if (known !== undefined && stands(known, run)) ids.set(key, known.exception_id);
    else if (first !== undefined) {
      if (known !== undefined) await end(tx, [known.exception_id], run.id, 'asked-again');
      ids.set(key, await open(tx, run, first, policy, now));
    }
  }
  return ids;
}

interface Live {
  readonly exception_id: string;
  readonly serial: string;
  readonly kind: AssetFindingKind;
  readonly outcome: string | null;
  readonly resolved_at: string | null;
}

async function liveOf(tx: Tx, serials: ReadonlySet<string>): Promise<ReadonlyMap<string, Live>> {
  const rows = await tx
    .selectFrom('asset_exceptions')
    .innerJoin('exceptions', 'exceptions.id', 'asset_exceptions.exception_id')
    .select(['exception_id', 'serial', 'kind', 'outcome', 'resolved_at'])
    .where('ended_in', 'is', null)
    .where('serial', 'in', [...serials])
    .execute();
  return new Map(rows.map((row) => [findingKey(row), row]));
}

/** Not decided, accepted as it is, or decided since the books were read: then the next run looks. */
function stands({ resolved_at: resolvedAt, outcome }: Live, run: RunUnderWay): boolean {
  return resolvedAt === null || outcome === ACCEPTED || Date.parse(resolvedAt) >= Date.parse(run.started_at);
}

async function open(
  tx: Tx,
  run: RunUnderWay,
  { kind, serial, reason, deviceId, record }: AssetFinding,
  policy: Policy,
  now: Date,
): Promise<string> {
  const raised = {
    stream: RECONCILIATION_STREAM,
    code: `asset-${kind}`,
    gate: null,
    round: 0,
    owner: findingOwner(kind, policy),
    blocking: false,
    dueAt: new Date(now.getTime() + policy.exceptions.dueMs),
    caseId: null,
    deviceId,
    occurrence: `${serial}:${run.id}`,
  };
  const id = await openException(tx, raised, now);
  const where = record === null ? '' : `; ${record.connector} ${record.externalId}`;
  await tx
    .updateTable('exceptions')
    .set({ reason: `serial ${serial}; ${reason}${where}` })
    .where('id', '=', id)
    .execute();
  await tx
    .insertInto('asset_exceptions')
    .values({ exception_id: id, kind, serial, opened_in: run.id })
    .execute();
  return id;
}

/**
 * Closes some of the exceptions whose finding this run has not made. What was found in an inventory that this run has not read
 * stays open: none found is not none.
 *
 * @returns How many; 0 when no more are left.
 */
export async function healSome(tx: Tx, run: RunUnderWay, limit: number, now: Date): Promise<number> {
  const { rows } = await sql<{ exception_id: string }>`
    select live.exception_id from asset_exceptions as live
    where live.ended_in is null
      and not exists (
        select from asset_findings as found
        where found.reconciliation_id = ${run.id} and found.serial = live.serial and found.kind = live.kind
      )
      and not exists (
        select from asset_findings as before
        where before.exception_id = live.exception_id and before.connector <> '' and before.connector not in (
          select connector from asset_reconciliation_parts where reconciliation_id = ${run.id}
        )
      )
    order by live.exception_id limit ${limit}`.execute(tx);
  const ids = rows.map((row) => row.exception_id);
  for (const exceptionId of ids) {
    // Of one that somebody has decided before, that decision stays.
    const reason = `not found any more by run ${run.id}`;
    await resolveException(tx, { exceptionId, outcome: 'healed', reason, by: 'handback' }, now);
  }
  if (ids.length > 0) await end(tx, ids, run.id, 'healed');
  return ids.length;
}

/** A run that was read whole: whoever had to find out why one was not has done so. */
export async function healAbandoned(tx: Tx, run: RunUnderWay, now: Date): Promise<void> {
  const waiting = await tx
    .selectFrom('exceptions')
    .select('id')
    .where('stream', '=', RECONCILIATION_STREAM)
    .where('code', '=', 'reconciliation-abandoned')
    .where('resolved_at', 'is', null)
    .execute();
  for (const { id: exceptionId } of waiting) {
    const reason = `run ${run.id} was read whole`;
    await resolveException(tx, { exceptionId, outcome: 'healed', reason, by: 'handback' }, now);
  }
}

async function end(
  tx: Tx,
  ids: readonly string[],
  runId: string,
  ending: 'healed' | 'asked-again',
): Promise<void> {
  await tx
    .updateTable('asset_exceptions')
    .set({ ended_in: runId, ending })
    .where('exception_id', 'in', [...ids])
    .execute();
}
