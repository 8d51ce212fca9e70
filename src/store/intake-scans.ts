/** The intake scan: a serial read where devices come back. It alone proves a return. */
import type { CustodyState } from '../domain/custody-state.ts';
import { DEFAULT_ROUTE } from '../domain/routes.ts';
import { deviceStream, SYSTEM_STREAM } from '../domain/fact.ts';
import { announceCustody } from './custody-news.ts';
import type { Tx } from './database.ts';
import { openException } from './exceptions.ts';
import { appendFacts } from './facts.ts';
import { lockStream } from './held-streams.ts';
import { newId } from './ids.ts';
import { loadCustody } from './rule-facts.ts';
import { describeException } from './pickups.ts';

export interface IntakeScan {
  /** In normalised form. */
  readonly serial: string;
  readonly site: string;
  readonly condition: string;
  readonly actor: string;
  readonly exceptionsDueAt: Date;
}

export type IntakeVerdict =
  | {
      readonly verdict: 'returned' | 'already-returned';
      readonly deviceId: string;
      readonly epoch: number;
      readonly at: string;
    }
  /** Kept as an exception: no such device, or none that is expected back. */
  | { readonly verdict: 'unknown-serial' | 'not-expected'; readonly exceptionId: string }
  /** Two devices in custody share the serial: scan by device instead. */
  | { readonly verdict: 'ambiguous' };

/**
 * Records a scan by what the serial says.
 *
 * @param deviceId The device, where whoever scans has named it; otherwise the serial decides.
 */
export async function recordIntakeScan(
  tx: Tx,
  scan: IntakeScan,
  deviceId: string | null,
  now: Date,
): Promise<IntakeVerdict> {
  const devices = await tx
    .selectFrom('devices')
    .leftJoin('custodies', (join) =>
      join.onRef('custodies.device_id', '=', 'devices.id').on('custodies.state', '=', 'open'),
    )
    .select(['devices.id', 'custodies.epoch'])
    .where('devices.serial', '=', scan.serial)
    .$if(deviceId !== null, (query) => query.where('devices.id', '=', deviceId ?? ''))
    .execute();
  const [first] = devices;
  if (first === undefined) return unexplained(tx, scan, 'unknown-serial', null, now);
  const open = devices.flatMap(({ id, epoch }) => (epoch === null ? [] : [{ id, epoch }]));
  const [one, another] = open;
  if (another !== undefined) return { verdict: 'ambiguous' };
  if (one === undefined) return unexplained(tx, scan, 'not-expected', first.id, now);
  return recordReturn(tx, scan, one.id, one.epoch, now);
}

async function recordReturn(
  tx: Tx,
  scan: IntakeScan,
  deviceId: string,
  epoch: number,
  now: Date,
): Promise<IntakeVerdict> {
  const stream = deviceStream(deviceId);
  await lockStream(tx, stream);
  const key = `return.scanned:${deviceId}:${epoch}`;
  const known = await tx.selectFrom('facts').select('at').where('key', '=', key).executeTakeFirst();
  if (known !== undefined) return { verdict: 'already-returned', deviceId, epoch, at: known.at };
  const { site, condition, actor } = scan;
  const scanId = newId('scan');
  const custody = await loadCustody(tx, deviceId, epoch);
  if (custody.lostReported !== null || custody.route === 'lost')
    await recordFound(tx, custody, scanId, actor, now);
  await appendFacts(
    tx,
    [{ stream, key, type: 'return.scanned', actor, data: { epoch, scanId, site, condition } }],
    now,
  );
  await announceCustody(tx, deviceId, epoch, now);
  return { verdict: 'returned', deviceId, epoch, at: now.toISOString() };
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

/** One open exception per serial: the same unit scanned twice is one riddle. */
async function unexplained(
  tx: Tx,
  scan: IntakeScan,
  verdict: 'unknown-serial' | 'not-expected',
  deviceId: string | null,
  now: Date,
): Promise<IntakeVerdict> {
  const { serial, site, condition, exceptionsDueAt } = scan;
  const code = verdict === 'unknown-serial' ? 'unknown-serial' : 'scan-not-expected';
  await lockStream(tx, SYSTEM_STREAM);
  const about = `serial ${serial}`;
  const before = await tx
    .selectFrom('exceptions')
    .select('id')
    .where('stream', '=', SYSTEM_STREAM)
    .where('code', '=', code)
    .where('reason', 'like', `${about};%`)
    .where('resolved_at', 'is not', null)
    .execute();
  const exceptionId = await openException(
    tx,
    {
      stream: SYSTEM_STREAM,
      code,
      gate: null,
      round: 0,
      owner: 'asset-manager',
      blocking: false,
      dueAt: exceptionsDueAt,
      caseId: null,
      deviceId,
      occurrence: `${serial}:${before.length + 1}`,
    },
    now,
  );
  await describeException(tx, exceptionId, `${about}; site ${site}; condition ${condition}`);
  return { verdict, exceptionId };
}
