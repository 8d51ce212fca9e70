/** The guard of a selective retire: only a device that is explicitly personal, and still the leaver's. Fail-closed. */
import type { HolderReading, RefusalCode } from './guard.ts';
import type { Ownership } from './platform.ts';
import { normaliseSerial } from './serial.ts';

export interface RetireGuardInput {
  readonly killSwitch: boolean;
  /** The wipe limit was reached: everything destructive waits. */
  readonly limitTripped: boolean;
  readonly connectorMode: 'observe' | 'recommend' | 'enforce';
  readonly caseOpen: boolean;
  readonly custodyOpen: boolean;
  readonly holds: 'none' | 'held' | 'unreadable';
  readonly person: 'gone' | 'present';
  readonly expected: { readonly serial: string; readonly mdmId: string };
  readonly ownership: Ownership;
  /** The MDM's record, read live; `null` when it has none. */
  readonly live: {
    readonly mdmId: string;
    readonly serial: string | null;
    readonly ownership: Ownership;
  } | null;
  readonly holdersNow: readonly HolderReading[];
}

export type RetireRefusal = RefusalCode | 'ownership-not-personal';

/** Every reason why it must not be sent; empty means it may. */
export function guardRetire(input: RetireGuardInput): readonly RetireRefusal[] {
  const { live, expected, ownership } = input;
  const codes: RetireRefusal[] = [];
  if (input.killSwitch) codes.push('kill-switch');
  if (input.limitTripped) codes.push('limit-reached');
  if (input.connectorMode !== 'enforce') codes.push('connector-not-enforcing');
  if (!input.caseOpen) codes.push('case-not-open');
  if (!input.custodyOpen) codes.push('custody-not-open');
  if (input.holds === 'held') codes.push('on-hold');
  if (input.holds === 'unreadable') codes.push('holds-unreadable');
  if (input.person !== 'gone') codes.push('person-not-gone');
  if (input.holdersNow.some(({ holder }) => holder === 'other')) codes.push('holder-now-other');
  if (live === null) return [...codes, 'device-not-found'];
  if (live.mdmId !== expected.mdmId) codes.push('mdm-id-mismatch');
  const serial = normaliseSerial(live.serial);
  if (serial === null) codes.push('serial-unusable');
  else if (serial !== normaliseSerial(expected.serial)) codes.push('serial-mismatch');
  if (ownership !== 'personal' || live.ownership !== 'personal') codes.push('ownership-not-personal');
  return codes;
}
