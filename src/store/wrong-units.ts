/** Another unit in the parcel than the one it was made for: the scanned serial decides, and both are traced. */
import { deviceStream } from '../domain/fact.ts';
import { announceCustody } from './custody-news.ts';
import type { Tx } from './database.ts';
import { openException } from './exceptions.ts';
import { appendFacts } from './facts.ts';
import { describeException } from './pickups.ts';
import { loadCustody } from './rule-facts.ts';

export interface ParcelCustody {
  readonly deviceId: string;
  readonly epoch: number;
}

export interface WrongUnit {
  /** The device that the parcel was for: it is still out. */
  readonly expectedDeviceId: string;
  readonly exceptionId: string;
}

interface Found {
  readonly scanId: string;
  /** In normalised form. */
  readonly serial: string;
  readonly trackingCode: string;
  readonly foundDeviceId: string | null;
  readonly actor: string;
  readonly exceptionsDueAt: Date;
}

/** The open custody that a parcel was made for, where that is another device than the one found in it. */
export async function custodyOfParcel(
  tx: Tx,
  trackingCode: string,
  foundDeviceId: string | null,
): Promise<ParcelCustody | null> {
  const row = await tx
    .selectFrom('trackers')
    .innerJoin('custodies', (join) =>
      join
        .onRef('custodies.device_id', '=', 'trackers.device_id')
        .onRef('custodies.epoch', '=', 'trackers.epoch'),
    )
    .select(['trackers.device_id', 'trackers.epoch'])
    .where('trackers.tracking_code', '=', trackingCode)
    .where('trackers.purpose', '=', 'return')
    .where('custodies.state', '=', 'open')
    .executeTakeFirst();
  if (row === undefined || row.device_id === foundDeviceId) return null;
  return { deviceId: row.device_id, epoch: row.epoch };
}

/** Whether a parcel is one that was made for that custody. */
export async function isItsParcel(
  tx: Tx,
  trackingCode: string,
  { deviceId, epoch }: ParcelCustody,
): Promise<boolean> {
  const row = await tx
    .selectFrom('trackers')
    .select('tracking_code')
    .where('tracking_code', '=', trackingCode)
    .where('purpose', '=', 'return')
    .where('device_id', '=', deviceId)
    .where('epoch', '=', epoch)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Says on the expected device's stream what was in its parcel. The caller holds that stream.
 *
 * @returns `null` when that device is back already: its parcel has served, and may carry another.
 */
export async function recordWrongUnit(
  tx: Tx,
  { deviceId, epoch }: ParcelCustody,
  found: Found,
  now: Date,
): Promise<WrongUnit | null> {
  const custody = await loadCustody(tx, deviceId, epoch);
  if (custody.returned !== null) return null;
  const { scanId, serial: foundSerial, trackingCode, foundDeviceId, actor } = found;
  const known = custody.wrongUnits.some(
    ({ data }) => data.trackingCode === trackingCode && data.foundSerial === foundSerial,
  );
  const stream = deviceStream(deviceId);
  if (!known)
    await appendFacts(
      tx,
      [
        {
          stream,
          key: `return.wrong-unit:${deviceId}:${epoch}:${trackingCode}:${foundSerial}`,
          type: 'return.wrong-unit',
          actor,
          data: { epoch, scanId, trackingCode, foundSerial, foundDeviceId },
        },
      ],
      now,
    );
  const exceptionId = await openException(
    tx,
    {
      stream,
      code: 'wrong-unit-in-box',
      gate: 'return',
      round: epoch,
      owner: 'asset-manager',
      blocking: true,
      dueAt: found.exceptionsDueAt,
      caseId: custody.opened.data.caseId,
      deviceId,
      // The same unit out of the same parcel is one riddle, however often it is scanned.
      occurrence: `${trackingCode}:${foundSerial}`,
    },
    now,
  );
  await describeException(
    tx,
    exceptionId,
    `expected serial ${custody.opened.data.serial}; found serial ${foundSerial}; parcel ${trackingCode}`,
  );
  await announceCustody(tx, deviceId, epoch, now);
  return { expectedDeviceId: deviceId, exceptionId };
}
