/** Wipes as the sandbox counted them. */
import { DEVICES } from '../cast.ts';
import { custodyOf } from '../stories/stage.ts';
import type { Effect } from '../vendors/control.ts';
import type { Evidence } from './evidence.ts';

export function wipesOf({ effects }: Pick<Evidence, 'effects'>, deviceKey: string): readonly Effect[] {
  return effects.filter(
    ({ instance, kind, key }) => instance === 'graph' && kind === 'wipe' && key === deviceKey,
  );
}

/** Keys of the devices of which an exception says that nobody knows whether the wipe went out. */
export function unknownWipes({ cases }: Evidence): readonly string[] {
  return DEVICES.filter((device) => {
    const standing = cases.get(device.assignedTo)?.standing ?? null;
    const custody = custodyOf(standing, device);
    return standing?.exceptions.some(
      ({ code, deviceId }) => code === 'wipe-outcome-unknown' && deviceId === custody?.deviceId,
    );
  }).map(({ key }) => key);
}
