/**
 * Serials that inventories are asked about live, since they were just scanned: queued with the scan, asked afterwards. Whoever
 * scans waits for none of it.
 */
import { sql } from 'kysely';
import type { InventorySaid } from '../domain/discrepancy.ts';
import { askingWorkflowId } from '../domain/ids.ts';
import type { Database, Reader, Tx } from './database.ts';
import { queueWakesSoon } from './outbox.ts';

/** What was scanned, in normalised form and as it was read. */
export interface ScannedSerial {
  readonly serial: string;
  readonly spelled: string;
}

/**
 * Queues a serial for every inventory: at its first scan; and again when it is scanned once more after an inventory had said
 * something else than was expected, so that a record that was put right is seen. The caller holds `lockPickup`.
 *
 * @returns Serials of those that are to be asked about now because of this.
 */
export async function queueAsks(
  tx: Tx,
  pickupId: string,
  units: readonly ScannedSerial[],
  inventories: readonly string[],
  now: Date,
): Promise<ReadonlySet<string>> {
  if (units.length === 0 || inventories.length === 0) return new Set();
  const bySerial = new Map(units.map((unit) => [unit.serial, unit.spelled]));
  const { rows } = await sql<{ serial: string; connector: string; others: boolean }>`
    with inventories as (
      select connector, exists (
        select from inventory_asks where pickup_id = ${pickupId} and inventory_asks.connector = configured.connector and waiting
      ) as others
      from unnest(${[...inventories]}::text[]) as configured (connector)
    ), queued as (
      insert into inventory_asks (pickup_id, serial, spelled, connector, queued_at)
      select ${pickupId}, serial, spelled, connector, ${now}
      from inventories, unnest(${[...bySerial.keys()]}::text[], ${[...bySerial.values()]}::text[]) as units (serial, spelled)
      on conflict (pickup_id, serial, connector) do update
        set waiting = true, queued_at = excluded.queued_at, failed_at = null, failure = null
        where not inventory_asks.waiting
          and (inventory_asks.known is not true or inventory_asks.differs <> '[]'::jsonb)
      returning serial, connector
    )
    select serial, connector, others from queued join inventories using (connector)`.execute(tx);
  // Where others of this pickup wait, whoever asks about them sees these as well: it takes the pickup's lock after each.
  const fresh = new Set(rows.filter((row) => !row.others).map((row) => row.connector));
  await queueWakesSoon(
    tx,
    [...fresh].map((connector) => ({
      workflowId: askingWorkflowId(connector),
      workflowType: 'inventoryAsking' as const,
    })),
  );
  return new Set(rows.map((row) => row.serial));
}

export interface WaitingAsk extends ScannedSerial {
  readonly pickupId: string;
}

/** What one inventory is still to be asked about, in the order of the scans. */
export async function waitingAsks(
  db: Reader,
  connector: string,
  limit: number,
): Promise<readonly WaitingAsk[]> {
  const rows = await db
    .selectFrom('inventory_asks')
    .select(['pickup_id', 'serial', 'spelled'])
    .where('connector', '=', connector)
    .where('waiting', '=', true)
    .orderBy('queued_at')
    .orderBy('pickup_id')
    .orderBy('serial')
    .limit(limit)
    .execute();
  return rows.map(({ pickup_id: pickupId, serial, spelled }) => ({ pickupId, serial, spelled }));
}

/** An inventory that answers nobody now: what waits for it goes on waiting, and shows why. */
export async function noteSilence(db: Database, connector: string, failure: string, now: Date) {
  await db
    .updateTable('inventory_asks')
    .set({ failed_at: now, failure })
    .where('connector', '=', connector)
    .where('waiting', '=', true)
    .execute();
}

/** What an inventory said of one serial; `null`: of this one it says nothing that can be read, and is not asked again. */
export interface LiveAnswer {
  readonly serial: string;
  readonly answer: { readonly known: boolean; readonly differs: readonly InventorySaid[] } | null;
  /** Why there is no answer. */
  readonly failure: string | null;
}

/** Keeps answers, each once. The caller holds `lockPickup`. @returns The serials that were still waiting. */
export async function keepAnswers(
  tx: Tx,
  pickupId: string,
  connector: string,
  answers: readonly LiveAnswer[],
  now: Date,
): Promise<ReadonlySet<string>> {
  const column = <T>(of: (one: LiveAnswer) => T): T[] => answers.map(of);
  const { rows } = await sql<{ serial: string }>`
    update inventory_asks set waiting = false,
      failed_at = case when given.failure is null then null else ${now}::timestamptz end,
      failure = given.failure,
      answered_at = case when given.known is null then answered_at else ${now}::timestamptz end,
      known = coalesce(given.known, inventory_asks.known),
      differs = coalesce(given.differs, inventory_asks.differs)
    from unnest(
      ${column(({ serial }) => serial)}::text[],
      ${column(({ answer }) => answer?.known ?? null)}::boolean[],
      ${column(({ answer }) => (answer === null ? null : JSON.stringify(answer.differs)))}::jsonb[],
      ${column(({ failure }) => failure)}::text[]
    ) as given (serial, known, differs, failure)
    where pickup_id = ${pickupId} and connector = ${connector} and inventory_asks.serial = given.serial and waiting
    returning inventory_asks.serial`.execute(tx);
  return new Set(rows.map((row) => row.serial));
}

/** What all inventories together say of a serial. */
export interface InventoryWord {
  readonly serial: string;
  /** Whether one of them has a record; `false` only when each has said that it has none; `null`: some have not answered. */
  readonly known: boolean | null;
  readonly differs: readonly (InventorySaid & { readonly connector: string })[];
  /** Each has answered since it was last queued. */
  readonly isWhole: boolean;
}

/** By serial; those that nobody was asked about are absent. */
export async function wordsOf(
  db: Reader,
  pickupId: string,
  serials: readonly string[],
): Promise<ReadonlyMap<string, InventoryWord>> {
  if (serials.length === 0) return new Map();
  const rows = await db
    .selectFrom('inventory_asks')
    .select(['serial', 'connector', 'waiting', 'known', 'failure', 'differs'])
    .where('pickup_id', '=', pickupId)
    .where(sql<boolean>`serial = any(${[...serials]}::text[])`)
    .orderBy('connector')
    .execute();
  const bySerial = Map.groupBy(rows, (row) => row.serial);
  return new Map(
    [...bySerial].map(([serial, all]) => {
      const none = all.every(({ known }) => known === false) ? false : null;
      const known = all.some((row) => row.known === true) ? true : none;
      const differs = all.flatMap(({ connector, differs: said }) =>
        said.map((one) => ({ ...one, connector })),
      );
      const isWhole = all.every((row) => !row.waiting && row.known !== null && row.failure === null);
      return [serial, { serial, known, differs, isWhole }];
    }),
  );
}

/** Whether an answer is still on its way: asked for since then, and no inventory has failed to give it. */
export async function isBeingAsked(db: Reader, pickupId: string, since: Date): Promise<boolean> {
  const { rows } = await sql`
    select from inventory_asks
    where pickup_id = ${pickupId} and waiting and failed_at is null and queued_at > ${since} limit 1`.execute(
    db,
  );
  return rows.length > 0;
}

/** After the handover nobody is asked any more. @returns How many of these serials an inventory has said nothing about. */
export async function endAsks(tx: Tx, pickupId: string, serials: readonly string[]): Promise<number> {
  await tx
    .updateTable('inventory_asks')
    .set({ waiting: false })
    .where('pickup_id', '=', pickupId)
    .where('waiting', '=', true)
    .execute();
  const { unanswered } = await tx
    .selectFrom('inventory_asks')
    .select(sql<number>`count(distinct serial)`.as('unanswered'))
    .where('pickup_id', '=', pickupId)
    .where('answered_at', 'is', null)
    .where(sql<boolean>`serial = any(${[...serials]}::text[])`)
    .executeTakeFirstOrThrow();
  return unanswered;
}
