/** Changes of a frozen manifest: only by a decision, each a fact, each sent to the vendor anew. */
import { sql } from 'kysely';
import { deviceStream, pickupStream } from '../domain/fact.ts';
import { announceCustody } from './custody-news.ts';
import type { Reader, Tx } from './database.ts';
import { appendFacts } from './facts.ts';
import { lockStream } from './held-streams.ts';
import { modelKey } from './pickup-matching.ts';
import { wakePickup } from './pickups.ts';
import type { PickupLineRow, PickupUnit } from './pickups.ts';

/** The decision that a change follows from, and who made it. */
export interface ManifestCause {
  readonly exceptionId: string;
  readonly actor: string;
}

export async function lineOf(db: Reader, pickupId: string, line: number): Promise<PickupLineRow | null> {
  return (
    (await db
      .selectFrom('pickup_lines')
      .selectAll()
      .where('pickup_id', '=', pickupId)
      .where('line', '=', line)
      .executeTakeFirst()) ?? null
  );
}

export async function lineOfSerial(
  db: Reader,
  pickupId: string,
  serial: string,
): Promise<PickupLineRow | null> {
  return (
    (await db
      .selectFrom('pickup_lines')
      .selectAll()
      .where('pickup_id', '=', pickupId)
      .where('serial', '=', serial)
      .executeTakeFirst()) ?? null
  );
}

/** Takes a line off; its unit may go with another pickup, unless it is held back. The caller holds `lockPickup`. */
export async function takeOff(
  tx: Tx,
  row: PickupLineRow,
  outcome: 'taken-off-manifest' | 'held-back',
  { exceptionId, actor }: ManifestCause,
  now: Date,
): Promise<void> {
  const { pickup_id: pickupId, line, device_id: deviceId, epoch, serial } = row;
  await tx
    .updateTable('pickup_lines')
    .set({ taken_off_at: now, taken_off_as: outcome, accepted_at: null })
    .where('pickup_id', '=', pickupId)
    .where('line', '=', line)
    .execute();
  await lockStream(tx, deviceStream(deviceId));
  const at = `${pickupId}:${line}:${exceptionId}`;
  await appendFacts(
    tx,
    [
      {
        stream: pickupStream(pickupId),
        key: `pickup.line-taken-off:${at}`,
        type: 'pickup.line-taken-off',
        actor,
        data: { pickupId, line, deviceId, epoch, serial, exceptionId, outcome },
      },
    ],
    now,
  );
  if (await isOpen(tx, deviceId, epoch)) {
    await appendFacts(
      tx,
      [
        {
          stream: deviceStream(deviceId),
          key: `handoff.unmanifested:${deviceId}:${epoch}:${at}`,
          type: 'handoff.unmanifested',
          actor,
          data: { epoch, pickupId, line, outcome },
        },
      ],
      now,
    );
    await announceCustody(tx, deviceId, epoch, now);
  }
  await revise(tx, pickupId);
}

/** Puts a unit on that was found on the dock: again, where it was taken off before. The caller holds `lockPickup`. */
export async function addLine(
  tx: Tx,
  pickupId: string,
  unit: PickupUnit,
  { exceptionId, actor }: ManifestCause,
  now: Date,
): Promise<void> {
  const { deviceId, epoch, serial, manufacturer, model, assetTag } = unit;
  const { rows } = await sql<{ line: number }>`
    insert into pickup_lines (pickup_id, line, device_id, epoch, serial, manufacturer, model, asset_tag, model_key, added_at, accepted_at)
    select ${pickupId}, coalesce(max(line), 0) + 1, ${deviceId}, ${epoch}, ${serial}, ${manufacturer}, ${model}, ${assetTag},
      ${modelKey(model)}, ${now}, ${now} from pickup_lines where pickup_id = ${pickupId}
    on conflict (pickup_id, serial) do update set taken_off_at = null, taken_off_as = null, added_at = ${now}, accepted_at = ${now},
      device_id = excluded.device_id, epoch = excluded.epoch
    returning line`.execute(tx);
  const line = rows[0]?.line;
  if (line === undefined) throw new Error('no line was added');
  await lockStream(tx, deviceStream(deviceId));
  await appendFacts(
    tx,
    [
      {
        stream: pickupStream(pickupId),
        key: `pickup.line-added:${pickupId}:${line}:${exceptionId}`,
        type: 'pickup.line-added',
        actor,
        data: { pickupId, line, deviceId, epoch, serial, exceptionId },
      },
      {
        stream: deviceStream(deviceId),
        key: `handoff.manifested:${deviceId}:${epoch}:${pickupId}:${exceptionId}`,
        type: 'handoff.manifested',
        actor,
        data: { epoch, pickupId, line },
      },
    ],
    now,
  );
  await announceCustody(tx, deviceId, epoch, now);
  await revise(tx, pickupId);
}

async function isOpen(tx: Tx, deviceId: string, epoch: number): Promise<boolean> {
  const row = await tx
    .selectFrom('custodies')
    .select('state')
    .where('device_id', '=', deviceId)
    .where('epoch', '=', epoch)
    .executeTakeFirst();
  return row?.state === 'open';
}

/** The vendor gets the manifest as it is now. */
async function revise(tx: Tx, pickupId: string): Promise<void> {
  await tx
    .updateTable('pickups')
    .set(({ eb }) => ({ manifest_revision: eb('manifest_revision', '+', 1) }))
    .where('id', '=', pickupId)
    .execute();
  await wakePickup(tx, pickupId);
}
