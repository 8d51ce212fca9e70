/**
 * Gate `wipe` of a personal device: only the organisation's data goes, by a selective retire. The decision of two people that it
 * is personal is its approval; the device itself is never wiped.
 */
import type { CustodyState, SentCommand } from '../custody-state.ts';
import { blockingExceptions, lastDecided } from '../exceptions.ts';
import { heldBlock } from '../held-by.ts';
import { HOLD_OWNER } from '../holds.ts';
import type { Judgement, RuleContext, Step } from '../judgement.ts';
import { openedAt, raise, recordIn, through, waiting, withStep } from './standing.ts';

export function judgeRetire(custody: CustodyState, context: RuleContext): Judgement<'wipe'> {
  const last = custody.commands.findLast(({ intended }) => intended.data.command === 'retire') ?? null;
  const state = last?.observed?.data.state;
  // A record that is gone is the end of a retire that was accepted; of one that may not have been sent it says nothing.
  const ended = state === 'done' || (state === 'record-gone' && last?.answered?.data.answer === 'accepted');
  if (last !== null && last.observed !== null && ended)
    return through('wipe', 'satisfied', last.observed.at, [last.intended.key, last.observed.key], 'retired');
  // Nobody manages it: there is nothing of ours on it that we could take away.
  if (recordIn(custody, 'mdm') === null) {
    const since = custody.routeChanged ?? custody.opened;
    return through('wipe', 'not-applicable', since.at, [since.key], 'unmanaged');
  }
  const [hold] = custody.holds;
  if (hold !== undefined) return heldBack(custody, hold, context);
  const heldNow = custody.retireHeld;
  const judgement = waiting(
    {
      gate: 'wipe',
      state:
        heldNow !== null ? 'held' : last === null ? 'waiting' : state === 'failed' ? 'failed' : 'in-progress',
      since: heldNow?.at ?? last?.intended.at ?? custody.routeChanged?.at ?? custody.opened.at,
      deviceId: custody.deviceId,
      block: heldNow === null ? blockOf(last) : heldBlock(heldNow.data.codes),
      dueAt: openedAt(custody) + context.policy.wipe.dueMs,
      raised: custody.escalations,
      exceptions: custody.exceptions,
    },
    context,
  );
  if (heldNow !== null || blockingExceptions(custody.exceptions, 'wipe').length > 0) return judgement;
  return withStep(judgement, nextStep(custody, last) ?? judgement.step);
}

function blockOf(last: SentCommand | null) {
  return last === null
    ? ({ kind: 'action', code: 'retire-not-begun', owner: 'handback' } as const)
    : ({ kind: 'action', code: 'retire-not-seen', owner: 'device' } as const);
}

/** What a retire takes away is gone too: a hold keeps it where it is. */
function heldBack(
  custody: CustodyState,
  { at, data }: CustodyState['holds'][number],
  context: RuleContext,
): Judgement<'wipe'> {
  const { kind } = data;
  return waiting(
    {
      gate: 'wipe',
      state: 'held',
      since: at,
      evidence: custody.holds.map(({ key }) => key),
      deviceId: custody.deviceId,
      block: { kind: 'decision', code: `on-hold-${kind}`, owner: HOLD_OWNER[kind] },
      dueAt: null,
      raised: custody.escalations,
      exceptions: custody.exceptions,
    },
    context,
  );
}

/** What became of it the sweep reads: a personal phone is in contact when its owner wants it to be. */
function nextStep(custody: CustodyState, last: SentCommand | null): Step | null {
  const connector = recordIn(custody, 'mdm')?.connector;
  const decisionId = custody.routeChanged?.data.decisionId;
  if (connector === undefined || decisionId === undefined) return null;
  const before = custody.commands.filter(({ intended }) => intended.data.command === 'retire').length;
  if (last === null || wasDecided(custody, last))
    return { do: 'act', acts: [{ act: 'send-retire', connector, attempt: before + 1 }] };
  // A process that died after the claim has left no answer: the same act reads back.
  if (last.answered === null)
    return { do: 'act', acts: [{ act: 'send-retire', connector, attempt: before }] };
  return hasFailed(last) ? raise('retire-failed', 'wipe', 'approver') : null;
}

function hasFailed({ answered, observed }: SentCommand): boolean {
  const state = observed?.data.state;
  const ended = state === 'failed' || state === 'not-supported' || state === 'cancelled';
  return ended || (observed === null && answered?.data.answer === 'not-accepted');
}

function wasDecided(custody: CustodyState, last: SentCommand): boolean {
  return hasFailed(last) && lastDecided(custody.exceptions, 'retire-failed') > last.intended.seq;
}
