/** Devices and who has them. */
import type { Selectable } from 'kysely';
import type { Reader } from '../database.ts';
import type { Schema } from '../schema.ts';
import type { CustodyRow } from './cases.ts';

export type DeviceRow = Selectable<Schema['devices']>;

export interface DeviceFilter {
  /** In normalised form. */
  readonly serial: string | null;
  /** With a custody in this state. */
  readonly custody: CustodyRow['state'] | null;
}

/** In the order of ids. `after`: the id that the page before ended with. */
export async function listDevices(
  db: Reader,
  filter: DeviceFilter,
  after: string | null,
  limit: number,
): Promise<readonly DeviceRow[]> {
  const { serial, custody } = filter;
  let query = db.selectFrom('devices').selectAll().orderBy('id').limit(limit);
  if (after !== null) query = query.where('id', '>', after);
  if (serial !== null) query = query.where('serial', '=', serial);
  if (custody !== null)
    query = query.where(
      'id',
      'in',
      db.selectFrom('custodies').select('device_id').where('state', '=', custody),
    );
  return query.execute();
}

export async function readDevice(db: Reader, id: string): Promise<DeviceRow | null> {
  return (await db.selectFrom('devices').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}

/** Every epoch of these devices, in order. */
export async function epochsOf(db: Reader, deviceIds: readonly string[]): Promise<readonly CustodyRow[]> {
  if (deviceIds.length === 0) return [];
  return db
    .selectFrom('custodies')
    .selectAll()
    .where('device_id', 'in', [...deviceIds])
    .orderBy('device_id')
    .orderBy('epoch')
    .execute();
}
