/**
 * What news of a device does beside being a fact: it shows in lists at once, and wakes the workflow when it changes what comes
 * next. Most does not: a device that is back while its wipe is pending, or that the vendor has received, is waited for
 * further.
 */
import { setImmediate } from 'node:timers/promises';
import { foldCustody } from '../domain/custody-state.ts';
import type { CustodyState } from '../domain/custody-state.ts';
import { deviceStream } from '../domain/fact.ts';
import { judgeCustody } from '../domain/rules/custody.ts';
import type { CustodyJudgement } from '../domain/rules/custody.ts';
import { untilOf, workOf } from '../domain/steps.ts';
import { toMs } from '../domain/time.ts';
import { wakeCustody } from './cases.ts';
import type { Tx } from './database.ts';
import { settleDeadlines } from './deadline-breaches.ts';
import type { JudgedCustody } from './deadline-breaches.ts';
import { custodyWorkflowId } from '../domain/ids.ts';
import { heldBy } from './held-streams.ts';
import { queueWakes } from './outbox.ts';
import { readPolicy } from './rule-facts.ts';
import { showCustodies, showCustody } from './shown.ts';
import type { CustodyRef, Standing } from './shown.ts';
import { readStream } from './streams.ts';

/**
 * A workflow's own timer is for the moment it knew of. An earlier one that is further ahead than this is left to the reconcile
 * sweep, which wakes whoever is past their time: it comes some minutes late, and adds nothing to the history before.
 */
const SOON_MS = 3_600_000;

/** Devices that are judged before others have their turn: what a connection has to send or has received waits meanwhile. */
const AT_ONCE = 20;

/** How a custody stands by that judgement. */
export function standingOf(
  { closed, cancelled }: CustodyState,
  { gates, steps, completion }: CustodyJudgement,
): Standing {
  const ended = closed !== null || cancelled !== null;
  return { gates, blockedBy: ended ? [] : completion.blockedBy, until: untilOf(steps) };
}

/** To be called in the transaction that appended the facts, and that holds the device's stream since before. */
export async function announceCustody(tx: Tx, deviceId: string, epoch: number, now: Date): Promise<void> {
  const news = await newsOf(tx, { deviceId, epoch }, now);
  await settleDeadlines(tx, [news], now.getTime());
  const lookedAt = await showCustody(tx, deviceId, epoch, news.standing);
  if (wakes(news, lookedAt, now)) await wakeCustody(tx, deviceId, epoch);
}

/** The same for many at once; their streams should be known by then (`readStreams`). */
export async function announceCustodies(tx: Tx, custodies: readonly CustodyRef[], now: Date): Promise<void> {
  const news: News[] = [];
  for (const custody of custodies) {
    news.push(await newsOf(tx, custody, now));
    if (news.length % AT_ONCE === 0) await setImmediate();
  }
  await settleDeadlines(tx, news, now.getTime());
  const lookedAt = await showCustodies(tx, news);
  const woken = news.filter((one) => wakes(one, lookedAt.get(one.deviceId) ?? null, now));
  await queueWakes(
    tx,
    woken.map(({ deviceId, epoch }) => ({
      workflowId: custodyWorkflowId(deviceId, epoch),
      workflowType: 'deviceCustody',
    })),
  );
}

interface News extends CustodyRef, JudgedCustody {
  readonly standing: Standing;
  /** There is something to do that there was not before. */
  readonly hasWork: boolean;
}

async function newsOf(tx: Tx, { deviceId, epoch }: CustodyRef, now: Date): Promise<News> {
  const stream = deviceStream(deviceId);
  const facts = await readStream(tx, stream);
  const custody = foldCustody(facts, epoch);
  if (custody === null) throw new Error(`no facts of ${deviceId} epoch ${epoch}`);
  const { policyDigest } = custody;
  const policy = await readPolicy(tx, policyDigest);
  // Which carrier and inventory there are decides how the workflow goes on, not whether.
  const rules = { policy, policyDigest, now: now.getTime(), carrier: null, inventory: null };
  const judgement = judgeCustody(custody, rules);
  // What was to be done before is under way, or its workflow is woken for it already.
  const work = workOf(judgement.steps);
  const workBefore = (): string | null => {
    const before = foldCustody(facts.slice(0, heldBy(tx).get(stream)?.lockedAt ?? 0), epoch);
    return before === null ? null : workOf(judgeCustody(before, rules).steps);
  };
  const hasWork = work !== '' && workBefore() !== work;
  return { deviceId, epoch, custody, judgement, policy, standing: standingOf(custody, judgement), hasWork };
}

function wakes({ standing: { until }, hasWork }: News, lookedAt: string | null, now: Date): boolean {
  const isSooner = until !== null && (lookedAt === null || until < toMs(lookedAt));
  const isSoon = until !== null && until < now.getTime() + SOON_MS;
  return hasWork || (isSooner && isSoon);
}
