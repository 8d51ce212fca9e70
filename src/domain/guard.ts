/**
 * The guard: may this command be sent to this device, now? Fail-closed, on facts read now. Pure: whoever calls it has read
 * the live state, and holds the limit in the same database transaction that records the intent.
 */
import type { Ownership } from './platform.ts';
import type { Route } from './routes.ts';
import { normaliseSerial } from './serial.ts';

/** What each refusal says to a person: what is so, and what to do next. */
export const REFUSALS = {
  'kill-switch': 'The kill switch is on: nothing destructive is sent until two people have switched it off.',
  'connector-not-enforcing':
    'This connector does not send by itself: in mode recommend two people approve the wipe; in mode observe nothing is sent, so change its mode or sanitise on the bench.',
  'case-not-open':
    'The case is not open any more: nothing is sent for it. Open a new one if the person leaves after all.',
  'custody-not-open':
    'The custody of this device has ended: find out who holds it now before anything is sent.',
  'approval-missing': 'There is no approval of this wipe: ask for one, and have another person approve it.',
  'approval-expired': 'The approval has expired: it must be given again.',
  'approval-mismatch':
    'The approval was given for another device, holder, action or parameters: ask for it again as it is now.',
  'approver-revoked':
    'Whoever asked for this wipe or approved it may not do so any more: two other people must approve it.',
  'parameters-keep-data':
    'These parameters leave data on the device: such a wipe proves nothing, and is not sent. Ask for it without them.',
  'wipe-not-offered':
    'The device manager offers no full wipe for this platform: sanitise the device on the bench and bring the report.',
  'device-not-found':
    'The device manager has no such record any more: find the device before anything is sent.',
  'mdm-id-mismatch':
    'The device manager answered with another record than the case holds: find out which record is the device.',
  'serial-mismatch':
    'The serial of the record differs from the serial of the case: look at the device, and mend the record that is wrong.',
  'serial-unusable':
    'The record has no serial that could serve as a key: read it off the device, and sanitise it on the bench.',
  'ownership-not-corporate':
    'The device is not explicitly corporate: it may only be retired selectively (route personal), unless its ownership is mended at the sources.',
  'route-keeps-device':
    'On its route the device is kept as it is: change the route first, if it is to be wiped after all.',
  'holder-not-in-two-sources':
    'Fewer than two sources named the leaver as holder at discovery: find out who has it, and have two people approve the mismatch.',
  'holder-now-unnamed':
    'No source names the leaver as holder any more: find out who has it, and have two people approve the mismatch.',
  'holder-now-other':
    'A source names somebody else as holder now: find out who has it before anything is sent.',
  'person-not-gone':
    'The identity provider does not show the person as gone: find out whether they leave at all.',
  'person-unreadable':
    'Whether the person is gone could not be read: bring the identity provider back first.',
  'recent-use-by-other':
    'Somebody else has used the device since: find out who has it before anything is sent.',
  'on-hold': 'A hold forbids destructive steps on this device: whoever placed it must lift it first.',
  'holds-unreadable':
    'Whether there is a hold could not be read, so nothing is sent: bring the source of holds back first.',
  'limit-reached': 'The wipe limit is used up: look at what it holds, and have a second person release it.',
} as const;
export type RefusalCode = keyof typeof REFUSALS;

/** Who a source names as holder of the device, as read at discovery or now. */
export interface HolderReading {
  readonly connector: string;
  readonly holder: 'leaver' | 'other' | 'nobody';
  /** The source's own id of somebody else; absent where it names the leaver, nobody, or keeps no id. */
  readonly other?: string;
}

/** That two people looked at who holds the device, and said that it is the leaver's all the same. */
export interface ApprovedMismatch {
  readonly actionHash: string;
  /** What they were shown: obstacles of discovery, or refusals of an earlier attempt. */
  readonly codes: readonly string[];
  /** Whom the sources named then; anybody else is a new mismatch. */
  readonly others: readonly { readonly connector: string; readonly other: string }[];
}

export interface GuardInput {
  readonly killSwitch: boolean;
  readonly connectorMode: 'observe' | 'recommend' | 'enforce';
  readonly caseOpen: boolean;
  readonly custodyOpen: boolean;
  readonly expected: { readonly serial: string; readonly mdmId: string; readonly actionHash: string };
  readonly approval: {
    readonly actionHash: string;
    readonly expiresAt: number;
    /** Approved by two people, not by the policy. */
    readonly byPeople: boolean;
    /** Whether who asked or who approved may do so no more. */
    readonly revoked: boolean;
  } | null;
  /** Whether the device manager documents a full wipe for the platform. */
  readonly canWipe: boolean;
  readonly parameters: { readonly keepUserData: boolean; readonly keepEnrollmentData: boolean };
  readonly mismatch: ApprovedMismatch | null;
  /** As it stands now: retained and personal devices are not wiped, leased ones only on their way back to the lessor. */
  readonly route: Route;
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
  /** Those placed here, read under lock, and those of every outside source, read live. */
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
  // One that only recommends sends what two people have approved, and nothing by itself.
  const mayAsked = input.connectorMode === 'recommend' && input.approval?.byPeople === true;
  if (input.connectorMode !== 'enforce' && !mayAsked) codes.push('connector-not-enforcing');
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
  if (approval.revoked) codes.push('approver-revoked');
  return codes;
}

function guardDevice(input: GuardInput): readonly RefusalCode[] {
  const { live, expected, ownership, route, parameters, canWipe } = input;
  const codes: RefusalCode[] = [];
  if (!canWipe) codes.push('wipe-not-offered');
  if (parameters.keepUserData || parameters.keepEnrollmentData) codes.push('parameters-keep-data');
  if (route === 'legal-retention' || route === 'personal') codes.push('route-keeps-device');
  if (live === null) return [...codes, 'device-not-found'];
  if (live.mdmId !== expected.mdmId) codes.push('mdm-id-mismatch');
  const serial = normaliseSerial(live.serial);
  const wanted = normaliseSerial(expected.serial);
  if (serial === null || wanted === null) codes.push('serial-unusable');
  else if (serial !== wanted) codes.push('serial-mismatch');
  const ours = ownership === 'corporate' || (ownership === 'leased' && route === 'lessor-return');
  if (!ours || live.ownership !== 'corporate') codes.push('ownership-not-corporate');
  return codes;
}

/**
 * The leaver in at least two sources at discovery, one of them still, and none now naming somebody else; or two people have
 * approved exactly what does not add up.
 */
function guardHolder(input: GuardInput): readonly RefusalCode[] {
  const { holdersAtDiscovery, holdersNow } = input;
  const codes: RefusalCode[] = [];
  const named = new Set(
    holdersAtDiscovery.filter((reading) => reading.holder === 'leaver').map((reading) => reading.connector),
  );
  if (named.size < 2 && !isApproved(input, 'holder-not-in-two-sources'))
    codes.push('holder-not-in-two-sources');
  if (holdersNow.some((reading) => reading.holder === 'other' && !isApprovedOther(input, reading)))
    codes.push('holder-now-other');
  const stillNamed = holdersNow.some(({ holder, connector }) => holder === 'leaver' && named.has(connector));
  if (!stillNamed && !isApproved(input, 'holder-now-unnamed')) codes.push('holder-now-unnamed');
  return codes;
}

/** What an approval of an obstacle that discovery showed says about the holders as they are read now. */
const COVERS: Readonly<Record<string, readonly RefusalCode[]>> = {
  'holder-mismatch': ['holder-not-in-two-sources', 'holder-now-unnamed', 'holder-now-other'],
  'holder-in-one-source-only': ['holder-not-in-two-sources', 'holder-now-unnamed'],
};

function isApproved({ mismatch, expected }: GuardInput, code: RefusalCode): boolean {
  if (mismatch === null || mismatch.actionHash !== expected.actionHash) return false;
  return mismatch.codes.some((one) => one === code || (COVERS[one]?.includes(code) ?? false));
}

/** Only the very person whom the two people were shown. */
function isApprovedOther(input: GuardInput, { connector, other }: HolderReading): boolean {
  if (!isApproved(input, 'holder-now-other')) return false;
  return input.mismatch?.others.some((one) => one.connector === connector && one.other === other) ?? false;
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
