/**
 * Serial by serial over every pickup of the vendor: vendors consolidate, so a list may speak of units of several pickups, and
 * a unit of a pickup may stand in any list.
 */
import { sql } from 'kysely';
import type { VendorList } from '../../domain/vendor-lines.ts';
import type { Tx } from '../database.ts';

/** A serial without the leading zeros that a unit of this vendor has. */
export interface LostZeros {
  readonly line: number;
  readonly serial: string;
}

/** Says of each staged line what it came to. */
export async function matchStaged(tx: Tx, connector: string, list: VendorList): Promise<void> {
  await sql`update import_staging set outcome = 'duplicate' where of_line is not null`.execute(tx);
  await sql`
    update import_staging set outcome = 'known', pickup_id = before.pickup_id, device_id = before.device_id, epoch = before.epoch
    from import_lines as before
    where import_staging.outcome is null and before.connector = ${connector} and before.list = ${list}
      and before.digest = import_staging.digest and before.outcome in ('matched', 'unmatched')`.execute(tx);
  // A unit by its own serial before one by a drive in it; the custody that is open before one that has ended; the pickup that
  // the line names; what was handed over before what was not; the newest first. Two devices of one serial (of two makers) are
  // told apart by nobody here: such a line waits for a person.
  await sql`
    with units as (
      select staged.line, lines.pickup_id, lines.device_id, lines.epoch, false as is_drive
      from import_staging as staged join pickup_lines as lines on lines.serial = staged.serial
      where staged.outcome is null and lines.taken_off_at is null
      union all
      select staged.line, lines.pickup_id, lines.device_id, lines.epoch, true
      from import_staging as staged
      join device_drives as drives on drives.serial = staged.serial
      join pickup_lines as lines on lines.device_id = drives.device_id and lines.epoch = drives.epoch
      where staged.outcome is null and lines.taken_off_at is null and ${list === 'certificate'}
    ), candidates as (
      select units.*, custodies.state = 'open' as is_open, pickups.id is not distinct from staged.named as is_named,
        pickups.confirmed_at is not null as is_confirmed, pickups.created_at
      from units
      join import_staging as staged on staged.line = units.line
      join pickups on pickups.id = units.pickup_id and pickups.connector = ${connector} and pickups.state <> 'cancelled'
      join custodies on custodies.device_id = units.device_id and custodies.epoch = units.epoch
    ), best as (
      select distinct on (line) line, pickup_id, device_id, epoch, is_drive, is_open, is_named
      from candidates order by line, is_drive, is_open desc, is_named desc, is_confirmed desc, created_at desc, pickup_id
    ), ambiguous as (
      select best.line from best join candidates
        on candidates.line = best.line and candidates.is_drive = best.is_drive and candidates.is_open = best.is_open
          and candidates.is_named = best.is_named
      group by best.line having count(distinct candidates.device_id) > 1
    )
    update import_staging set outcome = 'matched', pickup_id = best.pickup_id, device_id = best.device_id, epoch = best.epoch
    from best
    where best.line = import_staging.line and best.line not in (select line from ambiguous)`.execute(tx);
  await sql`update import_staging set outcome = 'unmatched' where outcome is null`.execute(tx);
  // Without it the planner takes the table for as it was before: with nothing matched.
  await sql`analyze import_staging`.execute(tx);
}

/** Lines whose serial lacks only zeros at its front: a spreadsheet took it for a number. */
export async function lostZeros(tx: Tx, connector: string, limit: number): Promise<readonly LostZeros[]> {
  const { rows } = await sql<LostZeros>`
    select distinct staged.line, staged.serial from import_staging as staged
    join pickup_lines as lines on ltrim(lines.serial, '0') = staged.serial and lines.serial <> staged.serial
    join pickups on pickups.id = lines.pickup_id and pickups.connector = ${connector}
    where staged.outcome = 'unmatched' and staged.serial ~ '^[1-9][0-9]*$'
    order by staged.line limit ${limit}`.execute(tx);
  return rows;
}
