/** Reading commands out of `deviceActionResults`. */
import { ConnectorError } from '../../errors.ts';
import { unexpectedAnswer } from '../../clients/failure.ts';
import type { Call } from '../../clients/failure.ts';
import { toUtcIsoOrNever } from '../../clients/utc.ts';
import type { CommandObservation, CommandTarget } from '../port.ts';
import type { ManagedDeviceRecord } from './schema.ts';

/** Intune's `actionState` (Graph v1.0). `none` is what an action has before Intune knows more. */
const STATE: Readonly<Record<string, CommandObservation['state']>> = {
  none: 'pending',
  pending: 'pending',
  active: 'active',
  done: 'done',
  failed: 'failed',
  canceled: 'cancelled',
  notsupported: 'not-supported',
};

/**
 * The commands of these names that a record remembers, oldest first.
 * @throws ConnectorError `unexpected-answer` for one whose state or start we cannot read: it must not be overlooked.
 */
export function commandsOf(
  call: Call,
  record: ManagedDeviceRecord,
  actionNames: readonly string[],
): readonly CommandObservation[] {
  const names = actionNames.map((name) => name.toLowerCase());
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

/** As `commandsOf`; `null` instead of an error. For commands that nothing irreversible hangs on. */
export function commandsOrNull(
  call: Call,
  record: ManagedDeviceRecord,
  actionNames: readonly string[],
): readonly CommandObservation[] | null {
  try {
    return commandsOf(call, record, actionNames);
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return null;
  }
}

/**
 * Which of these commands is the one that was sent: begun after the one remembered before, and not before the send but for
 * the difference of the clocks. Of several the first, since a later one is somebody else's.
 */
export function ourCommand(
  commands: readonly CommandObservation[],
  { sendStartedAt, priorStartedAt }: Omit<CommandTarget, 'mdmId'>,
  clockSkewMs: number,
): CommandObservation | null {
  const earliest = Date.parse(sendStartedAt) - clockSkewMs;
  const prior = priorStartedAt === null ? Number.NEGATIVE_INFINITY : Date.parse(priorStartedAt);
  const isOurs = ({ startedAt }: CommandObservation): boolean =>
    Date.parse(startedAt) > prior && Date.parse(startedAt) >= earliest;
  return commands.find(isOurs) ?? null;
}
