/** How Intune shows a managed device. */
import type { GraphOptions } from './options.ts';
import type { ManagedDevice } from './state.ts';

/** A function that shows a device with the action results that can be seen by now. There is no command id: only names and times. */
export function showManagedDevice({
  actionNames,
}: GraphOptions): (device: ManagedDevice) => Record<string, unknown> & { id: string } {
  return ({ fields, commands }) => ({
    ...fields,
    deviceActionResults: commands
      .filter(({ visible }) => visible)
      .map(({ kind, state, startDateTime, lastUpdatedDateTime }) => ({
        '@odata.type': '#microsoft.graph.deviceActionResult',
        actionName: actionNames[kind],
        actionState: state,
        startDateTime,
        lastUpdatedDateTime,
      })),
  });
}
