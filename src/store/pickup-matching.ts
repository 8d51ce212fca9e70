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
  /** Somebody decided that it leaves as it was found: no other model, no other list keeps it back. */
  readonly accepted: boolean;
}

export interface Scanned {
  /** In normalised form; what was read, where that cannot be a serial. */
  readonly serial: string;
  readonly verdict: ScanVerdict;
  /** As read from the unit; `null` or absent when nobody looked. */
  readonly model?: string | null;
  /** The line that a substituted unit seems to stand for. */
  readonly insteadOf?: number | null;
}

/**
 * The verdict on one more scan.
 *
 * @param serial In normalised form, `null` when it cannot be a serial.
 * @param model As read from the unit; `null` when nobody looked.
 * @param before What was scanned so far by the same party.
 * @param standsFor The line that a unit of no line seems to stand for; `null` when it seems to stand for none.
 */
export function scanVerdict(
  serial: string | null,
  model: string | null,
  expected: readonly Expected[],
  before: readonly Scanned[],
  standsFor: number | null = null,
): ScanVerdict {
  if (serial === null) return 'unreadable';
  const scans = before.filter((scan) => scan.serial === serial);
  const earlier = scans.map((scan) => scan.verdict);
  const line = expected.find((one) => one.serial === serial && one.leaving);
  if (line === undefined) {
    if (earlier.length > 0) return 'duplicate';
    return standsFor === null ? 'unexpected' : 'substituted';
  }
  if (line.accepted && earlier.length > 0) return 'duplicate';
  // Whoever looked at the model and found the right one has decided it, before or after whoever did not look.
  if (scans.some((scan) => looksRight(scan.model, line))) return 'duplicate';
  const isMismatched = earlier.includes('model-mismatch');
  if (looksWrong(model, line)) return isMismatched ? 'duplicate' : 'model-mismatch';
  if (isMismatched) return looksRight(model, line) ? 'match' : 'duplicate';
  return earlier.includes('match') ? 'duplicate' : 'match';
}

type Looked = Scanned['model'];

/** Of a line that names no model nothing is right or wrong. */
function looksRight(model: Looked, line: Expected): boolean {
  return isComparable(model, line) && modelKey(model) === modelKey(line.model);
}

function looksWrong(model: Looked, line: Expected): boolean {
  return isComparable(model, line) && modelKey(model) !== modelKey(line.model);
}

function isComparable(model: Looked, line: Expected): model is string {
  return model !== null && model !== undefined && line.model !== '';
}

/** How a model compares: sources print one with other case, spaces and dashes. */
export function modelKey(model: string): string {
  return model
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

export const DISCREPANCIES = ['missing', 'unexpected', 'substituted', 'model-mismatch', 'withdrawn'] as const;
export type DiscrepancyKind = (typeof DISCREPANCIES)[number];

export interface Discrepancy {
  readonly kind: DiscrepancyKind;
  readonly serial: string;
  readonly line: number | null;
  readonly deviceId: string | null;
}

/**
 * What keeps a pickup from being confirmed. A serial that was counted twice is fine: it is one unit. A line that another unit
 * stands for is told once, as the substitution.
 */
export function discrepancies(
  expected: readonly Expected[],
  scans: readonly Scanned[],
): readonly Discrepancy[] {
  const bySerial = Map.groupBy(scans, (scan) => scan.serial);
  const standIns = new Map<string, number | null>();
  for (const { serial, verdict, insteadOf = null } of scans)
    if (verdict === 'substituted') standIns.set(serial, insteadOf);
  const replaced = new Set(standIns.values());
  const ofLines = expected.flatMap((one): Discrepancy[] => {
    const kind = lineDiscrepancy(one, bySerial.get(one.serial) ?? []);
    if (kind === null || (kind === 'missing' && replaced.has(one.line))) return [];
    return [{ kind, serial: one.serial, line: one.line, deviceId: one.deviceId }];
  });
  const onManifest = new Set(expected.filter((one) => one.accepted).map((one) => one.serial));
  const strangers = [...bySerial].flatMap(([serial, ofSerial]): Discrepancy[] => {
    if (onManifest.has(serial)) return [];
    const seen = new Set(ofSerial.map(({ verdict }) => verdict));
    if (seen.has('substituted'))
      return [{ kind: 'substituted', serial, line: standIns.get(serial) ?? null, deviceId: null }];
    return seen.has('unexpected') ? [{ kind: 'unexpected', serial, line: null, deviceId: null }] : [];
  });
  return [...ofLines, ...strangers];
}

function lineDiscrepancy(line: Expected, scans: readonly Scanned[]): DiscrepancyKind | null {
  const { leaving, accepted } = line;
  const seen = new Set(scans.map(({ verdict }) => verdict));
  const counted = seen.has('match') || seen.has('model-mismatch') || (accepted && seen.size > 0);
  if (!leaving) return counted ? 'withdrawn' : null;
  if (accepted && counted) return null;
  const isRight = scans.some((scan) => looksRight(scan.model, line));
  if (seen.has('model-mismatch') && !isRight) return 'model-mismatch';
  return counted ? null : 'missing';
}
