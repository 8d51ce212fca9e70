/** Parcels of a custody: the label's way back, and the box's way out. */
import type { Selectable } from 'kysely';
import type { Reader } from '../database.ts';
import type { Schema } from '../schema.ts';

export type ParcelRow = Selectable<Schema['trackers']>;

export async function parcelsOf(db: Reader, deviceId: string, epoch: number): Promise<readonly ParcelRow[]> {
  return db
    .selectFrom('trackers')
    .selectAll()
    .where('device_id', '=', deviceId)
    .where('epoch', '=', epoch)
    .orderBy('tracking_code')
    .execute();
}
