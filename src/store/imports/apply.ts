/** What matched, as facts of its devices: in the order of the devices, some at a time. */
import { sql } from 'kysely';
import { deviceStream, pickupStream } from '../../domain/fact.ts';
import type { AnyFact, NewFact } from '../../domain/fact.ts';
import type {
  CertifiedUnit,
  DisposedUnit,
  ReceivedUnit,
  UnitOf,
  VendorList,
} from '../../domain/vendor-lines.ts';
import { cursor } from '../cursor.ts';
import { announceCustodies } from '../custody-news.ts';
import type { Database, Tx } from '../database.ts';
import { appendFacts } from '../facts.ts';
import { appendNew } from '../facts-of-many.ts';
import { certifiedFact, disposedFact, receivedFact } from '../handoff-facts.ts';
import type { Handed } from '../handoff-facts.ts';
import { dropRead, lockStreams } from '../held-streams.ts';
import { keepLateReports, lateReportOf } from '../late-reports.ts';
import type { LateReport } from '../late-reports.ts';
import { advancePickup } from '../pickups.ts';
import { readHeldStreams } from '../streams.ts';
import { eachAbreast } from './abreast.ts';
import { readingBeside } from './read-beside.ts';

/** Devices at a time: so many streams are read, locked and judged together. */
const DEVICES = 400;

/** So many of these beside each other: while one is judged, the database works for another and a third waits in its queue. */
const ABREAST = 3;

export interface Applied {
  readonly list: VendorList;
  readonly actor: string;
  readonly documentDigest: string;
}

/**
 * Locks every pickup that is spoken of, before any stream.
 *
 * @param askedFor Locked as well; `null` of a file.
 * @returns The ids of those that lines matched, with how many.
 */
export async function lockMatchedPickups(
  tx: Tx,
  askedFor: string | null,
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ pickup_id: string; lines: number }>`
    select pickup_id, count(*) as lines from import_staging where outcome = 'matched' group by pickup_id`.execute(
    tx,
  );
  const lines = new Map(rows.map((row) => [row.pickup_id, row.lines]));
  await sql`select id from pickups where id = any(${[...lines.keys(), ...(askedFor === null ? [] : [askedFor])]}::text[]) order by id for no key update`.execute(
    tx,
  );
  return lines;
}

const FACT_OF = {
  receipt: 'pickup.receipt',
  certificate: 'pickup.certificates',
  disposition: 'pickup.dispositions',
} as const;

export async function applyToPickups(
  tx: Tx,
  { list, actor, documentDigest }: Applied,
  pickups: ReadonlyMap<string, number>,
  now: Date,
): Promise<void> {
  const type = FACT_OF[list];
  for (const [pickupId, lines] of [...pickups].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const key = `${type}:${pickupId}:${documentDigest}`;
    // The vendor may have sent the same document by its interface.
    const known = await tx.selectFrom('facts').select('id').where('key', '=', key).executeTakeFirst();
    if (known !== undefined) continue;
    const data = { pickupId, documentDigest, lines };
    await appendFacts(tx, [{ stream: pickupStream(pickupId), key, type, actor, data }], now);
  }
}

/**
 * A custody that has ended takes no more facts: what comes late stays in the lines. Only what became of a device is a fact of one
 * that is closed, too.
 *
 * @param beside Reads streams while the transaction's own connection is busy; `null`: the transaction reads them.
 */
export async function applyToDevices(
  tx: Tx,
  applied: Applied,
  beside: Database | null,
  now: Date,
): Promise<void> {
  await eachAbreast(ABREAST, heldDevices(tx, applied, beside), (held) => applyHeld(tx, applied, held, now));
}

interface Row {
  readonly deviceId: string;
  readonly epoch: number;
  readonly pickupId: string;
  readonly unit: UnitOf[VendorList];
  /** The serial is that of a drive in the device. */
  readonly isDrive: boolean;
}

/** Rows of devices whose streams are held. */
interface Held {
  readonly rows: readonly Row[];
  readonly late: readonly LateReport[];
}

const MATCHED = `
  select staged.device_id as "deviceId", staged.epoch, staged.pickup_id as "pickupId", staged.unit,
    exists (
      select from device_drives as drives where drives.device_id = staged.device_id and drives.serial = staged.serial
    ) as "isDrive"
  from import_staging as staged
  join custodies on custodies.device_id = staged.device_id and custodies.epoch = staged.epoch
  where staged.outcome = 'matched'`;

function matchedOf(list: VendorList): string {
  const states = list === 'disposition' ? `('open', 'closed')` : `('open')`;
  return `${MATCHED} and custodies.state in ${states} order by staged.device_id`;
}

/** Matched lines in the order of their devices, all lines of a device together, their streams held and read. */
async function* heldDevices(tx: Tx, applied: Applied, beside: Database | null): AsyncGenerator<Held> {
  const read = readingBeside(beside);
  for await (const rows of wholeDevices(
    cursor<Row>(tx, 'import_matched', matchedOf(applied.list), DEVICES),
  )) {
    const streams = [...new Set(rows.map(({ deviceId }) => deviceStream(deviceId)))];
    await lockStreams(tx, streams, await read(streams));
    // By what is known now that nobody else can move them: a custody may have ended while the file was taken in. What was added
    // since they were read beside is read here.
    const facts = await readHeldStreams(tx, streams);
    const of = (deviceId: string) => facts.get(deviceStream(deviceId)) ?? [];
    yield {
      rows: rows.filter(({ deviceId, epoch }) => !hasEnded(of(deviceId), epoch)),
      late: rows.flatMap((row) => lateOf(applied, row, of(row.deviceId)) ?? []),
    };
  }
}

function lateOf(applied: Applied, row: Row, facts: readonly AnyFact[]): LateReport | null {
  if (applied.list !== 'disposition') return null;
  return lateReportOf(handedOf(applied, row), row.unit as DisposedUnit, facts);
}

/** The last device of some rows may go on in the next. */
async function* wholeDevices(read: AsyncIterable<readonly Row[]>): AsyncGenerator<readonly Row[]> {
  let begun: readonly Row[] = [];
  for await (const rows of read) {
    const all = [...begun, ...rows];
    const whole = all.findIndex(({ deviceId }) => deviceId === all.at(-1)?.deviceId);
    begun = all.slice(whole);
    if (whole > 0) yield all.slice(0, whole);
  }
  if (begun.length > 0) yield begun;
}

function hasEnded(facts: readonly AnyFact[], epoch: number): boolean {
  return facts.some(
    (fact) =>
      (fact.type === 'custody.closed' || fact.type === 'custody.cancelled') && fact.data.epoch === epoch,
  );
}

async function applyHeld(tx: Tx, applied: Applied, { rows, late }: Held, now: Date): Promise<void> {
  const facts = [...rows.map((row) => factOf(applied, row)), ...late.map(({ fact }) => fact)];
  const grown = new Set(await appendNew(tx, facts, now));
  await keepLateReports(tx, late);
  const changed = new Map(
    rows.flatMap((row, index) => {
      const { deviceId, epoch } = row;
      return grown.has(facts[index]?.stream ?? '') ? [[deviceId, { deviceId, epoch }] as const] : [];
    }),
  );
  await announceCustodies(tx, [...changed.values()], now);
  dropRead(
    tx,
    facts.map((fact) => fact.stream),
  );
}

/** The fact that a line of that list is. */
export function factOf(applied: Applied, row: Row): NewFact {
  const { unit, isDrive } = row;
  const of = handedOf(applied, row);
  switch (applied.list) {
    case 'receipt':
      return receivedFact(of, unit as ReceivedUnit);
    case 'certificate':
      return certifiedFact(of, unit as CertifiedUnit, drivesNamed(unit as CertifiedUnit, isDrive));
    case 'disposition':
      return disposedFact(of, unit as DisposedUnit);
  }
}

export function handedOf(
  { actor, documentDigest }: Applied,
  { deviceId, epoch, pickupId }: Pick<Row, 'deviceId' | 'epoch' | 'pickupId'>,
): Handed {
  return { deviceId, epoch, pickupId, actor, documentDigest };
}

/** A line about a drive names that one; a line about a chassis those that stand beside it. */
function drivesNamed({ serial, level, outcome, drives = [] }: CertifiedUnit, isDrive: boolean) {
  return isDrive ? [{ serial, level, outcome }] : drives;
}

export async function advancePickups(tx: Tx, pickupIds: Iterable<string>): Promise<void> {
  for (const pickupId of [...pickupIds].toSorted()) await advancePickup(tx, pickupId);
}
