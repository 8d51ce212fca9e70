/** Deadlines that were missed: a fact each, once, and a row that stays counted when it is healed. */
import { sql } from 'kysely';
import type { CustodyState } from '../domain/custody-state.ts';
import { deadlinesOf, isBreached } from '../domain/deadlines.ts';
import type { Deadline, DeadlineTrigger } from '../domain/deadlines.ts';
import { deviceStream } from '../domain/fact.ts';
import type { NewFact } from '../domain/fact.ts';
import type { Policy } from '../domain/policy.ts';
import type { CustodyJudgement } from '../domain/rules/custody.ts';
import { toMs } from '../domain/time.ts';
import type { Tx } from './database.ts';
import { appendFacts } from './facts.ts';
import { appendNew } from './facts-of-many.ts';

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

/** A custody with one judgement of it. */
export interface JudgedCustody {
  readonly custody: CustodyState;
  readonly judgement: Pick<CustodyJudgement, 'gates'>;
  readonly policy: Policy;
}

/**
 * Records what is missed by now and not recorded yet, and what was missed and has happened since. To be called in a
 * transaction that holds the devices' streams. A custody that has ended takes no more facts.
 *
 * @param now Epoch milliseconds: the moment of the judgement.
 */
export async function settleDeadlines(tx: Tx, judged: readonly JudgedCustody[], now: number): Promise<void> {
  const missed = judged.flatMap(({ custody, judgement, policy }) => {
    if (custody.closed !== null || custody.cancelled !== null) return [];
    const stream = deviceStream(custody.deviceId);
    return deadlinesBy(custody, judgement, policy)
      .filter((deadline) => isBreached(deadline, now))
      .map((deadline): Missed => ({ ...deadline, stream, round: custody.epoch, custody }));
  });
  await recordBreaches(tx, missed.filter(isUnrecorded), new Date(now));
  await healBreaches(tx, missed);
}

interface Breach extends Omit<Deadline, 'doneAt'> {
  readonly stream: string;
  readonly round: number;
}

interface Missed extends Breach, Deadline {
  readonly custody: CustodyState;
}

function isUnrecorded({ custody, trigger, dueAt }: Missed): boolean {
  return !custody.breaches.some(({ data }) => data.trigger === trigger && data.dueAt === dueAt);
}

/** Records one missed deadline. Again it changes nothing. */
export async function recordBreach(
  tx: Tx,
  stream: string,
  round: number,
  deadline: Omit<Deadline, 'doneAt'>,
  now: Date,
): Promise<void> {
  const breach = { ...deadline, stream, round };
  await appendFacts(tx, [breachFact(breach)], now);
  await keepBreaches(tx, [breach], now);
}

/** Of streams that are held. */
async function recordBreaches(tx: Tx, breaches: readonly Breach[], now: Date): Promise<void> {
  if (breaches.length === 0) return;
  await appendNew(tx, breaches.map(breachFact), now);
  await keepBreaches(tx, breaches, now);
}

async function keepBreaches(tx: Tx, breaches: readonly Breach[], now: Date): Promise<void> {
  const column = <K extends keyof Breach>(key: K): Breach[K][] => breaches.map((breach) => breach[key]);
  await sql`
    insert into deadline_breaches (stream, round, trigger, due_at, owner, recorded_at)
    select stream, round, trigger, due_at, owner, ${now}
    from unnest(
      ${column('stream')}::text[], ${column('round')}::int[], ${column('trigger')}::text[],
      ${column('dueAt')}::timestamptz[], ${column('owner')}::text[]
    ) as missed (stream, round, trigger, due_at, owner)
    on conflict (stream, round, trigger, due_at) do nothing`.execute(tx);
}

function breachFact({ stream, round, trigger, owner, startedAt, dueAt }: Breach): NewFact {
  return {
    stream,
    key: `deadline.breached:${stream}:${round}:${trigger}:${dueAt}`,
    type: 'deadline.breached',
    actor: 'handback',
    data: { round, trigger, owner, startedAt, dueAt },
  };
}

/** What was late has happened. It stays counted. */
export async function healBreach(
  tx: Tx,
  stream: string,
  round: number,
  trigger: DeadlineTrigger,
  doneAt: string,
): Promise<void> {
  await healBreaches(tx, [{ stream, round, trigger, doneAt }]);
}

async function healBreaches(
  tx: Tx,
  breaches: readonly (Pick<Breach, 'stream' | 'round' | 'trigger'> & Pick<Deadline, 'doneAt'>)[],
): Promise<void> {
  const healed = breaches.filter(({ doneAt }) => doneAt !== null);
  if (healed.length === 0) return;
  await sql`
    update deadline_breaches as late set healed_at = done.healed_at
    from unnest(
      ${healed.map(({ stream }) => stream)}::text[], ${healed.map(({ round }) => round)}::int[],
      ${healed.map(({ trigger }) => trigger)}::text[], ${healed.map(({ doneAt }) => doneAt)}::timestamptz[]
    ) as done (stream, round, trigger, healed_at)
    where late.stream = done.stream and late.round = done.round and late.trigger = done.trigger
      and late.healed_at is null`.execute(tx);
}

/** When a pickup is to be counted at the latest; `null` where the policy says nothing. ISO 8601 UTC. */
export function countDueAt(createdAt: string, policy: Policy): string | null {
  const { countDueMs } = policy.handoff;
  return countDueMs === undefined ? null : new Date(toMs(createdAt) + countDueMs).toISOString();
}
