/** How Intune shows a managed device. */
import { stableNumber } from '../core/ids.ts';
import { pick } from './odata.ts';
import type { GraphOptions } from './options.ts';
import type { Command, ManagedDevice } from './state.ts';

/** A function that shows a device with the action results that can be seen by now. There is no command id: only names and times. */
export function showManagedDevice({
  actionNames,
}: GraphOptions): (device: ManagedDevice) => Record<string, unknown> & { id: string } {
  return ({ fields, commands }) => ({
    ...fields,
    deviceActionResults: commands
      .filter(({ visible }) => visible)
      .map((command) => ({
        '@odata.type': '#microsoft.graph.deviceActionResult',
        actionName: actionNames[command.kind],
        actionState: command.state,
        startDateTime: command.startDateTime,
        lastUpdatedDateTime: command.lastUpdatedDateTime,
        ...unlockPin(command, fields),
      })),
  });
}

/** Only what `$select` names; the bypass code of the Activation Lock comes in no other way. */
export function pickFields(
  device: ManagedDevice,
  shown: Readonly<Record<string, unknown>>,
  select: readonly string[],
): Record<string, unknown> {
  return pick({ ...shown, activationLockBypassCode: device.bypassCode }, select);
}

/** The result of a Mac's lock carries the PIN that opens it again (`remoteLockActionResult`). */
function unlockPin({ kind }: Command, { id, operatingSystem }: ManagedDevice['fields']): object {
  if (kind !== 'remoteLock' || operatingSystem !== 'macOS') return {};
  return {
    '@odata.type': '#microsoft.graph.remoteLockActionResult',
    unlockPin: String(stableNumber(1_000_000, 'pin', id)).padStart(6, '0'),
  };
}
