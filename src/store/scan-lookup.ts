/** What a scan is held against besides its own line: read by index, one serial at a time, no vendor asked. */
import { sql } from 'kysely';
import type { Tx } from './database.ts';
import { modelKey } from './pickup-matching.ts';

/** What the recorded answers of the sources say about a serial. */
export interface SerialRecord {
  readonly deviceId: string;
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly assetTag: string | null;
  /** Where its latest custody stands; `null`: it was never in one. */
  readonly custody: 'planned' | 'open' | 'closed' | 'cancelled' | null;
  /** Whether an inventory had a record of it when last asked: live after a scan, for the manifest, else at discovery; `null`: never. */
  readonly inInventory: boolean | null;
  /** When it said so; `null`: never. */
  readonly inventoryAsOf: string | null;
  /** Another pickup that has not been confirmed and has it on its manifest. */
  readonly onPickup: string | null;
}

interface Row extends SerialRecord {
  readonly serial: string;
}

/** By serial, in normalised form. Of two devices with one serial the one in custody counts. */
export async function recordsOf(
  tx: Tx,
  serials: readonly string[],
  pickupId: string,
): Promise<ReadonlyMap<string, SerialRecord>> {
  const { rows } = await sql<Row>`
    select devices.serial, devices.id as "deviceId", devices.manufacturer, devices.model, devices.asset_tag as "assetTag",
      latest.state as custody,
      coalesce(
        (select pickup_lines.in_inventory from pickup_lines
          where pickup_lines.pickup_id = ${pickupId} and pickup_lines.serial = devices.serial),
        (select (facts.canonical::jsonb #> '{data,records}') @> '[{"sourceKind":"inventory"}]'::jsonb
          from facts where facts.key = 'custody.opened:' || devices.id || ':' || latest.epoch)
      ) as "inInventory",
      coalesce(
        (select pickup_lines.inventory_asked_at from pickup_lines
          where pickup_lines.pickup_id = ${pickupId} and pickup_lines.serial = devices.serial),
        (select facts.at from facts where facts.key = 'custody.opened:' || devices.id || ':' || latest.epoch)
      ) as "inventoryAsOf",
      (select pickups.id from pickup_lines join pickups on pickups.id = pickup_lines.pickup_id
        where pickup_lines.device_id = devices.id and pickup_lines.epoch = latest.epoch
          and pickup_lines.taken_off_at is null and pickups.state in ('draft', 'booked') and pickups.id <> ${pickupId}
        limit 1) as "onPickup"
    from devices
    left join lateral (
      select epoch, state from custodies where custodies.device_id = devices.id order by epoch desc limit 1
    ) as latest on true
    where devices.serial = any(${[...serials]}::text[])
    order by (latest.state = 'open') nulls first`.execute(tx);
  return new Map(rows.map(({ serial, ...record }) => [serial, record]));
}

/**
 * The line that a unit of no line seems to stand for: the one whose asset tag it wears; else the only one of its model that
 * nobody has scanned yet. Somebody decides: this only says where to look.
 *
 * @param model As read from the unit, or as the records have it; `null` when nobody knows.
 */
export async function lineStoodFor(
  tx: Tx,
  pickupId: string,
  assetTag: string | null,
  model: string | null,
): Promise<number | null> {
  const lines = tx
    .selectFrom('pickup_lines')
    .select('line')
    .where('pickup_id', '=', pickupId)
    .where('taken_off_at', 'is', null)
    .where(
      sql<boolean>`exists (
        select from custodies where custodies.device_id = pickup_lines.device_id
          and custodies.epoch = pickup_lines.epoch and custodies.state = 'open'
      )`,
    )
    .where(
      sql<boolean>`not exists (
        select from pickup_scans where pickup_scans.pickup_id = pickup_lines.pickup_id and pickup_scans.by = 'dock'
          and pickup_scans.serial = pickup_lines.serial and pickup_scans.verdict in ('match', 'model-mismatch')
      )`,
    )
    .limit(2);
  const tag = assetTag?.trim() ?? '';
  if (tag !== '') {
    const [worn] = await lines.where('asset_tag', '=', tag).execute();
    if (worn !== undefined) return worn.line;
  }
  const key = modelKey(model ?? '');
  if (key === '') return null;
  const [only, another] = await lines.where('model_key', '=', key).execute();
  return another === undefined ? (only?.line ?? null) : null;
}
