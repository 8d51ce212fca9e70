/**
 * The guard: may this command be sent to this device, now? Fail-closed, on facts read now. Pure: whoever calls it has read
 * the live state, and holds the limit in the same database transaction that records the intent.
 */
import type { Ownership } from './platform.ts';
import { normaliseSerial } from './serial.ts';

export const REFUSALS = {
  'kill-switch': 'The kill switch is on: nothing destructive is sent until it is switched off.',
  'connector-not-enforcing': 'This connector is not in mode enforce: it may not send commands.',
  'case-not-open': 'The case is not open any more.',
  'custody-not-open': 'The custody of this device is not open any more.',
  'approval-missing': 'There is no approval of this wipe.',
  'approval-expired': 'The approval has expired: it must be given again.',
  'approval-mismatch': 'The approval was given for another device, holder, action or parameters.',
  'device-not-found':
    'The device manager has no such record any more: find the device before anything is sent.',
  'mdm-id-mismatch': 'The device manager answered with another record than the case holds.',
  'serial-mismatch': 'The serial of the record differs from the serial of the case.',
  'serial-unusable': 'The record has no serial that could serve as a key.',
  'ownership-not-corporate': 'The device is not explicitly corporate: it may only be retired selectively.',
  'holder-not-in-two-sources': 'Fewer than two sources named the leaver as holder at discovery.',
  'holder-now-unnamed': 'No source names the leaver as holder any more.',
  'holder-now-other': 'A source names somebody else as holder now.',
  'person-not-gone': 'The identity provider does not show the person as gone.',
  'person-unreadable': 'Whether the person is gone could not be read.',
  'recent-use-by-other': 'Somebody else has used the device since.',
  'on-hold': 'A hold forbids destructive steps on this device.',
  'holds-unreadable': 'Whether there is a hold could not be read.',
  'limit-reached': 'The wipe limit is used up: everything destructive waits for its release.',
} as const;
export type RefusalCode = keyof typeof REFUSALS;

/** Who a source names as holder of the device, as read at discovery or now. */
export interface HolderReading {
  readonly connector: string;
  readonly holder: 'leaver' | 'other' | 'nobody';
}

export interface GuardInput {
  readonly killSwitch: boolean;
  readonly connectorMode: 'observe' | 'recommend' | 'enforce';
  readonly caseOpen: boolean;
  readonly custodyOpen: boolean;
  readonly expected: { readonly serial: string; readonly mdmId: string; readonly actionHash: string };
  readonly approval: { readonly actionHash: string; readonly expiresAt: number } | null;
  /** The MDM's record, read live; `null` when it has none. */
  readonly live: {
    readonly mdmId: string;
    readonly serial: string | null;
    readonly ownership: Ownership;
  } | null;
  /** Ownership as discovery established it. */
  readonly ownership: Ownership;
  readonly holdersAtDiscovery: readonly HolderReading[];
  readonly holdersNow: readonly HolderReading[];
  /** By the provider's own state, read live. */
  readonly person: 'gone' | 'present' | 'unreadable';
  /** `unknown` where the MDM does not tell. */
  readonly recentUse: 'none' | 'by-other' | 'unknown';
  readonly holds: 'none' | 'held' | 'unreadable';
  readonly limitLeft: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Every reason why the command must not be sent; empty means it may. */
export function guard(input: GuardInput): readonly RefusalCode[] {
  return [
    ...guardSwitches(input),
    ...guardApproval(input),
    ...guardDevice(input),
    ...guardHolder(input),
    ...guardPerson(input),
    ...(input.limitLeft ? [] : (['limit-reached'] as const)),
  ];
}

function guardSwitches(input: GuardInput): readonly RefusalCode[] {
  const codes: RefusalCode[] = [];
  if (input.killSwitch) codes.push('kill-switch');
  if (input.connectorMode !== 'enforce') codes.push('connector-not-enforcing');
  if (!input.caseOpen) codes.push('case-not-open');
  if (!input.custodyOpen) codes.push('custody-not-open');
  return codes;
}

function guardApproval({ approval, expected, now }: GuardInput): readonly RefusalCode[] {
  if (approval === null) return ['approval-missing'];
  const codes: RefusalCode[] = [];
  // Written so that a time that is none counts as expired.
  if (!(approval.expiresAt > now)) codes.push('approval-expired');
  if (approval.actionHash !== expected.actionHash) codes.push('approval-mismatch');
  return codes;
}

function guardDevice({ live, expected, ownership }: GuardInput): readonly RefusalCode[] {
  if (live === null) return ['device-not-found'];
  const codes: RefusalCode[] = [];
  if (live.mdmId !== expected.mdmId) codes.push('mdm-id-mismatch');
  const serial = normaliseSerial(live.serial);
  const wanted = normaliseSerial(expected.serial);
  if (serial === null || wanted === null) codes.push('serial-unusable');
  else if (serial !== wanted) codes.push('serial-mismatch');
  if (ownership !== 'corporate' || live.ownership !== 'corporate') codes.push('ownership-not-corporate');
  return codes;
}

/** The leaver in at least two sources at discovery, one of them still, and none now naming somebody else. */
function guardHolder({ holdersAtDiscovery, holdersNow }: GuardInput): readonly RefusalCode[] {
  const codes: RefusalCode[] = [];
  const named = new Set(
    holdersAtDiscovery.filter((reading) => reading.holder === 'leaver').map((reading) => reading.connector),
  );
  if (named.size < 2) codes.push('holder-not-in-two-sources');
  if (holdersNow.some((reading) => reading.holder === 'other')) codes.push('holder-now-other');
  if (!holdersNow.some((reading) => reading.holder === 'leaver' && named.has(reading.connector)))
    codes.push('holder-now-unnamed');
  return codes;
}

function guardPerson({ person, recentUse, holds }: GuardInput): readonly RefusalCode[] {
  const codes: RefusalCode[] = [];
  if (person === 'present') codes.push('person-not-gone');
  if (person === 'unreadable') codes.push('person-unreadable');
  if (recentUse === 'by-other') codes.push('recent-use-by-other');
  if (holds === 'held') codes.push('on-hold');
  if (holds === 'unreadable') codes.push('holds-unreadable');
  return codes;
}
