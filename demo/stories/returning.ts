/** A device on its way back: the label, the carrier, the dock. */
import type { CastDevice, PersonKey } from '../cast.ts';
import type { Custody } from '../engine/shapes.ts';
import { custodyOf } from './stage.ts';
import type { Stage } from './stage.ts';

/** Waits for the return label, sends the device off, and scans it at the dock when it has arrived. */
export async function comesBack(stage: Stage, key: PersonKey, device: CastDevice): Promise<void> {
  const custody = await labelled(stage, key, device);
  const reference = `${custody.deviceId}:${custody.epoch}`;
  stage.say(key, `hands the ${device.model} to the carrier`);
  await stage.vendors.carrierScans(reference, 'in_transit');
  await stage.days(1.5);
  await stage.vendors.carrierScans(reference, 'delivered');
  await stage.days(0.5);
  stage.say(key, `${device.model} is scanned in at the dock`);
  await stage.desks.scanIn(device);
}

/** The custody of a device whose return label has been bought. */
export function labelled(stage: Stage, key: PersonKey, device: CastDevice): Promise<Custody> {
  return stage.watch.until(`a return label for the ${device.model} of ${key}`, () => {
    const standing = stage.watch.caseOf(key);
    const custody = custodyOf(standing, device);
    if (standing === null || custody === null) return null;
    const bought = standing.timeline.some(
      ({ type, stream }) => type === 'return.label-bought' && stream.endsWith(custody.deviceId),
    );
    return bought ? custody : null;
  });
}
