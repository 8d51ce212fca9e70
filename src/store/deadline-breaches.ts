/** Deadlines that were missed: a fact each, once, and a row that stays counted when it is healed. */
import type { CustodyState } from '../domain/custody-state.ts';
import { deadlinesOf, isBreached } from '../domain/deadlines.ts';
import type { Deadline, DeadlineTrigger } from '../domain/deadlines.ts';
import { deviceStream } from '../domain/fact.ts';
import type { Policy } from '../domain/policy.ts';
import type { CustodyJudgement } from '../domain/rules/custody.ts';
import { toMs } from '../domain/time.ts';
import type { Tx } from './database.ts';
import { appendFacts } from './facts.ts';

/** The deadlines of a custody by one judgement of it. */
export function deadlinesBy(
  custody: CustodyState,
  { gates }: Pick<CustodyJudgement, 'gates'>,
  policy: Policy,
): readonly Deadline[] {
  const before = [gates.wipe, gates.return];
  const isReady = before.every(({ step }) => step.do === 'pass');
  const since = before.map(({ status }) => status.since).toSorted();
  const handoff = gates['itad-handoff'];
  return deadlinesOf(
    custody,
    isReady ? (since.at(-1) ?? null) : null,
    handoff.step.do === 'pass' ? handoff.status.since : null,
    policy,
  );
}

/**
 * Records what is missed by now and not recorded yet, and what was missed and has happened since. To be called in a
 * transaction that holds the device's stream. A custody that has ended takes no more facts.
 *
 * @param now Epoch milliseconds: the moment of the judgement.
 */
export async function settleDeadlines(
  tx: Tx,
  custody: CustodyState,
  judgement: Pick<CustodyJudgement, 'gates'>,
  policy: Policy,
  now: number,
): Promise<void> {
  if (custody.closed !== null || custody.cancelled !== null) return;
  const stream = deviceStream(custody.deviceId);
  for (const deadline of deadlinesBy(custody, judgement, policy)) {
    if (!isBreached(deadline, now)) continue;
    const { trigger, dueAt, doneAt } = deadline;
    const isRecorded = custody.breaches.some(({ data }) => data.trigger === trigger && data.dueAt === dueAt);
    if (!isRecorded) await recordBreach(tx, stream, custody.epoch, deadline, new Date(now));
    if (doneAt !== null) await healBreach(tx, stream, custody.epoch, trigger, doneAt);
  }
}

/** Records one missed deadline. Again it changes nothing. */
export async function recordBreach(
  tx: Tx,
  stream: string,
  round: number,
  { trigger, owner, startedAt, dueAt }: Omit<Deadline, 'doneAt'>,
  now: Date,
): Promise<void> {
  await appendFacts(
    tx,
    [
      {
        stream,
        key: `deadline.breached:${stream}:${round}:${trigger}:${dueAt}`,
        type: 'deadline.breached',
        actor: 'handback',
        data: { round, trigger, owner, startedAt, dueAt },
      },
    ],
    now,
  );
  await tx
    .insertInto('deadline_breaches')
    .values({ stream, round, trigger, due_at: dueAt, owner, recorded_at: now })
    .onConflict((conflict) => conflict.columns(['stream', 'round', 'trigger', 'due_at']).doNothing())
    .execute();
}

/** What was late has happened. It stays counted. */
export async function healBreach(
  tx: Tx,
  stream: string,
  round: number,
  trigger: DeadlineTrigger,
  doneAt: string,
): Promise<void> {
  await tx
    .updateTable('deadline_breaches')
    .set({ healed_at: doneAt })
    .where('stream', '=', stream)
    .where('round', '=', round)
    .where('trigger', '=', trigger)
    .where('healed_at', 'is', null)
    .execute();
}

/** When a pickup is to be counted at the latest; `null` where the policy says nothing. ISO 8601 UTC. */
export function countDueAt(createdAt: string, policy: Policy): string | null {
  const { countDueMs } = policy.handoff;
  return countDueMs === undefined ? null : new Date(toMs(createdAt) + countDueMs).toISOString();
}
