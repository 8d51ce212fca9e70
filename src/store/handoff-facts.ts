/** What a vendor's lists say about one device, as facts of its stream. Keys are of business ids: the same again is no news. */
import type { CertificateLine } from '../domain/disposition.ts';
import { deviceStream } from '../domain/fact.ts';
import type { DriveResult } from '../domain/fact-parts.ts';
import type { NewFact } from '../domain/fact.ts';
import type { DisposedUnit } from '../domain/vendor-lines.ts';
import { canonicalDigest } from '../ledger/canonical.ts';

/** A device on a pickup, and the document that speaks of it. */
export interface Handed {
  readonly deviceId: string;
  readonly epoch: number;
  readonly pickupId: string;
  readonly actor: string;
  readonly documentDigest: string;
}

export function receivedFact(of: Handed, { receivedAt }: { readonly receivedAt: string }): NewFact {
  const { deviceId, epoch, pickupId, actor, documentDigest } = of;
  return {
    stream: deviceStream(deviceId),
    key: `handoff.received:${deviceId}:${epoch}:${pickupId}`,
    type: 'handoff.received',
    actor,
    data: { epoch, pickupId, receivedAt, documentDigest },
  };
}

/** @param drives Those that the line names, in a chassis with drives of its own, with what it says of each. */
export function certifiedFact(
  of: Handed,
  line: Pick<CertificateLine, 'certificateId' | 'level' | 'method' | 'outcome' | 'status' | 'date'>,
  drives: readonly DriveResult[],
): NewFact {
  const { deviceId, epoch, pickupId, actor, documentDigest } = of;
  const { certificateId, level, method, outcome, status, date } = line;
  const isTold = drives.some((one) => one.outcome !== outcome || one.level !== level);
  // The same certificate with another standing is news; in another document it is not.
  const standing = canonicalDigest({ level, method, outcome, status, date }).slice(0, 16);
  return {
    stream: deviceStream(deviceId),
    key: `handoff.certified:${deviceId}:${epoch}:${pickupId}:${certificateId}:${standing}${suffixOf(drives, isTold)}`,
    type: 'handoff.certified',
    actor,
    data: {
      epoch,
      pickupId,
      certificateId,
      level,
      method,
      outcome,
      status,
      date,
      documentDigest,
      ...(drives.length > 0 && { drives: drives.map(({ serial }) => serial) }),
      ...(isTold && {
        driveResults: drives.map((one) => ({
          serial: one.serial,
          level: one.level,
          outcome: one.outcome,
        })),
      }),
    },
  };
}

/** The same certificate that names other drives is news too, or that says something else of one of them. */
function suffixOf(drives: readonly DriveResult[], isTold: boolean): string {
  const [only] = drives;
  if (only === undefined) return '';
  if (drives.length === 1) return `:${only.serial}`;
  const said = drives.map(({ serial, level, outcome }) =>
    isTold ? `${serial}:${level}:${outcome}` : serial,
  );
  return `:${canonicalDigest(said.toSorted()).slice(0, 16)}`;
}

/** The same of a custody that is closed. */
export function reportedLateFact(
  of: Handed,
  { outcome, downstream, processedAt }: Pick<DisposedUnit, 'outcome' | 'downstream' | 'processedAt'>,
): NewFact {
  const { deviceId, epoch, pickupId, actor, documentDigest } = of;
  const standing = canonicalDigest({ outcome, downstream, processedAt }).slice(0, 16);
  return {
    stream: deviceStream(deviceId),
    key: `disposition.reported-late:${deviceId}:${epoch}:${pickupId}:${standing}`,
    type: 'disposition.reported-late',
    actor,
    data: { epoch, pickupId, outcome, downstream, processedAt, documentDigest },
  };
}

export function disposedFact(
  of: Handed,
  { outcome, downstream, processedAt }: Pick<DisposedUnit, 'outcome' | 'downstream' | 'processedAt'>,
): NewFact {
  const { deviceId, epoch, pickupId, actor, documentDigest } = of;
  const standing = canonicalDigest({ outcome, downstream, processedAt }).slice(0, 16);
  return {
    stream: deviceStream(deviceId),
    key: `handoff.disposed:${deviceId}:${epoch}:${pickupId}:${standing}`,
    type: 'handoff.disposed',
    actor,
    data: { epoch, pickupId, outcome, downstream, processedAt, documentDigest },
  };
}
