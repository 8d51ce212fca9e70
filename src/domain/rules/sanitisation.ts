/** Proofs of sanitisation besides the MDM's word: a bench report, a sighting at the set-up screen, the vendor's certificate. */
import type { CustodyState, WipeAttempt } from '../custody-state.ts';
import type { Fact } from '../fact.ts';
import type { Policy } from '../policy.ts';
import type { WipeStanding } from '../wipe-proof.ts';
import { gradeReaches } from '../wipe.ts';

/** Whether it holds anything that is to be erased. Hardware that somebody retired may say that it does not. */
export function isDataBearing({ opened, drives }: CustodyState): boolean {
  const { retired } = opened.data;
  return retired === undefined || retired.dataBearing || drives.length > 0;
}

/** The bench report that counts: erased without exceptions, at least cleared; of many drives, the one that completes them. */
export function acceptedBenchReport(custody: CustodyState): Fact<'sanitisation.reported'> | null {
  const good = custody.benchReports.filter(
    ({ data }) => data.outcome === 'erased' && gradeReaches(data.level, 'clear'),
  );
  return custody.drives.length === 0 ? (good.at(-1) ?? null) : completing(good, custody.drives);
}

/**
 * The certificate that counts: issued or verified, erased without exceptions, at least the policy's minimum grade. Of a device
 * with many drives, the one with which every drive is named: a certificate of the chassis alone proves none of them.
 */
export function acceptedCertificate(custody: CustodyState, policy: Policy): Fact<'handoff.certified'> | null {
  const good = custody.certificates.filter((one) => isSufficient(one, custody, policy));
  return custody.drives.length === 0 ? (good[0] ?? null) : completing(good, custody.drives);
}

/** Whether a certificate suffices for what it names. No grade is asked of what holds no data. */
export function isSufficient(
  { data }: Fact<'handoff.certified'>,
  custody: CustodyState,
  policy: Policy,
): boolean {
  const valid = data.status === 'issued' || data.status === 'verified';
  const { minimumGrade } = policy.handoff;
  return (
    valid && data.outcome === 'erased' && (!isDataBearing(custody) || gradeReaches(data.level, minimumGrade))
  );
}

/** The first of these documents with which every drive is named in one of them. */
function completing<F extends { readonly data: { readonly drives?: readonly string[] } }>(
  documents: readonly F[],
  drives: readonly string[],
): F | null {
  const left = new Set(drives);
  for (const document of documents) {
    for (const drive of document.data.drives ?? []) left.delete(drive);
    if (left.size === 0) return document;
  }
  return null;
}

/** Standings after which a set-up screen means that our command was carried out, and not that nobody ever set it up. */
const SENT: ReadonlySet<WipeStanding['state']> = new Set([
  'accepted',
  'acknowledged',
  'silence-unread',
  'ambiguous',
]);

/** Somebody saw the device at its set-up screen after the command was on its way. */
export function confirmedBy(
  custody: CustodyState,
  { intended }: WipeAttempt,
  standing: WipeStanding,
): Fact<'device.inspected'> | null {
  if (intended === null || !SENT.has(standing.state)) return null;
  return custody.inspections.find(({ seq, data }) => data.setUpScreen && seq > intended.seq) ?? null;
}
