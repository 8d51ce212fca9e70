/** Proofs of sanitisation besides the MDM's word: a bench report, a sighting at the set-up screen, the vendor's certificate. */
import type { CustodyState, WipeAttempt } from '../custody-state.ts';
import type { Fact } from '../fact.ts';
import type { Policy } from '../policy.ts';
import type { WipeStanding } from '../wipe-proof.ts';
import { gradeReaches } from '../wipe.ts';

/** The bench report that counts: erased without exceptions, at least cleared. */
export function acceptedBenchReport(custody: CustodyState): Fact<'sanitisation.reported'> | null {
  return (
    custody.benchReports.findLast(
      ({ data }) => data.outcome === 'erased' && gradeReaches(data.level, 'clear'),
    ) ?? null
  );
}

/** The certificate that counts: issued or verified, erased without exceptions, at least the policy's minimum grade. */
export function acceptedCertificate(custody: CustodyState, policy: Policy): Fact<'handoff.certified'> | null {
  return (
    custody.certificates.find(({ data }) => {
      const valid = data.status === 'issued' || data.status === 'verified';
      return valid && data.outcome === 'erased' && gradeReaches(data.level, policy.handoff.minimumGrade);
    }) ?? null
  );
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
