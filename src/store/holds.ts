/** Holds: placed on a person or a device, also before anybody leaves; each open custody that they meet is told at once. */
import { deviceStream, personStream } from '../domain/fact.ts';
import type { HoldKind } from '../domain/holds.ts';
import { announceCustody } from './custody-news.ts';
import type { Tx } from './database.ts';
import { appendFacts } from './facts.ts';
import { lockStream } from './held-streams.ts';
import { newId } from './ids.ts';

export interface NewHold {
  readonly kind: HoldKind;
  readonly personId: string | null;
  readonly deviceId: string | null;
  /** In words; kept beside the ledger. */
  readonly reason: string;
  readonly by: string;
  /** Where an outside source keeps it: its connector, and its own id of it. */
  readonly at?: { readonly source: string; readonly externalId: string };
}

export interface HoldLift {
  readonly holdId: string;
  readonly kind: HoldKind;
  /** In words; kept beside the ledger. */
  readonly reason: string;
  readonly by: string;
}

interface Met {
  readonly deviceId: string;
  readonly epoch: number;
}

/**
 * Places a hold. A wipe that is being claimed at this moment either sees it, or is seen by it: both hold the device's stream.
 * So with a custody that is being opened: both hold the person's row, or the device's stream.
 *
 * @returns Its id.
 */
export async function placeHold(tx: Tx, hold: NewHold, now: Date): Promise<string> {
  const { kind, personId, deviceId, reason, by, at } = hold;
  const holdId = newId('hold');
  if (personId !== null)
    await tx.selectFrom('persons').select('id').where('id', '=', personId).forNoKeyUpdate().execute();
  if (deviceId !== null) await lockStream(tx, deviceStream(deviceId));
  await tx
    .insertInto('holds')
    .values({
      id: holdId,
      kind,
      person_id: personId,
      device_id: deviceId,
      reason,
      placed_by: by,
      placed_at: now,
      lifted_by: null,
      source: at?.source ?? null,
      external_id: at?.externalId ?? null,
    })
    .execute();
  const data = { holdId, kind };
  if (personId !== null)
    await appendFacts(
      tx,
      [
        {
          stream: personStream(personId),
          key: `hold.placed:${holdId}`,
          type: 'hold.placed',
          actor: by,
          data: { epoch: 0, ...data },
        },
      ],
      now,
    );
  for (const met of await openCustodies(tx, personId, deviceId)) await tellPlaced(tx, met, data, by, now);
  return holdId;
}

/** Lifts a hold of that kind. @returns `false` when there is none in force. */
export async function liftHold(tx: Tx, { holdId, kind, reason, by }: HoldLift, now: Date): Promise<boolean> {
  const row = await tx
    .updateTable('holds')
    .set({ lifted_at: now, lifted_by: by, lift_reason: reason })
    .where('id', '=', holdId)
    .where('kind', '=', kind)
    .where('lifted_at', 'is', null)
    .returning(['person_id', 'device_id'])
    .executeTakeFirst();
  if (row === undefined) return false;
  if (row.person_id !== null)
    await appendFacts(
      tx,
      [
        {
          stream: personStream(row.person_id),
          key: `hold.lifted:${holdId}`,
          type: 'hold.lifted',
          actor: by,
          data: { epoch: 0, holdId },
        },
      ],
      now,
    );
  for (const { deviceId, epoch } of await openCustodies(tx, row.person_id, row.device_id)) {
    const stream = deviceStream(deviceId);
    await lockStream(tx, stream);
    const key = `hold.lifted:${holdId}:${deviceId}:${epoch}`;
    await appendFacts(tx, [{ stream, key, type: 'hold.lifted', actor: by, data: { epoch, holdId } }], now);
    await announceCustody(tx, deviceId, epoch, now);
  }
  return true;
}

/** What is in force already when a custody opens. The caller holds the device's stream. */
export async function bringHolds(tx: Tx, personId: string | null, met: Met, now: Date): Promise<void> {
  if (personId !== null)
    await tx.selectFrom('persons').select('id').where('id', '=', personId).forShare().execute();
  const rows = await tx
    .selectFrom('holds')
    .select(['id', 'kind', 'placed_by'])
    .where('lifted_at', 'is', null)
    .where((on) => on.or([on('person_id', '=', personId), on('device_id', '=', met.deviceId)]))
    .orderBy('placed_at')
    .execute();
  const { deviceId, epoch } = met;
  for (const { id: holdId, kind, placed_by: by } of rows) {
    const key = `hold.placed:${holdId}:${deviceId}:${epoch}`;
    const data = { epoch, holdId, kind };
    await appendFacts(
      tx,
      [{ stream: deviceStream(deviceId), key, type: 'hold.placed', actor: by, data }],
      now,
    );
  }
}

async function tellPlaced(
  tx: Tx,
  { deviceId, epoch }: Met,
  data: { readonly holdId: string; readonly kind: HoldKind },
  by: string,
  now: Date,
): Promise<void> {
  const stream = deviceStream(deviceId);
  await lockStream(tx, stream);
  const key = `hold.placed:${data.holdId}:${deviceId}:${epoch}`;
  await appendFacts(tx, [{ stream, key, type: 'hold.placed', actor: by, data: { epoch, ...data } }], now);
  await announceCustody(tx, deviceId, epoch, now);
}

/** In the order in which everybody locks their streams. */
async function openCustodies(
  tx: Tx,
  personId: string | null,
  deviceId: string | null,
): Promise<readonly Met[]> {
  const rows = await tx
    .selectFrom('custodies')
    .innerJoin('cases', 'cases.id', 'custodies.case_id')
    .select(['custodies.device_id', 'custodies.epoch'])
    .where('custodies.state', '=', 'open')
    .where((on) =>
      on.or([
        ...(personId === null ? [] : [on('cases.person_id', '=', personId)]),
        ...(deviceId === null ? [] : [on('custodies.device_id', '=', deviceId)]),
      ]),
    )
    .orderBy('custodies.device_id')
    .execute();
  return rows.map((row) => ({ deviceId: row.device_id, epoch: row.epoch }));
}
