/**
 * Gate `itad-handoff`: first *transferred* (on a confirmed manifest, scanned by us at the dock and by the vendor), then
 * *certified* (a certificate for that serial at the policy's grade). Both are needed.
 */
import type { CustodyState } from '../custody-state.ts';
import { isOpen } from '../exceptions.ts';
import type { Fact } from '../fact.ts';
import type { Judgement, RuleContext } from '../judgement.ts';
import type { Policy } from '../policy.ts';
import { toMs } from '../time.ts';
import { gradeReaches } from '../wipe.ts';
import { raise, through, waiting, withStep } from './standing.ts';

/**
 * @param readySince When both wipe and return were through, ISO 8601 UTC: the clock of staging starts here.
 */
export function judgeItadHandoff(
  custody: CustodyState,
  readySince: string,
  context: RuleContext,
): Judgement<'itad-handoff'> {
  const certificate = acceptedCertificate(custody, context.policy);
  const { transferred, dockScanned, vendorScanned } = custody;
  if (transferred !== null && dockScanned !== null && vendorScanned !== null && certificate !== null) {
    const evidence = [dockScanned.key, vendorScanned.key, transferred.key, certificate.key];
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
  if (certificate !== null || !hasUnshownRejection(custody)) return judgement;
  return withStep(judgement, raise('certificate-insufficient', 'itad-handoff', 'asset-manager'));
}

/** Certificates that do not suffice and that nobody was shown: one exception for all that came before it. */
function hasUnshownRejection(custody: CustodyState): boolean {
  const shown = custody.exceptions.filter(({ opened }) => opened.data.code === 'certificate-insufficient');
  if (shown.some(isOpen)) return false;
  return custody.certificates.some((one) => shown.every(({ opened }) => opened.seq < one.seq));
}

/** The certificate that counts: issued or verified, erased without exceptions, at least the policy's minimum grade. */
export function acceptedCertificate(custody: CustodyState, policy: Policy): Fact<'handoff.certified'> | null {
  return custody.certificates.find((certificate) => isAccepted(certificate, policy)) ?? null;
}

function isAccepted({ data }: Fact<'handoff.certified'>, policy: Policy): boolean {
  const valid = data.status === 'issued' || data.status === 'verified';
  return valid && data.outcome === 'erased' && gradeReaches(data.level, policy.handoff.minimumGrade);
}

/** Where the device stands on its way: staged, on a pickup, handed over, received; each with its own owner and deadline. */
function stage(custody: CustodyState, readySince: string, { policy }: RuleContext) {
  const { manifested, transferred, dockScanned, vendorScanned, received } = custody;
  if (received !== null && transferred !== null && dockScanned !== null && vendorScanned !== null) {
    const dueAt = toMs(received.at) + policy.handoff.certificateDueMs;
    return {
      state: 'in-progress',
      since: received.at,
      dueAt,
      block: { kind: 'time', code: 'certificate-awaited', owner: 'itad-vendor', parked: true },
    } as const;
  }
  if (transferred !== null) {
    const dueAt = toMs(transferred.at) + policy.handoff.receiptDueMs;
    if (dockScanned === null)
      return {
        state: 'in-progress',
        since: transferred.at,
        dueAt,
        block: { kind: 'action', code: 'dock-scan-awaited', owner: 'dock' },
      } as const;
    const code = vendorScanned === null ? 'vendor-scan-awaited' : 'receipt-awaited';
    return {
      state: 'in-progress',
      since: transferred.at,
      dueAt,
      block: { kind: 'action', code, owner: 'itad-vendor' },
    } as const;
  }
  const dueAt = toMs(readySince) + policy.handoff.stageDueMs;
  if (manifested !== null) {
    return {
      state: 'in-progress',
      since: manifested.at,
      dueAt,
      block: { kind: 'action', code: 'pickup-not-confirmed', owner: 'dock' },
    } as const;
  }
  return {
    state: 'waiting',
    since: readySince,
    dueAt,
    block: { kind: 'action', code: 'not-on-a-pickup', owner: 'asset-manager' },
  } as const;
}
