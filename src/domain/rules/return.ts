/** Gate `return`: proven by the intake scan of that serial, never by the carrier. */
import type { CustodyState } from '../custody-state.ts';
import { blockingExceptions, timesOpened } from '../exceptions.ts';
import type { Judgement, RuleContext, Step } from '../judgement.ts';
import type { Policy } from '../policy.ts';
import { earliest, ifAhead, toMs } from '../time.ts';
import { nextWorkingTime } from '../working-days.ts';
import { factOf, offRoute, openedAt, raise, recordIn, through, waiting, withStep } from './standing.ts';

const MOVING = new Set(['pre_transit', 'in_transit', 'out_for_delivery']);
const GONE_WRONG = new Set(['return_to_sender', 'failure', 'error']);

export function judgeReturn(custody: CustodyState, context: RuleContext): Judgement<'return'> {
  const proven = provenBy(custody);
  if (proven !== null) return proven;
  const due = returnDueAt(custody, context.policy);
  const judgement = waiting(
    {
      gate: 'return',
      state: custody.tracked === null ? 'waiting' : 'in-progress',
      since: custody.tracked?.at ?? custody.label?.at ?? custody.opened.at,
      deviceId: custody.deviceId,
      block: whoseMove(custody),
      dueAt: due,
      changesAt: earliest(nextChase(custody, due, context), ifAhead(lostAt(custody, context), context.now)),
      raised: custody.escalations,
      exceptions: custody.exceptions,
    },
    context,
  );
  return withStep(judgement, nextStep(custody, due, context) ?? judgement.step);
}

/** What proves the return on this route; `null` while nothing does. */
function provenBy(custody: CustodyState): Judgement<'return'> | null {
  const { returned, route, lostDeclared } = custody;
  if (route === 'employee-sale' || route === 'personal') return offRoute('return', custody);
  if (route === 'lost' && lostDeclared !== null)
    return through('return', 'substituted', lostDeclared.at, [lostDeclared.key], 'lost-decision');
  const direct = custody.substitutes.findLast(({ data }) => data.kind === 'lessor-receipt');
  if (route === 'lessor-return' && direct !== undefined && returned === null)
    return through('return', 'satisfied', direct.at, [direct.key], 'direct');
  if (returned === null) return null;
  if (route !== 'redeploy') return through('return', 'satisfied', returned.at, [returned.key], 'intake-scan');
  // The next person gets what somebody has looked at.
  const inspected = custody.inspections.find(({ seq }) => seq > returned.seq);
  if (inspected === undefined) return null;
  return through(
    'return',
    'satisfied',
    inspected.at,
    [returned.key, inspected.key],
    'intake-scan+inspection',
  );
}

function whoseMove(custody: CustodyState) {
  if (custody.route === 'lost')
    return { kind: 'decision', code: 'lost-decision-awaited', owner: 'approver' } as const;
  if (custody.returned !== null)
    return { kind: 'action', code: 'inspection-awaited', owner: 'asset-manager' } as const;
  const status = custody.tracked?.data.status;
  if (status === 'delivered') return { kind: 'action', code: 'intake-scan-awaited', owner: 'dock' } as const;
  if (status !== undefined && MOVING.has(status))
    return { kind: 'action', code: 'in-transit', owner: 'carrier' } as const;
  return { kind: 'action', code: 'return-awaited', owner: 'leaver' } as const;
}

function nextStep(custody: CustodyState, due: number, context: RuleContext): Step | null {
  if (custody.lostReported !== null && custody.lostReported.seq > lastLocked(custody)) {
    const connector = recordIn(custody, 'mdm')?.connector;
    if (connector !== undefined) return { do: 'act', acts: [{ act: 'lock-device', connector }] };
  }
  if (!isAskedFor(custody)) return null;
  if (
    custody.label === null &&
    custody.labelUnknown === null &&
    context.carrier !== null &&
    !hasOpen(custody, 'label-failed')
  ) {
    return { do: 'act', acts: [{ act: 'make-label', connector: context.carrier }] };
  }
  if (
    custody.labelUnknown !== null &&
    custody.label === null &&
    timesOpened(custody.exceptions, 'label-outcome-unknown') === 0
  ) {
    return raise('label-outcome-unknown', 'return', 'operator');
  }
  const lost = lostAt(custody, context);
  if (lost !== null && lost <= context.now && timesOpened(custody.exceptions, 'lost-in-transit') === 0) {
    return raise('lost-in-transit', 'return', 'asset-manager');
  }
  const chase = nextChase(custody, due, context);
  if (chase === null || chase > context.now) return null;
  const number = latestChase(custody, due, context);
  return factOf({
    type: 'return.chased',
    key: `return.chased:${custody.deviceId}:${custody.epoch}:${number}`,
    data: { epoch: custody.epoch, number, to: 'leaver' },
  });
}

/** The place in the stream where a lock was last sent or declined; 0 when none was. */
function lastLocked({ commands, declined }: CustodyState): number {
  return Math.max(
    0,
    ...commands.flatMap(({ intended, answered }) =>
      intended.data.command === 'lock' && answered !== null ? [intended.seq] : [],
    ),
    ...declined.flatMap(({ seq, data }) => (data.command === 'lock' ? [seq] : [])),
  );
}

/** Nobody is asked for what is here, is known to be lost, or is their own, also before two people have decided its route. */
function isAskedFor({ returned, route, lostReported, opened }: CustodyState): boolean {
  return (
    returned === null && route !== 'lost' && lostReported === null && opened.data.ownership !== 'personal'
  );
}

/** Chasers go out at the deadline and then at the policy's interval, so many times; epoch milliseconds. */
function nextChase(custody: CustodyState, due: number, context: RuleContext): number | null {
  if (!isAskedFor(custody)) return null;
  const sent = Math.max(0, ...custody.chased.map((fact) => fact.data.number));
  return sent >= context.policy.return.chases ? null : chaseTime(custody, due, sent + 1, context);
}

/** The number of the latest one that is due. After an outage only that is sent, not all that were missed. */
function latestChase(custody: CustodyState, due: number, context: RuleContext): number {
  const { chases, chaseEveryMs } = context.policy.return;
  // Working days only ever move a chaser back, so it is this one or one before.
  let number = Math.min(chases, 1 + Math.floor((context.now - due) / chaseEveryMs));
  while (number > 1 && chaseTime(custody, due, number, context) > context.now) number -= 1;
  return number;
}

function chaseTime(custody: CustodyState, due: number, number: number, context: RuleContext): number {
  return workingTime(custody, due + (number - 1) * context.policy.return.chaseEveryMs, context.policy);
}

/** The deadline, epoch milliseconds. */
export function returnDueAt(custody: CustodyState, policy: Policy): number {
  return workingTime(custody, openedAt(custody) + policy.return.dueMs, policy);
}

/** Nothing is due from the leaver on a day off. */
function workingTime(custody: CustodyState, at: number, policy: Policy): number {
  const { workingDays } = custody.opened.data;
  if (workingDays === undefined) return at;
  return nextWorkingTime(at, policy.workingDays?.[workingDays.country], workingDays.timeZone);
}

/** When a parcel that moves no more counts as lost, epoch milliseconds. */
function lostAt(custody: CustodyState, context: RuleContext): number | null {
  const { tracked } = custody;
  if (tracked === null || custody.returned !== null) return null;
  if (GONE_WRONG.has(tracked.data.status)) return toMs(tracked.at);
  return MOVING.has(tracked.data.status)
    ? toMs(tracked.at) + context.policy.return.lostInTransitAfterMs
    : null;
}

function hasOpen(custody: CustodyState, code: string): boolean {
  return blockingExceptions(custody.exceptions, 'return').some(
    (exception) => exception.opened.data.code === code,
  );
}
