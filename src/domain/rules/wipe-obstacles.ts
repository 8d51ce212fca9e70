/** What stands in a wipe's way before any command may be thought of, and what two people's word lifts. */
import type { CustodyState } from '../custody-state.ts';
import { recordIn } from './standing.ts';

/** Obstacles about who holds the device: two people may say that it is the leaver's all the same. */
export const MISMATCHES = ['holder-mismatch', 'holder-in-one-source-only'] as const;

/** A code for the first obstacle; `null` when there is none. */
export function obstacleTo(custody: CustodyState): string | null {
  const { records, ownership } = custody.opened.data;
  if (recordIn(custody, 'mdm') === null) return 'device-unmanaged';
  // One serial, two records: nothing says which of them is the machine.
  if (records.filter((record) => record.sourceKind === 'mdm').length > 1) return 'device-ambiguous';
  const ours = ownership === 'corporate' || (ownership === 'leased' && custody.route === 'lessor-return');
  if (!ours) return ownership === 'leased' ? 'route-undecided' : 'device-not-corporate';
  return mismatchesOf(custody).find((code) => !isApproved(custody, code)) ?? null;
}

/** What does not add up about the holder, by the records of discovery. */
export function mismatchesOf(custody: CustodyState): readonly (typeof MISMATCHES)[number][] {
  const names = custody.opened.data.records.map((record) => record.namesLeaver);
  if (names.includes(false)) return ['holder-mismatch'];
  return sourcesNamingLeaver(custody) < 2 ? ['holder-in-one-source-only'] : [];
}

function isApproved(custody: CustodyState, code: string): boolean {
  return custody.mismatchApproved?.data.codes.includes(code) ?? false;
}

function sourcesNamingLeaver(custody: CustodyState): number {
  return new Set(
    custody.opened.data.records
      .filter((record) => record.namesLeaver === true)
      .map((record) => record.connector),
  ).size;
}
