/** Drives and the chassis that they are in: a drive's serial is not the chassis's, and their link is kept. */
import type { Reader, Tx } from './database.ts';
import type { RetiredUnit, RetirementObstacle } from './retirements.ts';

/** Units whose drives are in the chassis of another open custody. */
export async function driveConflicts(
  db: Reader,
  units: readonly Pick<RetiredUnit, 'serial' | 'retired'>[],
): Promise<readonly RetirementObstacle[]> {
  const busy = await busyDrives(
    db,
    units.flatMap(({ retired }) => retired.drives),
    null,
  );
  return units.flatMap(({ retired }, index) =>
    retired.drives.some((drive) => busy.has(drive)) ? [{ index, why: 'drive-elsewhere' } as const] : [],
  );
}

/** Which of these are in the chassis of an open custody of another device. */
export async function busyDrives(
  db: Reader,
  serials: readonly string[],
  deviceId: string | null,
): Promise<ReadonlySet<string>> {
  if (serials.length === 0) return new Set();
  const rows = await db
    .selectFrom('device_drives')
    .innerJoin('custodies', (join) =>
      join
        .onRef('custodies.device_id', '=', 'device_drives.device_id')
        .onRef('custodies.epoch', '=', 'device_drives.epoch'),
    )
    .select('device_drives.serial')
    .where('device_drives.serial', 'in', [...serials])
    .where('custodies.state', 'in', ['planned', 'open'])
    .$if(deviceId !== null, (query) => query.where('device_drives.device_id', '<>', deviceId ?? ''))
    .execute();
  return new Set(rows.map((row) => row.serial));
}

/** Links drives to a chassis, and lets go of those that are not in it any more. */
export async function keepDrives(
  tx: Tx,
  { deviceId, epoch }: { readonly deviceId: string; readonly epoch: number },
  serials: readonly string[],
  by: string,
  now: Date,
): Promise<void> {
  await tx.deleteFrom('device_drives').where('device_id', '=', deviceId).execute();
  if (serials.length === 0) return;
  const values = { device_id: deviceId, epoch, recorded_by: by, recorded_at: now };
  await tx
    .insertInto('device_drives')
    .values(serials.map((serial) => ({ serial, ...values })))
    .onConflict((conflict) => conflict.column('serial').doUpdateSet(values))
    .execute();
}

/** The devices in whose chassis these drives are, by the drive's serial. */
export async function chassisOf(
  db: Reader,
  deviceIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (deviceIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('device_drives')
    .select(['serial', 'device_id'])
    .where('device_id', 'in', [...deviceIds])
    .execute();
  return new Map(rows.map((row) => [row.serial, row.device_id]));
}
