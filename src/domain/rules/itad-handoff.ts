/**
 * Gate `itad-handoff`: first *transferred* (on a confirmed manifest, scanned by us at the dock and by the vendor), then
 * *certified* (a certificate for that serial at the policy's grade). Both are needed.
 */
import type { CustodyState } from '../custody-state.ts';
import { ownerOf } from '../deadlines.ts';
import type { DeadlineTrigger } from '../deadlines.ts';
import { isOpen, lastOpened } from '../exceptions.ts';
import { HOLD_OWNER } from '../holds.ts';
import type { Judgement, RuleContext } from '../judgement.ts';
import type { Policy } from '../policy.ts';
import { toMs } from '../time.ts';
import { inStorage } from './legal-retention.ts';
import { judgeRelease } from './release.ts';
import { acceptedCertificates, drivesProven, isSufficient } from './sanitisation.ts';
import { offRoute, raise, through, waiting, withStep } from './standing.ts';

/**
 * By the route: most have another proof in its place, or none to give.
 *
 * @param readySince When both wipe and return were through, ISO 8601 UTC: the clock of staging starts here.
 */
export function judgeItadHandoff(
  custody: CustodyState,
  readySince: string,
  context: RuleContext,
): Judgement<'itad-handoff'> {
  switch (custody.route) {
    case 'redeploy':
    case 'personal':
    case 'lost':
      return offRoute('itad-handoff', custody);
    case 'lessor-return':
      return bySubstitute(custody, 'lessor-receipt', readySince, context);
    case 'employee-sale':
      return bySubstitute(custody, 'bill-of-sale', readySince, context);
    case 'legal-retention':
      return inStorage('itad-handoff', custody, readySince, context);
    case 'dispose':
      return byVendor(custody, readySince, context);
  }
}

/** Another document stands for the vendor's on this route; what is sold must have been let go before. */
function bySubstitute(
  custody: CustodyState,
  kind: 'lessor-receipt' | 'bill-of-sale',
  readySince: string,
  context: RuleContext,
): Judgement<'itad-handoff'> {
  const document = custody.substitutes.findLast(({ data }) => data.kind === kind);
  const letGo = kind === 'lessor-receipt' ? null : judgeRelease('itad-handoff', custody, readySince, context);
  if (document !== undefined && letGo === null)
    return through('itad-handoff', 'substituted', document.at, [document.key], kind);
  if (letGo !== null) return letGo;
  return waiting(
    {
      gate: 'itad-handoff',
      state: 'waiting',
      since: readySince,
      deviceId: custody.deviceId,
      block: { kind: 'action', code: `${kind}-awaited`, owner: 'asset-manager' },
      dueAt: toMs(readySince) + context.policy.handoff.stageDueMs,
      raised: custody.escalations,
      exceptions: custody.exceptions,
    },
    context,
  );
}

function byVendor(
  custody: CustodyState,
  readySince: string,
  context: RuleContext,
): Judgement<'itad-handoff'> {
  const certificates = acceptedCertificates(custody, context.policy);
  const certificate = certificates.at(-1) ?? null;
  const { transferred, dockScanned, vendorScanned } = custody;
  if (transferred !== null && dockScanned !== null && vendorScanned !== null && certificate !== null) {
    const evidence = [dockScanned, vendorScanned, transferred, ...certificates].map(({ key }) => key);
    return through(
      'itad-handoff',
      'satisfied',
      certificate.at,
      evidence,
      `certified:${certificate.data.level}`,
    );
  }
  const judgement = waiting(
    {
      gate: 'itad-handoff',
      deviceId: custody.deviceId,
      raised: custody.escalations,
      exceptions: custody.exceptions,
      ...stage(custody, readySince, context),
    },
    context,
  );
  if (custody.holds.length > 0) return onHold(custody, context);
  if (certificate !== null || !hasUnshownRejection(custody, context)) return judgement;
  return withStep(judgement, raise('certificate-insufficient', 'itad-handoff', 'asset-manager'));
}

/** What is still here stays here; of what the vendor has already, somebody must tell them. */
function onHold(custody: CustodyState, context: RuleContext): Judgement<'itad-handoff'> {
  const [hold] = custody.holds;
  const kind = hold?.data.kind ?? 'legal';
  const judgement = waiting(
    {
      gate: 'itad-handoff',
      state: 'held',
      since: hold?.at ?? custody.opened.at,
      deviceId: custody.deviceId,
      block: { kind: 'decision', code: `on-hold-${kind}`, owner: HOLD_OWNER[kind] },
      dueAt: null,
      raised: custody.escalations,
      exceptions: custody.exceptions,
    },
    context,
  );
  const isTold = lastOpened(custody.exceptions, 'hold-at-vendor') > (hold?.seq ?? 0);
  if (custody.transferred === null || isTold) return judgement;
  return withStep(judgement, raise('hold-at-vendor', 'itad-handoff', 'asset-manager'));
}

/** Certificates that do not suffice and that nobody was shown: one exception for all that came before it. */
function hasUnshownRejection(custody: CustodyState, { policy }: RuleContext): boolean {
  const shown = custody.exceptions.filter(({ opened }) => opened.data.code === 'certificate-insufficient');
  if (shown.some(isOpen)) return false;
  return custody.certificates.some(
    (one) => !isSufficient(one, custody, policy) && shown.every(({ opened }) => opened.seq < one.seq),
  );
}

/** Some of its drives may be certified, and others not. */
function certificateBlock(custody: CustodyState, policy: Policy, owner: string) {
  const common = { kind: 'time', owner, parked: true } as const;
  return custody.certificates.some(
    (one) => isSufficient(one, custody, policy) || drivesProven(one, policy).length > 0,
  )
    ? ({ ...common, code: 'drives-not-certified' } as const)
    : ({ ...common, code: 'certificate-awaited' } as const);
}

/** Where the device stands on its way: staged, on a pickup, handed over, received; each with its own owner and deadline. */
function stage(custody: CustodyState, readySince: string, { policy }: RuleContext) {
  const owner = (trigger: DeadlineTrigger): string => ownerOf(trigger, policy);
  const { manifested, transferred, dockScanned, vendorScanned, received } = custody;
  if (received !== null && transferred !== null && dockScanned !== null && vendorScanned !== null) {
    const dueAt = toMs(received.at) + policy.handoff.certificateDueMs;
    return {
      state: 'in-progress',
      since: received.at,
      dueAt,
      block: certificateBlock(custody, policy, owner('certified')),
    } as const;
  }
  if (transferred !== null) {
    const dueAt = toMs(transferred.at) + policy.handoff.receiptDueMs;
    if (dockScanned === null)
      return {
        state: 'in-progress',
        since: transferred.at,
        dueAt,
        block: { kind: 'action', code: 'dock-scan-awaited', owner: owner('left') },
      } as const;
    const code = vendorScanned === null ? 'vendor-scan-awaited' : 'receipt-awaited';
    return {
      state: 'in-progress',
      since: transferred.at,
      dueAt,
      block: { kind: 'action', code, owner: owner('received') },
    } as const;
  }
  const dueAt = toMs(readySince) + policy.handoff.stageDueMs;
  const { leaveDueMs } = policy.handoff;
  if (manifested !== null) {
    return {
      state: 'in-progress',
      since: manifested.at,
      dueAt: leaveDueMs === undefined ? dueAt : toMs(manifested.at) + leaveDueMs,
      block: { kind: 'action', code: 'pickup-not-confirmed', owner: owner('left') },
    } as const;
  }
  return {
    state: 'waiting',
    since: readySince,
    dueAt,
    block: { kind: 'action', code: 'not-on-a-pickup', owner: owner('staged') },
  } as const;
}
