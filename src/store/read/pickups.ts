/** Pickups for lists, and the devices that one could take. */
import { sql } from 'kysely';
import type { Reader } from '../database.ts';
import type { PickupRow } from '../pickups.ts';

export interface PickupFilter {
  readonly state: PickupRow['state'] | null;
  readonly connector: string | null;
  /** Of these alone; `null` = of all. */
  readonly connectors: readonly string[] | null;
}

/** Newest first. `after`: where the page before ended. */
export async function listPickups(
  db: Reader,
  filter: PickupFilter,
  after: { readonly createdAt: string; readonly id: string } | null,
  limit: number,
): Promise<readonly PickupRow[]> {
  let query = db
    .selectFrom('pickups')
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit);
  if (filter.state !== null) query = query.where('state', '=', filter.state);
  if (filter.connector !== null) query = query.where('connector', '=', filter.connector);
  if (filter.connectors !== null)
    query = query.where(sql<boolean>`connector = any(${[...filter.connectors]})`);
  if (after !== null)
    query = query.where(sql<boolean>`(created_at, id) < (${after.createdAt}::timestamptz, ${after.id})`);
  return query.execute();
}

/** An open custody that may be ready: the rules decide. */
export interface Candidate {
  readonly deviceId: string;
  readonly epoch: number;
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly assetTag: string;
  /** On a pickup that has not been confirmed. */
  readonly onPickup: boolean;
}

/**
 * Open custodies of these devices; without ids, those that are on no pickup and whose return is through in one way or
 * another, at most `limit`. `after`: where the page before ended.
 */
export async function pickupCandidates(
  db: Reader,
  deviceIds: readonly string[] | null,
  limit: number,
  after: string | null = null,
): Promise<readonly Candidate[]> {
  const { rows } = await sql<Candidate>`
    select * from (
      select custodies.device_id as "deviceId", custodies.epoch, devices.serial, coalesce(devices.manufacturer, '') as manufacturer,
        coalesce(devices.model, '') as model, coalesce(devices.asset_tag, '') as "assetTag",
        exists (
          select 1 from pickup_lines join pickups on pickups.id = pickup_lines.pickup_id
          where pickup_lines.device_id = custodies.device_id and pickup_lines.epoch = custodies.epoch
            and pickup_lines.taken_off_at is null and pickups.state in ('draft', 'booked')
        ) as "onPickup",
        exists (select 1 from facts where facts.key = 'return.scanned:' || custodies.device_id || ':' || custodies.epoch)
          or custodies.gates #>> '{return,state}' in ('substituted', 'waived', 'not-applicable') as returned,
        exists (
          select 1 from pickup_lines
          join facts on facts.key = 'handoff.transferred:' || pickup_lines.device_id || ':' || pickup_lines.epoch || ':' || pickup_lines.pickup_id
          where pickup_lines.device_id = custodies.device_id and pickup_lines.epoch = custodies.epoch
        ) as transferred
      from custodies join devices on devices.id = custodies.device_id
      where custodies.state = 'open'
    ) as candidates
    where ${deviceIds === null ? sql`returned and not transferred and not "onPickup"` : sql`"deviceId" = any(${[...deviceIds]})`}
      and ${after === null ? sql`true` : sql`"deviceId" > ${after}`}
    order by "deviceId" limit ${limit}`.execute(db);
  return rows;
}
