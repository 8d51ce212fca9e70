/** What inventories were asked live about a pickup's units, as pages show it. */
import { sql } from 'kysely';
import { INVENTORY_DIFFERENCES } from '../../domain/discrepancy.ts';
import type { Reader } from '../database.ts';

/** What an inventory's live word may open. */
export const ASKED_DIFFERENCES = [...INVENTORY_DIFFERENCES, 'count-not-in-inventory'] as const;
export type AskedDifference = (typeof ASKED_DIFFERENCES)[number];

export interface AskedSummary {
  /** Serials that were put to the inventories. */
  readonly asked: number;
  /** Of them still waiting for an answer. */
  readonly waiting: number;
  /** Of them with no answer of some inventory, for whatever reason. */
  readonly unanswered: number;
  /** When an inventory answered last. */
  readonly answeredAt: string | null;
  /** Inventories that failed to answer the last time, with the code. */
  readonly silent: readonly { readonly connector: string; readonly failure: string }[];
}

export async function askedSummary(db: Reader, pickupId: string): Promise<AskedSummary> {
  const { rows } = await sql<Omit<AskedSummary, 'silent'>>`
    select count(distinct serial) as asked,
      count(distinct serial) filter (where waiting) as waiting,
      count(distinct serial) filter (where answered_at is null) as unanswered,
      max(answered_at) as "answeredAt"
    from inventory_asks where pickup_id = ${pickupId}`.execute(db);
  const { rows: silent } = await sql<{ connector: string; failure: string }>`
    select distinct connector, failure from inventory_asks
    where pickup_id = ${pickupId} and failure is not null order by connector, failure`.execute(db);
  const [summary = { asked: 0, waiting: 0, unanswered: 0, answeredAt: null }] = rows;
  return { ...summary, silent };
}

export interface AskedSerial {
  readonly serial: string;
  /** Whether an inventory has a record; `null`: not all have said so. */
  readonly known: boolean | null;
  readonly waiting: boolean;
  /** The oldest of the inventories' answers; `null`: one of them has given none. */
  readonly asOf: string | null;
  /** What is open because of what they said. */
  readonly differences: readonly { readonly kind: AskedDifference; readonly exceptionId: string }[];
}

/** In the order of serials. `after`: where the page before ended. `differing`: only those with something open. */
export async function listAsked(
  db: Reader,
  pickupId: string,
  differing: boolean,
  after: string | null,
  limit: number,
): Promise<readonly AskedSerial[]> {
  const { rows } = await sql<AskedSerial>`
    with open as (
      select found.serial, json_agg(json_build_object('kind', found.kind, 'exceptionId', found.exception_id) order by found.kind) as differences
      from pickup_discrepancies as found join exceptions on exceptions.id = found.exception_id
      where found.pickup_id = ${pickupId} and found.kind = any(${[...ASKED_DIFFERENCES]}::text[]) and exceptions.resolved_at is null
      group by found.serial
    )
    select asks.serial, bool_or(asks.waiting) as waiting,
      case when bool_or(asks.known) then true when bool_and(asks.known is not null) then false end as known,
      case when bool_and(asks.answered_at is not null) then min(asks.answered_at) end as "asOf",
      coalesce((select differences from open where open.serial = asks.serial), '[]') as differences
    from inventory_asks as asks
    where asks.pickup_id = ${pickupId} and (${after}::text is null or asks.serial > ${after})
      and (not ${differing}::boolean or asks.serial in (select serial from open))
    group by asks.serial order by asks.serial limit ${limit}`.execute(db);
  return rows;
}
