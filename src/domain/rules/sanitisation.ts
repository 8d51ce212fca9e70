/** Proofs of sanitisation besides the MDM's word: a bench report, a sighting at the set-up screen, the vendor's certificate. */
import type { CustodyState, WipeAttempt } from '../custody-state.ts';
import type { FactData } from '../fact-types.ts';
import type { Fact } from '../fact.ts';
import type { Policy } from '../policy.ts';
import type { WipeStanding } from '../wipe-proof.ts';
import { gradeReaches } from '../wipe.ts';
import type { Grade } from '../wipe.ts';

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
  if (custody.drives.length === 0) return good.at(-1) ?? null;
  return completing(good, custody.drives, ({ data }) => data.drives ?? []).at(-1) ?? null;
}

/**
 * The certificate that counts: issued or verified, erased without exceptions, at least the policy's minimum grade. Of a device
 * with many drives, the one with which every drive is proven: a certificate of the chassis alone proves none of them.
 */
export function acceptedCertificate(custody: CustodyState, policy: Policy): Fact<'handoff.certified'> | null {
  return acceptedCertificates(custody, policy).at(-1) ?? null;
}

/** All that count together, the one that completes them last; none while they do not. */
export function acceptedCertificates(
  custody: CustodyState,
  policy: Policy,
): readonly Fact<'handoff.certified'>[] {
  if (custody.drives.length === 0)
    return custody.certificates.filter((one) => isSufficient(one, custody, policy)).slice(0, 1);
  return completing(custody.certificates, custody.drives, (one) => drivesProven(one, policy));
}

/** Whether a certificate suffices for all that it names. No grade is asked of what holds no data. */
export function isSufficient(
  { data }: Fact<'handoff.certified'>,
  custody: CustodyState,
  policy: Policy,
): boolean {
  return isValid(data) && suffices(data, isDataBearing(custody) ? policy.handoff.minimumGrade : null);
}

/** The drives that a certificate proves: of those it tells apart, the ones that are clean, whatever became of the others. */
export function drivesProven({ data }: Fact<'handoff.certified'>, { handoff }: Policy): readonly string[] {
  if (!isValid(data)) return [];
  const { drives = [], driveResults } = data;
  const results = driveResults ?? drives.map((serial) => ({ ...data, serial }));
  return results.filter((one) => suffices(one, handoff.minimumGrade)).map(({ serial }) => serial);
}

function isValid({ status }: Pick<FactData['handoff.certified'], 'status'>): boolean {
  return status === 'issued' || status === 'verified';
}

function suffices(
  { outcome, level }: Pick<FactData['handoff.certified'], 'outcome' | 'level'>,
  minimum: Grade | null,
): boolean {
  return outcome === 'erased' && (minimum === null || gradeReaches(level, minimum));
}

/** The documents with which every drive is proven in one of them, up to the first that completes them. */
function completing<F>(
  documents: readonly F[],
  drives: readonly string[],
  proven: (document: F) => readonly string[],
): readonly F[] {
  const left = new Set(drives);
  const counting: F[] = [];
  for (const document of documents) {
    const before = left.size;
    for (const drive of proven(document)) left.delete(drive);
    if (left.size < before) counting.push(document);
    if (left.size === 0) return counting;
  }
  return [];
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
