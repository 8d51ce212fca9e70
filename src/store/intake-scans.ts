/** The intake scan: a serial read where devices come back. It alone proves a return. */
import type { CustodyState } from '../domain/custody-state.ts';
import { DEFAULT_ROUTE } from '../domain/routes.ts';
import { isOpen } from '../domain/exceptions.ts';
import { deviceStream } from '../domain/fact.ts';
import { announceCustody } from './custody-news.ts';
import type { Tx } from './database.ts';
import { resolveException } from './exceptions.ts';
import { appendFacts } from './facts.ts';
import { newId } from './ids.ts';
import { loadCustody } from './rule-facts.ts';
import { unexplained } from './intake-unexplained.ts';
import type { UnexplainedVerdict } from './intake-unexplained.ts';
import { lockDevices } from './pickups.ts';
import { custodyOfParcel, isItsParcel, recordWrongUnit } from './wrong-units.ts';
import type { WrongUnit } from './wrong-units.ts';

export interface IntakeScan {
  /** In normalised form. */
  readonly serial: string;
  readonly site: string;
  readonly condition: string;
  /** Of the parcel that it came out of; `null` where nobody looked, or there was none. */
  readonly trackingCode?: string | null;
  readonly actor: string;
  readonly exceptionsDueAt: Date;
}

export type IntakeVerdict = { readonly wrongUnit: WrongUnit | null } & (
  | {
      readonly verdict: 'returned' | 'already-returned';
      readonly deviceId: string;
      readonly epoch: number;
      readonly at: string;
    }
  /** Kept as an exception: no such device, or none that is expected back. */
  | UnexplainedVerdict
  /** Two devices in custody share the serial: scan by device instead. */
  | { readonly verdict: 'ambiguous' }
);

/**
 * Records a scan by what the serial says. The parcel's label says only what was expected in it: another unit than that is
 * traced on both.
 *
 * @param deviceId The device, where whoever scans has named it; otherwise the serial decides.
 */
export async function recordIntakeScan(
  tx: Tx,
  scan: IntakeScan,
  deviceId: string | null,
  now: Date,
): Promise<IntakeVerdict> {
  const found = await unitBySerial(tx, scan.serial, deviceId);
  if (found.kind === 'ambiguous') return { verdict: 'ambiguous', wrongUnit: null };
  const { trackingCode = null } = scan;
  const expected = trackingCode === null ? null : await custodyOfParcel(tx, trackingCode, found.deviceId);
  await lockDevices(
    tx,
    [found.deviceId, expected?.deviceId ?? null].filter((id) => id !== null),
  );
  const scanId = newId('scan');
  const wrongUnit =
    expected === null || trackingCode === null
      ? null
      : await recordWrongUnit(
          tx,
          expected,
          { ...scan, scanId, trackingCode, foundDeviceId: found.deviceId },
          now,
        );
  const parcelOf = expected?.deviceId ?? null;
  if (found.kind === 'open')
    return { ...(await recordReturn(tx, { ...scan, scanId, parcelOf }, found, now)), wrongUnit };
  const verdict = found.kind === 'unknown' ? 'unknown-serial' : 'not-expected';
  const remark = `condition ${scan.condition}${parcelOf === null ? '' : `; in the parcel of ${parcelOf}`}`;
  return { ...(await unexplained(tx, { ...scan, remark }, verdict, found.deviceId, now)), wrongUnit };
}

export type UnitBySerial =
  | { readonly kind: 'open'; readonly deviceId: string; readonly epoch: number }
  /** Known, and in nobody's custody. */
  | { readonly kind: 'closed'; readonly deviceId: string }
  | { readonly kind: 'unknown'; readonly deviceId: null }
  | { readonly kind: 'ambiguous' };

/** Which device in custody a serial means. */
export async function unitBySerial(tx: Tx, serial: string, deviceId: string | null): Promise<UnitBySerial> {
  const devices = await tx
    .selectFrom('devices')
    .leftJoin('custodies', (join) =>
      join.onRef('custodies.device_id', '=', 'devices.id').on('custodies.state', '=', 'open'),
    )
    .select(['devices.id', 'custodies.epoch'])
    .where('devices.serial', '=', serial)
    .$if(deviceId !== null, (query) => query.where('devices.id', '=', deviceId ?? ''))
    .execute();
  const [first] = devices;
  if (first === undefined) return { kind: 'unknown', deviceId: null };
  const [one, another] = devices.flatMap(({ id, epoch }) => (epoch === null ? [] : [{ id, epoch }]));
  if (another !== undefined) return { kind: 'ambiguous' };
  if (one === undefined) return { kind: 'closed', deviceId: first.id };
  return { kind: 'open', deviceId: one.id, epoch: one.epoch };
}

async function recordReturn(
  tx: Tx,
  scan: IntakeScan & { readonly scanId: string; readonly parcelOf: string | null },
  { deviceId, epoch }: Extract<UnitBySerial, { kind: 'open' }>,
  now: Date,
) {
  const stream = deviceStream(deviceId);
  const key = `return.scanned:${deviceId}:${epoch}`;
  const known = await tx.selectFrom('facts').select('at').where('key', '=', key).executeTakeFirst();
  if (known !== undefined) return { verdict: 'already-returned', deviceId, epoch, at: known.at } as const;
  const { site, condition, actor, scanId, parcelOf } = scan;
  const custody = await loadCustody(tx, deviceId, epoch);
  if (custody.lostReported !== null || custody.route === 'lost')
    await recordFound(tx, custody, scanId, actor, now);
  const { trackingCode = null } = scan;
  const isIts = trackingCode !== null && (await isItsParcel(tx, trackingCode, { deviceId, epoch }));
  const data = {
    epoch,
    scanId,
    site,
    condition,
    ...(parcelOf !== null && { parcelOf }),
    ...(isIts && { trackingCode }),
  };
  await appendFacts(tx, [{ stream, key, type: 'return.scanned', actor, data }], now);
  await heal(tx, custody, actor, now);
  await announceCustody(tx, deviceId, epoch, now);
  return { verdict: 'returned', deviceId, epoch, at: now.toISOString() } as const;
}

/** What only said that it was not here, or how it was to come. That there was such an exception stays. */
const HEALED_BY_SCAN: ReadonlySet<string> = new Set([
  'lost-in-transit',
  'box-lost',
  'wrong-unit-in-box',
  'label-failed',
  'label-outcome-unknown',
  'box-outcome-unknown',
]);

async function heal(tx: Tx, { exceptions }: CustodyState, by: string, now: Date): Promise<void> {
  for (const exception of exceptions) {
    const { exceptionId, code } = exception.opened.data;
    if (!isOpen(exception) || !HEALED_BY_SCAN.has(code)) continue;
    await resolveException(tx, { exceptionId, outcome: 'scanned-in', reason: 'the unit is here', by }, now);
  }
}

/** It turned up: whatever was decided because it was lost is over, and it goes where it was going before. */
async function recordFound(
  tx: Tx,
  { deviceId, epoch, route, routeChanged }: CustodyState,
  scanId: string,
  actor: string,
  now: Date,
): Promise<void> {
  const before = route === 'lost' ? (routeChanged?.data.from ?? DEFAULT_ROUTE) : route;
  const back = before === 'lost' ? DEFAULT_ROUTE : before;
  await appendFacts(
    tx,
    [
      {
        stream: deviceStream(deviceId),
        key: `device.found:${scanId}`,
        type: 'device.found',
        actor,
        data: { epoch, scanId, route: back },
      },
    ],
    now,
  );
  await tx
    .updateTable('custodies')
    .set({ route: back })
    .where('device_id', '=', deviceId)
    .where('epoch', '=', epoch)
    .execute();
}
