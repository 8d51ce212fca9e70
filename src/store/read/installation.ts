/** How the installation as a whole stands: connectors, switches, the wipe limit, the ledger. */
import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { Policy } from '../../domain/policy.ts';
import type { Reader } from '../database.ts';
import { allowedIn, isTripped } from '../../domain/wipe-limit.ts';
import { countWipes } from '../wipe-count.ts';
import type { Schema } from '../schema.ts';

export async function readConnectorStates(
  db: Reader,
): Promise<ReadonlyMap<string, Selectable<Schema['connector_state']>>> {
  const rows = await db.selectFrom('connector_state').selectAll().execute();
  return new Map(rows.map((row) => [row.connector, row]));
}

export async function readKillSwitch(db: Reader): Promise<Selectable<Schema['switches']>> {
  return db.selectFrom('switches').selectAll().where('name', '=', 'kill').executeTakeFirstOrThrow();
}

export interface WipeLimitStanding {
  /** Commands that count in the present window. */
  readonly used: number;
  /** In the last 24 hours, or since the last release. */
  readonly usedToday: number;
  readonly allowed: number;
  readonly trippedAt: string | null;
  readonly releasedAt: string | null;
  readonly releasedBy: string | null;
  /** Everything destructive waits until somebody releases it. */
  readonly held: boolean;
}

/** As a claim would find it now, without a lock: for people to look at, never to decide by. */
export async function readWipeLimit(
  db: Reader,
  limit: Policy['wipeLimit'],
  now: Date,
): Promise<WipeLimitStanding> {
  const row = await db
    .selectFrom('wipe_limits')
    .selectAll()
    .where('scope', '=', 'all')
    .executeTakeFirstOrThrow();
  const { tripped_at: trippedAt, released_at: releasedAt } = row;
  const { recent, today, fleet } = await countWipes(db, { windowMs: limit.windowMs, releasedAt }, now);
  return {
    used: recent,
    usedToday: today,
    allowed: allowedIn(fleet, limit),
    trippedAt,
    releasedAt,
    releasedBy: row.released_by,
    held: isTripped({ trippedAt, releasedAt }),
  };
}

export interface LedgerHead {
  readonly size: number;
  /** Hex. */
  readonly root: string;
  readonly updatedAt: string;
  /** Facts that wait for their place. */
  readonly pending: number;
  /** Age of the oldest of them, seconds. */
  readonly lagSeconds: number;
}

export async function readLedgerHead(db: Reader, now: Date): Promise<LedgerHead> {
  const head = await db
    .selectFrom('ledger_head')
    .select(['size', 'root', 'updated_at'])
    .executeTakeFirstOrThrow();
  const { rows } = await sql<{ pending: number; oldest: string | null }>`
    select count(*) as pending, min(facts.at) as oldest from ledger_pending join facts on facts.id = ledger_pending.fact_id`.execute(
    db,
  );
  const [{ pending, oldest } = { pending: 0, oldest: null }] = rows;
  const lagSeconds = oldest === null ? 0 : Math.max(0, (now.getTime() - Date.parse(oldest)) / 1000);
  return {
    size: head.size,
    root: head.root.toString('hex'),
    updatedAt: head.updated_at,
    pending,
    lagSeconds,
  };
}
