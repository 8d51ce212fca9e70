/** What every truck waits for, before and after. */
import type { CastDevice } from '../cast.ts';
import { custodyOf, gateOf, isThrough } from './stage.ts';
import type { Stage } from './stage.ts';

/** The id of a device that is wiped, back, and waits for a truck. */
export function ready(stage: Stage, device: CastDevice): Promise<string> {
  return stage.watch.until(`the ${device.model} of ${device.assignedTo} to be wiped and back`, () => {
    const custody = custodyOf(stage.watch.caseOf(device.assignedTo), device);
    const isReady = isThrough(gateOf(custody, 'wipe')?.state) && isThrough(gateOf(custody, 'return')?.state);
    return isReady ? custody?.deviceId : null;
  });
}

export async function isCertified(
  stage: Stage,
  pickupId: string,
  devices: readonly CastDevice[],
): Promise<void> {
  await stage.watch.until(`the certificates of pickup ${pickupId}`, () =>
    devices.every((device) =>
      isThrough(gateOf(custodyOf(stage.watch.caseOf(device.assignedTo), device), 'itad-handoff')?.state),
    ),
  );
}
