/** Everything that is known of some serials, for the rules that hold the books against it. */
import { sql } from 'kysely';
import { foldCustody } from '../domain/custody-state.ts';
import type { CustodyState } from '../domain/custody-state.ts';
import { endOf, lastReport } from '../domain/disposal-end.ts';
import { deviceStream } from '../domain/fact.ts';
import type { Policy } from '../domain/policy.ts';
import { daysOf } from '../domain/reconciliation-policy.ts';
import type { BookRecord, CustodyTold, SerialRecords, VendorWord } from '../domain/reconciliation.ts';
import { acceptedCertificate } from '../domain/rules/sanitisation.ts';
import { toMs } from '../domain/time.ts';
import type { VendorList } from '../domain/vendor-lines.ts';
import type { Tx } from './database.ts';
import { readPolicy } from './rule-facts.ts';
import { readStreams } from './streams.ts';

/** The serial that an unmatched receipt names: what is open of it stands in its exception. */
const OF_RECEIPT = sql<string>`substring(exceptions.reason from '^serial ([^;]+)')`;

/** The next serials that any of books, custodies and unmatched lists names, in the database's order. */
export async function serialsAfter(
  tx: Tx,
  reconciliationId: string,
  after: string,
  limit: number,
): Promise<readonly string[]> {
  const { rows } = await sql<{ serial: string }>`
    select serial from (
      (select distinct serial from asset_records
        where reconciliation_id = ${reconciliationId} and serial > ${after} order by serial limit ${limit})
      union
      (select distinct serial from devices
        where serial > ${after} and exists (select from custodies where device_id = devices.id and state <> 'planned')
        order by serial limit ${limit})
      union
      (select distinct serial from certificates where not matched and serial > ${after} order by serial limit ${limit})
      union
      (select distinct serial from import_lines where outcome = 'unmatched' and serial > ${after} order by serial limit ${limit})
      union
      (select distinct ${OF_RECEIPT} as serial from exceptions
        where code = 'receipt-unmatched' and resolved_at is null and ${OF_RECEIPT} > ${after} order by serial limit ${limit})
    ) as named order by serial limit ${limit}`.execute(tx);
  return rows.map((row) => row.serial);
}

/** In the order of the serials given. */
export async function recordsOf(
  tx: Tx,
  reconciliationId: string,
  serials: readonly string[],
): Promise<readonly SerialRecords[]> {
  const books = await booksOf(tx, reconciliationId, serials);
  const custodies = await custodiesOf(tx, serials);
  const words = await wordsOf(tx, serials);
  const manifested = await manifestedOf(tx, serials);
  return serials.map((serial) => ({
    serial,
    books: books.get(serial) ?? [],
    custodies: custodies.get(serial) ?? [],
    words: words.get(serial) ?? [],
    manifested: manifested.has(serial),
  }));
}

async function booksOf(
  tx: Tx,
  reconciliationId: string,
  serials: readonly string[],
): Promise<ReadonlyMap<string, readonly BookRecord[]>> {
  const rows = await tx
    .selectFrom('asset_records')
    .selectAll()
    .where('reconciliation_id', '=', reconciliationId)
    .where('serial', 'in', [...serials])
    .orderBy('connector')
    .orderBy('external_id')
    .execute();
  return grouped(rows, (row) => ({
    connector: row.connector,
    externalId: row.external_id,
    state: row.state,
    label: row.label,
    reference: row.reference,
    closedOn: row.closed_on,
    disposition: row.disposition,
    licences: row.licences,
    depreciating: row.depreciating,
    readAt: toMs(row.read_at),
  }));
}

/** The latest custody of each device with one of the serials, as its facts tell it. */
async function custodiesOf(
  tx: Tx,
  serials: readonly string[],
): Promise<ReadonlyMap<string, readonly CustodyTold[]>> {
  const { rows } = await sql<{ serial: string; device_id: string; epoch: number }>`
    select distinct on (devices.id) devices.serial, devices.id as device_id, custodies.epoch
    from devices join custodies on custodies.device_id = devices.id
    where devices.serial = any(${[...serials]}) and custodies.state <> 'planned'
    order by devices.id, custodies.epoch desc`.execute(tx);
  const streams = await readStreams(
    tx,
    rows.map((row) => deviceStream(row.device_id)),
  );
  const told: { readonly serial: string; readonly custody: CustodyTold }[] = [];
  for (const { serial, device_id: deviceId, epoch } of rows) {
    const state = foldCustody(streams.get(deviceStream(deviceId)) ?? [], epoch);
    if (state === null) continue;
    const policy = await readPolicy(tx, state.policyDigest);
    told.push({ serial, custody: custodyTold(state, policy) });
  }
  return grouped(told, ({ custody }) => custody);
}

function custodyTold(custody: CustodyState, policy: Policy): CustodyTold {
  const { deviceId, epoch, closed, cancelled, certificates, closureWritten, closureReadBack } = custody;
  const certificate = acceptedCertificate(custody, policy);
  const report = lastReport(custody);
  return {
    deviceId,
    epoch,
    state: closed !== null ? 'closed' : cancelled !== null ? 'cancelled' : 'open',
    handedOverAt: msOf(custody.transferred),
    receivedAt: msOf(custody.received),
    certifiedAt: msOf(certificate),
    disposedAt: msOf(custody.disposed ?? report),
    reported: report === null ? null : { at: toMs(report.at), end: endOf(report.data) },
    booksClosed: closureReadBack?.data.matches === true,
    closedIn: closureReadBack?.data.connector ?? null,
    references: [
      ...certificates.map(({ data }) => data.certificateId),
      ...(closureWritten === null ? [] : [closureWritten.data.reference]),
    ],
    ended: closed === null ? null : { at: toMs(closed.at), disposition: closed.data.disposition },
    days: daysOf(policy),
  };
}

function msOf(fact: { readonly at: string } | null): number | null {
  return fact === null ? null : toMs(fact.at);
}

/** What vendors say of serials that belong to no device in custody, and that nobody has linked or dismissed. */
async function wordsOf(
  tx: Tx,
  serials: readonly string[],
): Promise<ReadonlyMap<string, readonly VendorWord[]>> {
  const { rows } = await sql<{ serial: string; list: VendorList; at: string }>`
    select line.serial, line.list, imports.imported_at as at
    from import_lines as line join imports on imports.id = line.import_id
    where line.serial = any(${[...serials]}) and line.outcome = 'unmatched' and line.decision is null
    union all
    select serial, 'certificate', imported_at from certificates
    where serial = any(${[...serials]}) and not matched
      and not exists (
        select from import_lines as line
        where line.outcome = 'unmatched' and line.serial = certificates.serial
          and line.connector = certificates.connector and line.list = 'certificate'
      )
    union all
    select ${OF_RECEIPT}, 'receipt', opened_at from exceptions
    where code = 'receipt-unmatched' and resolved_at is null and ${OF_RECEIPT} = any(${[...serials]})`.execute(
    tx,
  );
  return grouped(rows, ({ list, at }) => ({ list, at: toMs(at) }));
}

async function manifestedOf(tx: Tx, serials: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await tx
    .selectFrom('pickup_lines')
    .innerJoin('pickups', 'pickups.id', 'pickup_lines.pickup_id')
    .select('serial')
    .distinct()
    .where('serial', 'in', [...serials])
    .where('taken_off_at', 'is', null)
    .where('pickups.state', '<>', 'cancelled')
    .execute();
  return new Set(rows.map((row) => row.serial));
}

function grouped<Row extends { readonly serial: string }, T>(
  rows: readonly Row[],
  item: (row: Row) => T,
): ReadonlyMap<string, readonly T[]> {
  const groups = Map.groupBy(rows, (row) => row.serial);
  return new Map([...groups].map(([serial, group]) => [serial, group.map(item)]));
}
