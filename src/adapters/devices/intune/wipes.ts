/** Reading wipes out of `deviceActionResults`. */
import type { WipeObservation } from '../../../domain/wipe.ts';
import { unexpectedAnswer } from '../../clients/failure.ts';
import type { Call } from '../../clients/failure.ts';
import { toUtcIsoOrNever } from '../../clients/utc.ts';
import type { ManagedDevice, WipeTarget } from '../port.ts';
import type { ManagedDeviceRecord } from './schema.ts';
import type { IntuneSettings } from './settings.ts';

/** Intune's `actionState` (Graph v1.0). `none` is what an action has before Intune knows more. */
const STATE: Readonly<Record<string, WipeObservation['state']>> = {
  none: 'pending',
  pending: 'pending',
  active: 'active',
  done: 'done',
  failed: 'failed',
  canceled: 'cancelled',
  notsupported: 'not-supported',
};

/**
 * The wipes that a record remembers, oldest first.
 * @throws ConnectorError `unexpected-answer` for a wipe whose state or start we cannot read: it must not be overlooked.
 */
export function wipesOf(
  call: Call,
  record: ManagedDeviceRecord,
  { wipeActionNames }: IntuneSettings,
): readonly WipeObservation[] {
  const names = wipeActionNames.map((name) => name.toLowerCase());
  const lastSeenAt = toUtcIsoOrNever(record.lastSyncDateTime);
  return (record.deviceActionResults ?? [])
    .filter(({ actionName }) => names.includes(actionName?.toLowerCase() ?? ''))
    .map(({ actionState, startDateTime, lastUpdatedDateTime }) => {
      const state = STATE[actionState?.toLowerCase() ?? ''];
      const startedAt = toUtcIsoOrNever(startDateTime);
      if (state === undefined || startedAt === null) throw unexpectedAnswer(call);
      return { state, startedAt, updatedAt: toUtcIsoOrNever(lastUpdatedDateTime) ?? startedAt, lastSeenAt };
    })
    .toSorted((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt));
}

/**
 * Which of the device's wipes is the one that was sent: begun after the one remembered before, and not before the send but
 * for the difference of the clocks. Of several the first, since a later one is somebody else's.
 */
export function wipeOf(
  target: WipeTarget,
  device: ManagedDevice,
  clockSkewMs: number,
): WipeObservation | null {
  if (device.unreadable || device.externalId.toLowerCase() !== target.mdmId.toLowerCase()) return null;
  const earliest = Date.parse(target.sendStartedAt) - clockSkewMs;
  const prior =
    target.priorWipeStartedAt === null ? Number.NEGATIVE_INFINITY : Date.parse(target.priorWipeStartedAt);
  const isOurs = ({ startedAt }: WipeObservation): boolean =>
    Date.parse(startedAt) > prior && Date.parse(startedAt) >= earliest;
  return device.wipes.find(isOurs) ?? null;
}
