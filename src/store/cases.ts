/** Cases: opened at most once per person, moved, cancelled; each change a transaction of facts, row and wake. */
import { caseStream, deviceStream } from '../domain/fact.ts';
import type { CancelReason } from '../domain/fact-types.ts';
import { caseWorkflowId, custodyWorkflowId } from '../domain/ids.ts';
import { RULES_VERSION } from '../domain/rules-version.ts';
import type { SourceKind } from '../domain/sighting.ts';
import { whatHappened } from '../domain/what-happened.ts';
import type { Tx } from './database.ts';
import { appendFacts } from './facts.ts';
import { newId } from './ids.ts';
import { queueStarts, queueWakes } from './outbox.ts';
import { policyInForce } from './policy-in-force.ts';
import { loadCase, loadCustodiesOf } from './rule-facts.ts';

/** What every new case is opened under. */
export interface CaseTerms {
  /** Every configured source: all of them must answer. */
  readonly sources: readonly { readonly connector: string; readonly sourceKind: SourceKind }[];
}

export interface Leave {
  readonly personId: string;
  /** Connector name, or `token:<id>` for one opened by hand. */
  readonly source: string;
  /** The event that opened or moved it: unique per source. */
  readonly eventKey: string;
  readonly effectiveAt: Date;
  /** The leave had taken effect before we were told. */
  readonly late: boolean;
  /** Found long after the leave. */
  readonly backfill?: true;
}

export interface OpenedCase {
  readonly caseId: string;
  readonly outcome: 'opened' | 'moved' | 'unchanged';
}

/**
 * Opens the person's case, or moves the scheduled one they have. A case that has begun is left as it is. At most one open
 * offboarding per person: the database holds it, also under concurrency.
 */
export async function openOrMoveCase(tx: Tx, leave: Leave, terms: CaseTerms, now: Date): Promise<OpenedCase> {
  await tx
    .selectFrom('persons')
    .select('id')
    .where('id', '=', leave.personId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
  const open = await tx
    .selectFrom('cases')
    .select(['id', 'generation', 'state', 'effective_at'])
    .where('person_id', '=', leave.personId)
    .where('kind', '=', 'offboarding')
    .where('state', 'in', ['scheduled', 'open'])
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (open === undefined) return openCase(tx, leave, terms, now);
  const effectiveAt = leave.effectiveAt.toISOString();
  if (open.effective_at === effectiveAt) return { caseId: open.id, outcome: 'unchanged' };
  if (open.state === 'open') {
    if (leave.effectiveAt <= now) return { caseId: open.id, outcome: 'unchanged' };
    // Moved into the future after it had begun: what has not happened is cancelled, and a case waits for the new date.
    await cancelCase(tx, open.id, 'withdrawn', leave.source, now);
    return openCase(tx, leave, terms, now);
  }
  const data = { generation: open.generation, effectiveAt, source: leave.source, eventKey: leave.eventKey };
  const key = `case.rescheduled:${open.id}:${open.generation}:${leave.source}:${leave.eventKey}`;
  await appendFacts(
    tx,
    [{ stream: caseStream(open.id), key, type: 'case.rescheduled', actor: actorOf(leave.source), data }],
    now,
  );
  await tx.updateTable('cases').set({ effective_at: leave.effectiveAt }).where('id', '=', open.id).execute();
  await wakeCase(tx, open.id, open.generation);
  return { caseId: open.id, outcome: 'moved' };
}

async function openCase(tx: Tx, leave: Leave, terms: CaseTerms, now: Date): Promise<OpenedCase> {
  const caseId = newId('case');
  const { digest: policyDigest } = await policyInForce(tx);
  await tx
    .insertInto('cases')
    .values({
      id: caseId,
      kind: 'offboarding',
      person_id: leave.personId,
      state: 'scheduled',
      source: leave.source,
      effective_at: leave.effectiveAt,
      late: leave.late,
      policy_digest: policyDigest,
      opened_at: now,
    })
    .execute();
  const data = {
    personId: leave.personId,
    kind: 'offboarding',
    generation: 1,
    source: leave.source,
    eventKey: leave.eventKey,
    effectiveAt: leave.effectiveAt.toISOString(),
    late: leave.late,
    ...(leave.backfill === true ? { backfill: true as const } : {}),
    sources: terms.sources,
    rulesVersion: RULES_VERSION,
    policyDigest,
  } as const;
  await appendFacts(
    tx,
    [
      {
        stream: caseStream(caseId),
        key: `case.opened:${caseId}:1`,
        type: 'case.opened',
        actor: actorOf(leave.source),
        data,
      },
    ],
    now,
  );
  await queueStarts(tx, [{ workflowId: caseWorkflowId(caseId, 1), workflowType: 'offboardingCase' }]);
  return { caseId, outcome: 'opened' };
}

/**
 * Cancels the person's open case, if there is one: what has not happened is cancelled, what has is stated. The row's lock
 * decides against a wipe that is about to be sent (see `claimWipe`).
 *
 * @returns The case, or `null` when the person has none open.
 */
export async function cancelCaseOf(
  tx: Tx,
  personId: string,
  reason: CancelReason,
  source: string,
  now: Date,
): Promise<string | null> {
  const open = await tx
    .selectFrom('cases')
    .select('id')
    .where('person_id', '=', personId)
    .where('kind', '=', 'offboarding')
    .where('state', 'in', ['scheduled', 'open'])
    .executeTakeFirst();
  if (open === undefined) return null;
  return (await cancelCase(tx, open.id, reason, source, now)) ? open.id : null;
}

/** Cancels a case that is still scheduled or open. @returns `false` when it had ended before. */
export async function cancelCase(
  tx: Tx,
  caseId: string,
  reason: CancelReason,
  source: string,
  now: Date,
): Promise<boolean> {
  const row = await tx
    .selectFrom('cases')
    .select(['generation', 'state'])
    .where('id', '=', caseId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (row === undefined || (row.state !== 'scheduled' && row.state !== 'open')) return false;
  const { generation } = row;
  const custodies = await loadCustodiesOf(tx, caseId, generation);
  const { done, notDone } = whatHappened(await loadCase(tx, caseId, generation), custodies);
  const actor = actorOf(source);
  const stream = caseStream(caseId);
  const key = `case.cancelled:${caseId}:${generation}`;
  await appendFacts(
    tx,
    [{ stream, key, type: 'case.cancelled', actor, data: { generation, reason, source, done, notDone } }],
    now,
  );
  await tx
    .updateTable('cases')
    .set({ state: 'cancelled', closed_at: now, blocked_by: '[]', due_at: null })
    .where('id', '=', caseId)
    .execute();
  for (const { deviceId, epoch, closed } of custodies) {
    if (closed !== null) continue;
    const cancelled = {
      stream: deviceStream(deviceId),
      key: `custody.cancelled:${deviceId}:${epoch}`,
      type: 'custody.cancelled',
      actor,
      data: { epoch, caseId, reason },
    } as const;
    await appendFacts(tx, [cancelled], now);
    await queueWakes(tx, [{ workflowId: custodyWorkflowId(deviceId, epoch), workflowType: 'deviceCustody' }]);
  }
  await tx
    .updateTable('custodies')
    .set({ state: 'cancelled', closed_at: now, blocked_by: '[]', due_at: null })
    .where('case_id', '=', caseId)
    .where('state', 'in', ['planned', 'open'])
    .execute();
  await wakeCase(tx, caseId, generation);
  return true;
}

export async function wakeCase(tx: Tx, caseId: string, generation: number): Promise<void> {
  await queueWakes(tx, [{ workflowId: caseWorkflowId(caseId, generation), workflowType: 'offboardingCase' }]);
}

/** Wakes the open custody of a device, if it has one. */
export async function wakeCustody(tx: Tx, deviceId: string, epoch: number): Promise<void> {
  await queueWakes(tx, [{ workflowId: custodyWorkflowId(deviceId, epoch), workflowType: 'deviceCustody' }]);
}

/** A source as an actor in a fact: connectors are named, tokens already are. */
function actorOf(source: string): string {
  return source.startsWith('token:') ? source : `connector:${source}`;
}
