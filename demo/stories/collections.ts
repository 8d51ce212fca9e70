/** The disposal vendor's collections: what is wiped and back goes out on a truck, and comes home as a certificate. */
import { devicesOf } from '../cast.ts';
import type { CastDevice, PersonKey } from '../cast.ts';
import { LEAVERS } from './morning.ts';
import { custodyOf, gateOf, isThrough } from './stage.ts';
import type { Stage } from './stage.ts';

/** Who is on which truck. */
export const COLLECTIONS: readonly (readonly PersonKey[])[] = [
  ['ada', 'bruno', 'jonas', 'hana'],
  ['chen', 'emeka', 'ivan', 'uri'],
  [...LEAVERS, 'tara'],
];

export async function playCollections(stage: Stage): Promise<void> {
  await Promise.all(COLLECTIONS.map((people) => collect(stage, people)));
}

async function collect(stage: Stage, people: readonly PersonKey[]): Promise<void> {
  const devices = people.flatMap((key) => devicesOf(key));
  const ids = await Promise.all(devices.map((device) => ready(stage, device)));
  const pickupId = await stage.desks.createPickup(ids);
  stage.say(null, `a pickup of ${devices.length} devices is booked with the disposal vendor`);
  await stage.desks.manifestSent(pickupId);
  for (const device of devices) await stage.desks.scanOut(pickupId, device);
  stage.say(
    null,
    `${devices.length} serials are scanned at the dock; the vendor's crew scans and loads them`,
  );
  await stage.vendors.crewCollects(pickupId);
  await stage.desks.count(pickupId, devices);
  await stage.desks.sign(pickupId);
  await stage.desks.confirmPickup(pickupId);
  stage.say(null, 'scans and count match the manifest, both sides have signed: handed over');
  await stage.days(1);
  await stage.vendors.plantReceives(pickupId);
  await stage.days(2);
  stage.say(null, `the plant certifies the sanitisation of ${devices.length} serials`);
  await stage.vendors.plantCertifies(pickupId);
  await stage.watch.until(`the certificates of pickup ${pickupId}`, () =>
    devices.every((device) =>
      isThrough(gateOf(custodyOf(stage.watch.caseOf(device.assignedTo), device), 'itad-handoff')?.state),
    ),
  );
}

/** The id of a device that is wiped, back, and waits for a truck. */
function ready(stage: Stage, device: CastDevice): Promise<string> {
  return stage.watch.until(`the ${device.model} of ${device.assignedTo} to be wiped and back`, () => {
    const custody = custodyOf(stage.watch.caseOf(device.assignedTo), device);
    const isReady = isThrough(gateOf(custody, 'wipe')?.state) && isThrough(gateOf(custody, 'return')?.state);
    return isReady ? custody?.deviceId : null;
  });
}
