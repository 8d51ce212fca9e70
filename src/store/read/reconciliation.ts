/** Serial by serial: which of a pickup's lists name a unit. Read page by page, since a pickup may have thousands. */
import { sql } from 'kysely';
import type { Reader } from '../database.ts';
import type { ScanVerdict } from '../../domain/fact-types.ts';

export interface ReconciledSerial {
  readonly serial: string;
  /** On the manifest; `null`: on no line. */
  readonly line: number | null;
  readonly deviceId: string | null;
  /** A decision took it off again. */
  readonly takenOffAs: string | null;
  readonly counted: boolean;
  readonly dockVerdict: ScanVerdict | null;
  readonly dockScannedAt: string | null;
  readonly vendorScannedAt: string | null;
  readonly transferredAt: string | null;
  /** By the facility's receipt; of a serial of no line, only that it was named. */
  readonly received: boolean;
  /** Those of its drives as well. */
  readonly certificates: readonly string[];
  /** Every list names it, from the manifest to the certificate; where certificates name drives, all of them. */
  readonly agrees: boolean;
}

/** In the order of serials. `after`: where the page before ended. `differing`: only those that some list does not name. */
export async function reconcilePickup(
  db: Reader,
  pickupId: string,
  differing: boolean,
  after: string | null,
  limit: number,
): Promise<readonly ReconciledSerial[]> {
  const { rows } = await sql<ReconciledSerial>`
    with counted as (
      select unnest(serials) as serial from (
        select serials from pickup_counts where pickup_id = ${pickupId} order by counted_at desc, id desc limit 1
      ) as latest
    ), receipt_strangers as (
      select substring(reason from '^serial ([^;]+)') as serial from exceptions
      where pickup_id = ${pickupId} and code = 'receipt-unmatched'
    ), scans as (
      select by, serial, min(scanned_at) as scanned_at,
        (array_agg(verdict order by verdict = 'duplicate', scanned_at desc))[1] as verdict
      from pickup_scans where pickup_id = ${pickupId} and verdict <> 'unreadable' group by by, serial
    ), drives as (
      select device_drives.serial, lines.serial as chassis
      from pickup_lines as lines
      join device_drives on device_drives.device_id = lines.device_id and device_drives.epoch = lines.epoch
      where lines.pickup_id = ${pickupId}
    ), certified as (
      select coalesce(drives.chassis, certificates.serial) as serial,
        array_agg(certificate_id order by certificate_id) as ids, bool_or(drives.chassis is null) as whole
      from certificates left join drives on drives.serial = certificates.serial
      where certificates.pickup_id = ${pickupId} group by 1
    ), named as (
      select serial from pickup_lines where pickup_id = ${pickupId}
      union select serial from scans
      union select serial from certified
      union select serial from counted
      union select serial from receipt_strangers where serial is not null
    ), told as (
      select named.serial collate "C" as serial, lines.line, lines.device_id as "deviceId", lines.taken_off_as as "takenOffAs",
        named.serial in (select serial from counted) as counted,
        ours.verdict as "dockVerdict", ours.scanned_at as "dockScannedAt", theirs.scanned_at as "vendorScannedAt",
        transferred.at as "transferredAt",
        received.id is not null or named.serial in (select serial from receipt_strangers) as received,
        coalesce(certified.ids, '{}') as certificates,
        lines.line is not null and lines.taken_off_at is null and ours.serial is not null and theirs.serial is not null
          and received.id is not null and certified.ids is not null and (certified.whole or not exists (
            select from drives where drives.chassis = named.serial and not exists (
              select from certificates where pickup_id = ${pickupId} and certificates.serial = drives.serial
            )
          )) as agrees
      from named
      left join pickup_lines as lines on lines.pickup_id = ${pickupId} and lines.serial = named.serial
      left join scans as ours on ours.by = 'dock' and ours.serial = named.serial
      left join scans as theirs on theirs.by = 'vendor' and theirs.serial = named.serial
      left join certified on certified.serial = named.serial
      left join facts as transferred
        on transferred.key = 'handoff.transferred:' || lines.device_id || ':' || lines.epoch || ':' || lines.pickup_id
      left join facts as received
        on received.key = 'handoff.received:' || lines.device_id || ':' || lines.epoch || ':' || lines.pickup_id
    )
    select * from told
    where ${after === null ? sql`true` : sql`serial > ${after}`} and ${differing ? sql`not agrees` : sql`true`}
    order by serial limit ${limit}`.execute(db);
  return rows;
}
