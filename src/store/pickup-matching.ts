/** Serial by serial: what a scan says about a manifest, and what is left that does not add up. Pure functions. */
import type { ScanVerdict } from '../domain/fact-types.ts';

/** One line of a manifest as scans are held against it. */
export interface Expected {
  readonly line: number;
  readonly deviceId: string;
  readonly epoch: number;
  /** In normalised form. */
  readonly serial: string;
  readonly model: string;
  /** `false` when the custody has ended meanwhile (a rehire): the device must not leave. */
  readonly leaving: boolean;
}

export interface Scanned {
  /** In normalised form; what was read, where that cannot be a serial. */
  readonly serial: string;
  readonly verdict: ScanVerdict;
}

/**
 * The verdict on one more scan.
 *
 * @param serial In normalised form, `null` when it cannot be a serial.
 * @param model As read from the unit; `null` when nobody looked.
 * @param before What was scanned so far by the same party.
 */
export function scanVerdict(
  serial: string | null,
  model: string | null,
  expected: readonly Expected[],
  before: readonly Scanned[],
): ScanVerdict {
  if (serial === null) return 'unreadable';
  const earlier = before.filter((scan) => scan.serial === serial).map((scan) => scan.verdict);
  const line = expected.find((one) => one.serial === serial && one.leaving);
  if (line === undefined) return earlier.length > 0 ? 'duplicate' : 'unexpected';
  if (earlier.includes('match')) return 'duplicate';
  const differs = model !== null && line.model !== '' && key(model) !== key(line.model);
  if (differs) return earlier.includes('model-mismatch') ? 'duplicate' : 'model-mismatch';
  // A look at the model decides an earlier mismatch; a scan without one does not.
  return model === null && earlier.includes('model-mismatch') ? 'duplicate' : 'match';
}

/** Sources print one model with other case, spaces and dashes. */
function key(model: string): string {
  return model
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

export const DISCREPANCIES = ['missing', 'unexpected', 'model-mismatch', 'withdrawn'] as const;
export type DiscrepancyKind = (typeof DISCREPANCIES)[number];

export interface Discrepancy {
  readonly kind: DiscrepancyKind;
  readonly serial: string;
  readonly line: number | null;
  readonly deviceId: string | null;
}

/** What keeps a pickup from being confirmed. A serial that was counted twice is fine: it is one unit. */
export function discrepancies(
  expected: readonly Expected[],
  scans: readonly Scanned[],
): readonly Discrepancy[] {
  const verdicts = new Map<string, Set<ScanVerdict>>();
  for (const { serial, verdict } of scans)
    verdicts.set(serial, (verdicts.get(serial) ?? new Set()).add(verdict));
  const ofLines = expected.flatMap((one): Discrepancy[] => {
    const kind = lineDiscrepancy(one, verdicts.get(one.serial) ?? new Set());
    return kind === null ? [] : [{ kind, serial: one.serial, line: one.line, deviceId: one.deviceId }];
  });
  const unexpected = [...verdicts].filter(([, seen]) => seen.has('unexpected')).map(([serial]) => serial);
  return [
    ...ofLines,
    ...unexpected.map((serial): Discrepancy => ({ kind: 'unexpected', serial, line: null, deviceId: null })),
  ];
}

function lineDiscrepancy({ leaving }: Expected, seen: ReadonlySet<ScanVerdict>): DiscrepancyKind | null {
  const counted = seen.has('match') || seen.has('model-mismatch');
  if (!leaving) return counted ? 'withdrawn' : null;
  if (seen.has('match')) return null;
  return seen.has('model-mismatch') ? 'model-mismatch' : 'missing';
}
