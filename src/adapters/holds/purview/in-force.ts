/**
 * What counts as a hold in force: everything but what Microsoft's words say is over. A state that is missing, or that came after
 * this was written, counts as in force. Source: the resource types ediscoveryCase, ediscoveryCustodian, ediscoveryHoldPolicy
 * and userSource of Microsoft Graph v1.0; names of states are compared in any case, since the documents print both.
 */
import type { CaseRecord, CustodianRecord, PolicyRecord, SourceRecord } from './schema.ts';

/**
 * Whether holds of a case may be in force. Closing a case turns its holds off (Purview's documentation of closing a case); while
 * it is `closing`, after `closedWithError` (holds were not all released), and until a deletion is through (`pendingDelete`),
 * they may still be there.
 */
export function caseMayHold({ status }: CaseRecord): boolean {
  return !is(status, 'closed');
}

/** `applied`, `applying`, `removing` and `partial` (some sources are on hold, or failed) are in force. */
export function custodianIsHeld({ holdStatus }: CustodianRecord): boolean {
  return !is(holdStatus, 'notApplied');
}

/** Only a policy that is switched off, and whose switching off has gone through, is over. */
export function policyMayHold({ isEnabled, status }: PolicyRecord): boolean {
  return isEnabled !== false || !is(status, 'success');
}

/**
 * Whether a source of a policy that may hold is on hold. Of one that is switched on, each is, whatever became of applying it. One
 * that is switched off while that is under way (`pending`) or went wrong (`error`) holds what it does not itself say is free;
 * so is the empty policy that every case has for its custodians from the start.
 */
export function sourceIsHeld(policyIsOff: boolean, { holdStatus }: SourceRecord): boolean {
  return !policyIsOff || !is(holdStatus, 'notApplied');
}

function is(given: string | null | undefined, state: string): boolean {
  return given?.toLowerCase() === state.toLowerCase();
}
