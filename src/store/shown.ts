/** The read model of lists: how gates stand and what blocks. Derived, never judged by, and written only when it differs. */
import { CompiledQuery, sql } from 'kysely';
import type { BlockedBy, GateStatus } from '../domain/gates.ts';
import type { Judgement } from '../domain/judgement.ts';
import { toIso } from '../domain/time.ts';
import type { Tx } from './database.ts';
import { jsonTexts } from './texts-parameter.ts';

/** How a case or a custody stands. */
export interface Standing {
  readonly gates: Readonly<Record<string, Judgement>>;
  /** Nothing, once it has ended. */
  readonly blockedBy: readonly BlockedBy[];
  /** When time alone may change what comes next, epoch milliseconds; `null`: never. */
  readonly until: number | null;
}

const SHOW_CASE = `
  update cases set gates = $2::jsonb, blocked_by = $3::jsonb, due_at = $4::timestamptz, next_at = $5::timestamptz
  where id = $1
    and (gates, blocked_by, due_at, next_at) is distinct from ($2::jsonb, $3::jsonb, $4::timestamptz, $5::timestamptz)`;

export async function showCase(tx: Tx, caseId: string, standing: Standing): Promise<void> {
  await tx.executeQuery(CompiledQuery.raw(SHOW_CASE, [caseId, ...shownOf(standing)]));
}

const SHOW_CUSTODY = `
  with before as (
    select next_at from custodies where device_id = $1 and epoch = $2
  ), shown as (
    update custodies set gates = $3::jsonb, blocked_by = $4::jsonb, due_at = $5::timestamptz, next_at = $6::timestamptz
    where device_id = $1 and epoch = $2
      and (gates, blocked_by, due_at, next_at) is distinct from ($3::jsonb, $4::jsonb, $5::timestamptz, $6::timestamptz)
  ) select next_at from before`;

/** @returns When somebody was to look again by what was shown before, ISO 8601 UTC. */
export async function showCustody(
  tx: Tx,
  deviceId: string,
  epoch: number,
  standing: Standing,
): Promise<string | null> {
  const query = CompiledQuery.raw(SHOW_CUSTODY, [deviceId, epoch, ...shownOf(standing)]);
  const { rows } = await tx.executeQuery<{ next_at: string | null }>(query);
  return rows[0]?.next_at ?? null;
}

export interface CustodyRef {
  readonly deviceId: string;
  readonly epoch: number;
}

/** Of many devices, each once. @returns By device, when somebody was to look again by what was shown before. */
export async function showCustodies(
  tx: Tx,
  custodies: readonly (CustodyRef & { readonly standing: Standing })[],
): Promise<ReadonlyMap<string, string | null>> {
  if (custodies.length === 0) return new Map();
  const shown = custodies.map(({ standing }) => shownOf(standing));
  const of = <T>(pick: (one: Shown) => T): T[] => shown.map(pick);
  const { rows } = await sql<{ device_id: string; next_at: string | null }>`
    with given as (
      select device_id, epoch, gates::jsonb, blocked_by::jsonb, due_at, next_at
      from unnest(
        ${custodies.map(({ deviceId }) => deviceId)}::text[], ${custodies.map(({ epoch }) => epoch)}::int[],
        ${jsonTexts(of(([gates]) => gates))}, ${jsonTexts(of(([, blockedBy]) => blockedBy))},
        ${of(([, , dueAt]) => dueAt)}::timestamptz[], ${of(([, , , nextAt]) => nextAt)}::timestamptz[]
      ) as given (device_id, epoch, gates, blocked_by, due_at, next_at)
    ), before as (
      select custodies.device_id, custodies.next_at from custodies join given using (device_id, epoch)
    ), shown as (
      update custodies set gates = given.gates, blocked_by = given.blocked_by, due_at = given.due_at, next_at = given.next_at
      from given
      where custodies.device_id = given.device_id and custodies.epoch = given.epoch
        and (custodies.gates, custodies.blocked_by, custodies.due_at, custodies.next_at)
          is distinct from (given.gates, given.blocked_by, given.due_at, given.next_at)
    ) select device_id, next_at from before`.execute(tx);
  return new Map(rows.map((row) => [row.device_id, row.next_at]));
}

type Shown = readonly [gates: string, blockedBy: string, dueAt: string | null, nextAt: string | null];

/** `gates` and `blocked_by` as JSON, `due_at`, `next_at`. */
function shownOf({ gates, blockedBy, until }: Standing): Shown {
  const statuses: Record<string, GateStatus> = {};
  for (const [gate, judgement] of Object.entries(gates)) statuses[gate] = judgement.status;
  return [
    JSON.stringify(statuses),
    JSON.stringify(blockedBy),
    earliestOf(blockedBy.filter((block) => !block.parked).map((block) => block.dueAt)),
    earliestOf([...blockedBy.map((block) => block.escalatesAt), until === null ? null : toIso(until)]),
  ];
}

/** The first of the times that are set: ISO 8601 UTC texts sort as times do. */
function earliestOf(times: readonly (string | null)[]): string | null {
  return times.filter((time) => time !== null).toSorted()[0] ?? null;
}
