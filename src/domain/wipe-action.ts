/** Exactly what a wipe does to what: an approval binds its hash, and the guard compares it. */
import type { CustodyState } from './custody-state.ts';
import { leaverOf } from './fact-parts.ts';

export interface WipeAction {
  readonly caseId: string;
  readonly serial: string;
  readonly mdmId: string;
  readonly holder: string;
  readonly action: 'wipe';
  readonly parameters: { readonly keepUserData: boolean; readonly keepEnrollmentData: boolean };
}

/** The only parameters a wipe is ever sent with: one that keeps user data would prove nothing. */
export const WIPE_PARAMETERS = { keepUserData: false, keepEnrollmentData: false } as const;

/** Exactly what an approval of this custody's wipe binds. @throws Error for a device without an MDM record. */
export function wipeActionOf(custody: CustodyState): WipeAction {
  const { caseId, serial, personId, records } = custody.opened.data;
  const mdm = records.find((record) => record.sourceKind === 'mdm');
  if (mdm === undefined) throw new Error(`${custody.deviceId} has no device manager`);
  return {
    caseId,
    serial,
    mdmId: mdm.externalId,
    holder: leaverOf({ personId }),
    action: 'wipe',
    parameters: WIPE_PARAMETERS,
  };
}
