/** Gate `return`: proven by the intake scan of that serial, never by the carrier. */
import type { CustodyState } from '../custody-state.ts';
import { blockingExceptions, lastDecided, lastOpened } from '../exceptions.ts';
import type { Fact } from '../fact.ts';
import type { Judgement, RuleContext, Step } from '../judgement.ts';
import type { Policy } from '../policy.ts';
import { isSpent, nextBox, nextLabel, numberOf } from '../return-labels.ts';
import { earliest, ifAhead, toMs } from '../time.ts';
import { nextWorkingTime } from '../working-days.ts';
import { factOf, offRoute, openedAt, raise, recordIn, through, waiting, withStep } from './standing.ts';

/** A label that was bought is not yet a parcel that was handed in: `pre_transit` is no movement. */
const MOVING = new Set(['in_transit', 'out_for_delivery']);
const GONE_WRONG = new Set(['return_to_sender', 'failure', 'error']);

export function judgeReturn(custody: CustodyState, context: RuleContext): Judgement<'return'> {
  const proven = provenBy(custody);
  if (proven !== null) return proven;
  const due = returnDueAt(custody, context.policy);
  const judgement = waiting(
    {
      gate: 'return',
      state: custody.tracked === null && custody.droppedOff === null ? 'waiting' : 'in-progress',
      since: custody.droppedOff?.at ?? custody.tracked?.at ?? custody.label?.at ?? custody.opened.at,
      deviceId: custody.deviceId,
      block: whoseMove(custody),
      dueAt: due,
      changesAt: earliest(
        nextChase(custody, due, context),
        ifAhead(lostAt(custody, context), context.now),
        ifAhead(boxLostAt(custody, context), context.now),
      ),
      raised: custody.escalations,
      exceptions: custody.exceptions,
    },
    context,
  );
  return withStep(judgement, nextStep(custody, due, context) ?? judgement.step);
}

/** What proves the return on this route; `null` while nothing does. */
export function provenBy(custody: CustodyState): Judgement<'return'> | null {
  const { returned, route, lostDeclared } = custody;
  if (route === 'employee-sale' || route === 'personal') return offRoute('return', custody);
  if (route === 'lost' && lostDeclared !== null)
    return through('return', 'substituted', lostDeclared.at, [lostDeclared.key], 'lost-decision');
  const direct = custody.substitutes.findLast(({ data }) => data.kind === 'lessor-receipt');
  if (route === 'lessor-return' && direct !== undefined && returned === null)
    return through('return', 'satisfied', direct.at, [direct.key], 'direct');
  if (returned === null) return null;
  if (route !== 'redeploy') return through('return', 'satisfied', returned.at, [returned.key], 'intake-scan');
  // The next person gets what somebody has looked at, and found fit.
  const inspected = custody.inspections.find(({ seq }) => seq > (contrary(custody)?.seq ?? returned.seq));
  if (inspected === undefined) return null;
  return through(
    'return',
    'satisfied',
    inspected.at,
    [returned.key, inspected.key],
    'intake-scan+inspection',
  );
}

/** The latest inspection since it came back that found it unfit for another person. */
function contrary({ inspections, returned }: CustodyState): Fact<'device.inspected'> | undefined {
  return inspections.findLast(
    ({ seq, data }) => seq > (returned?.seq ?? 0) && (data.outcome ?? 're-deployable') !== 're-deployable',
  );
}

function whoseMove(custody: CustodyState) {
  if (custody.route === 'lost')
    return { kind: 'decision', code: 'lost-decision-awaited', owner: 'approver' } as const;
  if (custody.returned !== null) {
    const code = contrary(custody)?.data.outcome === 'needs-repair' ? 'repair-awaited' : 'inspection-awaited';
    return { kind: 'action', code, owner: 'asset-manager' } as const;
  }
  // Hardware without a person is where it always was: somebody has to look whether it is.
  if (custody.droppedOff !== null || custody.opened.data.retired !== undefined)
    return { kind: 'action', code: 'intake-scan-awaited', owner: 'dock' } as const;
  return ofParcel(custody) ?? ({ kind: 'action', code: 'return-awaited', owner: 'leaver' } as const);
}

/** Whoever has the parcel, by the carrier's word; `null` when that is whoever is to send it. */
function ofParcel(custody: CustodyState) {
  const parcel = parcelOf(custody);
  const status = parcel?.data.status;
  if (status === 'delivered') return { kind: 'action', code: 'intake-scan-awaited', owner: 'dock' } as const;
  if (status === 'available_for_pickup')
    return { kind: 'action', code: 'parcel-to-collect', owner: 'dock' } as const;
  if (status !== undefined && MOVING.has(status))
    return { kind: 'action', code: 'in-transit', owner: 'carrier' } as const;
  if (
    parcel !== null &&
    GONE_WRONG.has(parcel.data.status) &&
    lastDecided(custody.exceptions, 'lost-in-transit') < parcel.seq
  )
    return { kind: 'action', code: 'parcel-went-wrong', owner: 'asset-manager' } as const;
  if (custody.box !== null && custody.boxTracked?.data.status !== 'delivered')
    return { kind: 'action', code: 'box-in-transit', owner: 'carrier' } as const;
  return null;
}

/** The carrier's latest word on the parcel; none once it was opened and held another unit. */
function parcelOf(custody: CustodyState): Fact<'return.tracked'> | null {
  const { tracked, wrongUnits } = custody;
  if (tracked === null || (wrongUnits.at(-1)?.seq ?? 0) > tracked.seq) return null;
  return isSpent(custody, tracked.data.trackingCode) ? null : tracked;
}

function nextStep(custody: CustodyState, due: number, context: RuleContext): Step | null {
  if (custody.lostReported !== null && custody.lostReported.seq > lastLocked(custody)) {
    const connector = recordIn(custody, 'mdm')?.connector;
    if (connector !== undefined) return { do: 'act', acts: [{ act: 'lock-device', connector }] };
  }
  const unfit = contrary(custody);
  if (
    custody.route === 'redeploy' &&
    unfit?.data.outcome === 'to-be-disposed' &&
    !isShown(custody, 'inspected-for-disposal', unfit)
  )
    return raise('inspected-for-disposal', 'return', 'asset-manager');
  if (!isAskedFor(custody)) return null;
  const parcels = parcelStep(custody, context);
  if (parcels !== null) return parcels;
  const chase = nextChase(custody, due, context);
  if (chase === null || chase > context.now) return null;
  const number = latestChase(custody, due, context);
  return factOf({
    type: 'return.chased',
    key: `return.chased:${custody.deviceId}:${custody.epoch}:${number}`,
    data: { epoch: custody.epoch, number, to: 'leaver' },
  });
}

/** What is to be bought, and what of it went wrong. */
function parcelStep(custody: CustodyState, context: RuleContext): Step | null {
  const { label, labelUnknown, box, boxUnknown } = custody;
  const needsLabel = nextLabel(custody, context.policy.return.labelsMost ?? 1) !== null;
  const needsBox = context.returnBy === 'box' && nextBox(custody) !== null;
  if (context.carrier !== null && (needsLabel || needsBox) && !hasOpen(custody, 'label-failed'))
    return { do: 'act', acts: [{ act: 'make-label', connector: context.carrier }] };
  if (isUnseen(labelUnknown, label, 'label-outcome-unknown', custody))
    return raise('label-outcome-unknown', 'return', 'operator');
  if (isUnseen(boxUnknown, box, 'box-outcome-unknown', custody))
    return raise('box-outcome-unknown', 'return', 'operator');
  // Once for each word of the carrier's: what was decided about one may come true of the next.
  if (isLost(lostAt(custody, context), 'lost-in-transit', custody.tracked, custody, context))
    return raise('lost-in-transit', 'return', 'asset-manager');
  if (isLost(boxLostAt(custody, context), 'box-lost', custody.boxTracked, custody, context))
    return raise('box-lost', 'return', 'asset-manager');
  return null;
}

/** A purchase that nobody knows the end of, and that nobody has been shown. */
function isUnseen(
  unknown: Fact<'return.label-unknown' | 'return.box-unknown'> | null,
  bought: Fact<'return.label-bought' | 'return.box-sent'> | null,
  code: string,
  custody: CustodyState,
): boolean {
  return unknown !== null && numberOf(unknown) > numberOf(bought) && !isShown(custody, code, unknown);
}

function isLost(
  at: number | null,
  code: string,
  word: Fact | null,
  custody: CustodyState,
  { now }: RuleContext,
): boolean {
  return at !== null && at <= now && word !== null && !isShown(custody, code, word);
}

/** Whether somebody has seen it: one exception at a time, and whoever decided it decided about all that had come by then. */
function isShown(custody: CustodyState, code: string, about: Fact): boolean {
  const { exceptions } = custody;
  const last = Math.max(lastOpened(exceptions, code), lastDecided(exceptions, code));
  return last > about.seq || hasOpen(custody, code);
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
function isAskedFor({ returned, droppedOff, route, lostReported, opened }: CustodyState): boolean {
  return (
    opened.data.retired === undefined &&
    returned === null &&
    droppedOff === null &&
    route !== 'lost' &&
    lostReported === null &&
    opened.data.ownership !== 'personal'
  );
}

/** Chasers go out at the deadline and then at the policy's interval, so many times; epoch milliseconds. */
function nextChase(custody: CustodyState, due: number, context: RuleContext): number | null {
  // While a carrier has the parcel or the empty box, the leaver can do nothing.
  if (!isAskedFor(custody) || ofParcel(custody) !== null) return null;
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
  return isAskedFor(custody) ? silentAt(parcelOf(custody), context) : null;
}

/** The same of the empty box on its way out; a parcel on its way back says that it has come. */
function boxLostAt(custody: CustodyState, context: RuleContext): number | null {
  const { box, boxTracked } = custody;
  const parcel = parcelOf(custody);
  const hasCome = parcel !== null && parcel.data.status !== 'pre_transit';
  return box === null || hasCome || !isAskedFor(custody) ? null : silentAt(boxTracked, context);
}

function silentAt(
  word: Fact<'return.tracked' | 'return.box-tracked'> | null,
  { policy }: RuleContext,
): number | null {
  if (word === null) return null;
  if (GONE_WRONG.has(word.data.status)) return toMs(word.at);
  return MOVING.has(word.data.status) ? toMs(word.at) + policy.return.lostInTransitAfterMs : null;
}

function hasOpen(custody: CustodyState, code: string): boolean {
  return blockingExceptions(custody.exceptions, 'return').some(
    (exception) => exception.opened.data.code === code,
  );
}
