/**
 * The server room is cleared: hardware that nobody held goes on the truck of four leavers' laptops, and the truck shows all
 * that can go wrong between a dock and a certificate. What is clean is closed; the rest stays open, with an owner.
 */
import { devicesOf } from '../cast.ts';
import type { PersonKey } from '../cast.ts';
import { PALLET, ROOM } from '../hardware.ts';
import type { RoomUnit } from '../hardware.ts';
import type { Stage } from './stage.ts';
import { isCertified, ready } from './trucks.ts';

const BEGINS = 6;
/** Whose laptops are on the same truck. */
export const WITH_THE_ROOM: readonly PersonKey[] = ['chen', 'emeka', 'ivan', 'uri'];

/** What the checks need to find it again. */
export interface RoomRun {
  readonly caseId: string;
  readonly pickupId: string;
}

export async function playServerRoom(stage: Stage): Promise<RoomRun> {
  await stage.days(BEGINS);
  const { caseId, ids } = await clearedOut(stage);
  const laptops = WITH_THE_ROOM.flatMap((key) => devicesOf(key));
  const laptopIds = await Promise.all(laptops.map((device) => ready(stage, device)));
  const pickupId = await stage.desks.createPickup([...laptopIds, ...ids.values()]);
  stage.say(null, `a pickup of ${laptops.length} laptops and ${ROOM.length} units of the room is booked`);
  await stage.desks.manifestSent(pickupId);
  for (const laptop of laptops) await stage.desks.scanOut(pickupId, laptop);
  await onTheDock(
    stage,
    pickupId,
    laptops.map(({ serial }) => serial),
  );
  await stage.vendors.crewCollects(pickupId);
  await stage.desks.sign(pickupId);
  await stage.desks.confirmPickup(pickupId);
  stage.say(null, 'everything is decided, both sides have signed: what is left on the manifest leaves');
  await stage.days(1);
  await stage.vendors.plantReceives(pickupId);
  await stage.days(2);
  await certified(
    stage,
    pickupId,
    laptops.map(({ serial }) => serial),
  );
  await isCertified(stage, pickupId, laptops);
  const clean = ROOM.filter(({ fate }) => fate === 'clean').flatMap(({ serial }) => ids.get(serial) ?? []);
  for (const deviceId of clean) await stage.desks.closed(deviceId);
  stage.say(
    null,
    'what is clean is closed in the books; the rest of the room stays open, each with an owner',
  );
  return { caseId, pickupId };
}

/** Retired, scanned in, and to be sanitised by the vendor: its drives leave sealed, by the word of two people. */
async function clearedOut(
  stage: Stage,
): Promise<{ readonly caseId: string; readonly ids: ReadonlyMap<string, string> }> {
  for (const unit of ROOM) await stage.vendors.addToInventory({ ...unit.asset, assignedTo: null });
  stage.say(null, `the server room is cleared: ${ROOM.length} units are retired, their drives by serial`);
  const opened = await stage.desks.retire(ROOM);
  for (const unit of ROOM) await stage.desks.scanInUnit(unit.serial);
  for (const unit of ROOM) {
    const deviceId = opened.ids.get(unit.serial);
    if (unit.drives.length === 0 || deviceId === undefined) continue;
    const wish = {
      kind: 'vendor-sanitises',
      deviceId,
      reason: 'the vendor shreds or erases on its line',
    } as const;
    const decision = await stage.twoPeople.ask(wish);
    await stage.twoPeople.approve(decision);
  }
  stage.say(null, 'two people decide that the vendor sanitises the servers: they leave sealed');
  return opened;
}

/** Scanned, counted, refused, decided. */
async function onTheDock(stage: Stage, pickupId: string, laptops: readonly string[]): Promise<void> {
  const standing = ROOM.filter(({ fate }) => fate === 'clean' || fate === 'drive-fails');
  for (const unit of standing) await told(stage, pickupId, unit);
  for (const unit of PALLET) await told(stage, pickupId, unit);
  const counted = [
    ...laptops,
    ...standing.map(({ serial }) => serial),
    ...PALLET.map(({ serial }) => serial),
  ];
  const differences = await stage.desks.count(pickupId, counted);
  const missing = differences.filter(({ kind }) => kind === 'missing').map(({ serial }) => serial);
  stage.say(null, `counted: ${counted.length} units stand on the dock, missing: ${missing.join(', ')}`);
  const refusal = await stage.desks.confirmRefused(pickupId);
  stage.say(null, `confirm all the same? ${refusal}`);
  stage.seen.add('dock-refuses');
  await stage.days(0.5);
  await decided(stage, pickupId);
}

/** Dock staff find, asset managers decide: nobody accepts what is not there, nor what nobody knows. */
async function decided(stage: Stage, pickupId: string): Promise<void> {
  const since = new Date().toISOString();
  const missing = ROOM.filter(({ fate }) => fate === 'missing').map(({ serial }) => serial);
  for (;;) {
    const open = await stage.desks.openDifferences(pickupId);
    const [next] = open;
    if (next === undefined) break;
    stage.say(null, `an asset manager decides: ${next.serial} is held back (${next.kind})`);
    const reason = missing.includes(next.serial)
      ? 'somebody looks for it'
      : 'set aside: not what the manifest says';
    await stage.desks.decide(next.exceptionId, 'held-back', reason);
  }
  await stage.desks.manifestSent(pickupId, since);
}

async function told(
  stage: Stage,
  pickupId: string,
  unit: Pick<RoomUnit, 'serial' | 'model' | 'assetTag'>,
): Promise<void> {
  const verdict = await stage.desks.scanOut(pickupId, unit);
  if (verdict !== 'match') stage.say(null, `${unit.serial} at the dock: ${verdict}`);
}

/** A certificate for each laptop and each drive; one drive did not erase, and one certificate is for a serial of nobody. */
async function certified(stage: Stage, pickupId: string, laptops: readonly string[]): Promise<void> {
  const left = ROOM.filter(({ fate }) => fate === 'clean' || fate === 'drive-fails');
  const drives = left.flatMap((unit) => unit.drives);
  const failed = left.filter(({ fate }) => fate === 'drive-fails').flatMap((unit) => unit.drives.slice(-1));
  const erased = drives.filter((drive) => !failed.includes(drive));
  const whole = left.filter((unit) => unit.drives.length === 0).map(({ serial }) => serial);
  await stage.vendors.plantCertifies(pickupId, {
    level: 'purge',
    serials: [...laptops, ...whole, ...erased],
    unknown: [STRANGE_CERTIFICATE],
  });
  stage.say(
    null,
    `the plant certifies ${laptops.length} laptops, ${erased.length} drives, and ${STRANGE_CERTIFICATE}, which nobody handed over`,
  );
  await stage.vendors.plantCertifies(pickupId, { level: 'purge', serials: failed, outcome: 'not-erased' });
  stage.say(null, `and says that drive ${failed.join(', ')} did not erase`);
}

export const STRANGE_CERTIFICATE = 'GHOST7741';
