/** The disposal vendor's collections: what is wiped and back goes out on a truck, and comes home as a certificate. */
import { devicesOf } from '../cast.ts';
import type { CastDevice, PersonKey } from '../cast.ts';
import { LEAVERS } from './morning.ts';
import { isCertified, ready } from './trucks.ts';
import type { Stage } from './stage.ts';

/** Who is on which truck. One more takes the server room along: `server-room.ts`. */
export const COLLECTIONS: readonly (readonly PersonKey[])[] = [
  ['ada', 'bruno', 'jonas', 'hana'],
  [...LEAVERS, 'tara'],
];

export async function playCollections(stage: Stage): Promise<void> {
  await Promise.all(COLLECTIONS.map((people) => collect(stage, people)));
}

async function collect(stage: Stage, people: readonly PersonKey[]): Promise<void> {
  const devices: readonly CastDevice[] = people.flatMap((key) => devicesOf(key));
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
  const counted = await stage.desks.count(
    pickupId,
    devices.map(({ serial }) => serial),
  );
  // What the books have no record of goes all the same, by somebody's decision.
  for (const { kind, exceptionId } of counted)
    if (kind === 'not-in-inventory')
      await stage.desks.decide(exceptionId, 'accepted-as-found', 'the record will be made');
  await stage.desks.sign(pickupId);
  await stage.desks.confirmPickup(pickupId);
  stage.say(null, 'scans and count match the manifest, both sides have signed: handed over');
  await stage.days(1);
  await stage.vendors.plantReceives(pickupId);
  await stage.days(2);
  stage.say(null, `the plant certifies the sanitisation of ${devices.length} serials`);
  await stage.vendors.plantCertifies(pickupId, { level: 'purge' });
  await isCertified(stage, pickupId, devices);
}
