/** Devices handed in at an office: a receipt by whoever took them, and no proof of the return, which is the intake scan. */
import type { Selectable } from 'kysely';
import { deviceStream } from '../domain/fact.ts';
import { announceCustody } from './custody-news.ts';
import type { Reader, Tx } from './database.ts';
import { appendFacts } from './facts.ts';
import { newId } from './ids.ts';
import { unitBySerial } from './intake-scans.ts';
import { unexplained } from './intake-unexplained.ts';
import type { UnexplainedVerdict } from './intake-unexplained.ts';
import { lockDevices } from './pickups.ts';
import { loadCustody } from './rule-facts.ts';
import type { Schema } from './schema.ts';

export type DropOffRow = Selectable<Schema['drop_offs']>;

export interface DropOff {
  /** In normalised form. */
  readonly serial: string;
  readonly site: string;
  /** Who took it, by name: kept beside the ledger. */
  readonly receivedByName: string;
  readonly handedInBy: DropOffRow['handed_in_by'];
  readonly actor: string;
  readonly exceptionsDueAt: Date;
}

export type DropOffVerdict =
  | { readonly verdict: 'received' | 'already-received'; readonly receipt: DropOffRow }
  | { readonly verdict: 'already-returned'; readonly deviceId: string }
  | UnexplainedVerdict
  | { readonly verdict: 'ambiguous' };

/** Takes a device in and gives a receipt for it; the same one again is answered with the receipt that there is. */
export async function recordDropOff(tx: Tx, dropOff: DropOff, now: Date): Promise<DropOffVerdict> {
  const found = await unitBySerial(tx, dropOff.serial, null);
  if (found.kind === 'ambiguous') return { verdict: 'ambiguous' };
  if (found.kind !== 'open') {
    const verdict = found.kind === 'unknown' ? 'unknown-serial' : 'not-expected';
    return unexplained(tx, { ...dropOff, remark: 'handed in' }, verdict, found.deviceId, now);
  }
  const { deviceId, epoch } = found;
  await lockDevices(tx, [deviceId]);
  const known = await readDropOff(tx, deviceId, epoch);
  if (known !== null) return { verdict: 'already-received', receipt: known };
  if ((await loadCustody(tx, deviceId, epoch)).returned !== null)
    return { verdict: 'already-returned', deviceId };
  const receiptId = newId('receipt');
  const { site, actor } = dropOff;
  await tx
    .insertInto('drop_offs')
    .values({
      id: receiptId,
      device_id: deviceId,
      epoch,
      site,
      received_by: actor,
      received_by_name: dropOff.receivedByName,
      handed_in_by: dropOff.handedInBy,
      received_at: now,
    })
    .execute();
  const key = `return.dropped-off:${receiptId}`;
  const data = { epoch, receiptId, site };
  await appendFacts(
    tx,
    [{ stream: deviceStream(deviceId), key, type: 'return.dropped-off', actor, data }],
    now,
  );
  await announceCustody(tx, deviceId, epoch, now);
  const receipt = await readDropOff(tx, deviceId, epoch);
  if (receipt === null) throw new Error(`no receipt of ${deviceId}`);
  return { verdict: 'received', receipt };
}

export async function readDropOff(db: Reader, deviceId: string, epoch: number): Promise<DropOffRow | null> {
  return (
    (await db
      .selectFrom('drop_offs')
      .selectAll()
      .where('device_id', '=', deviceId)
      .where('epoch', '=', epoch)
      .executeTakeFirst()) ?? null
  );
}
