/** Timestamps beside the checkpoints that they are of, and how the authority is doing. */
import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { StoredCheckpoint } from './checkpoints.ts';
import type { Database, Reader } from './database.ts';
import type { Schema } from './schema.ts';

export type StoredStamp = Readonly<Selectable<Schema['checkpoint_stamps']>>;

/** The timestamp of one checkpoint; `null` while it has none. */
export async function stampOf(db: Reader, checkpointId: number): Promise<StoredStamp | null> {
  const row = await db
    .selectFrom('checkpoint_stamps')
    .selectAll()
    .where('checkpoint_id', '=', checkpointId)
    .executeTakeFirst();
  return row ?? null;
}

/**
 * Checkpoints without a timestamp, the latest first. Those from before the first timestamp have none and need none: whatever was
 * there before a stamped checkpoint existed by then, too.
 */
export async function unstamped(db: Reader, limit: number): Promise<readonly StoredCheckpoint[]> {
  return db
    .selectFrom('ledger_checkpoints')
    .selectAll()
    .where('id', '>', FIRST)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('checkpoint_stamps')
            .select('checkpoint_id')
            .whereRef('checkpoint_stamps.checkpoint_id', '=', 'ledger_checkpoints.id'),
        ),
      ),
    )
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

/** The first stamped one, or the one before the latest. */
const FIRST = sql<number>`coalesce(
  (select min(checkpoint_id) from checkpoint_stamps),
  (select max(id) - 1 from ledger_checkpoints))`;

/** Keeps a timestamp; the first one of a checkpoint stays. */
export async function keepStamp(db: Database, stamp: StoredStamp): Promise<void> {
  const { authority, stamped_at: stampedAt } = stamp;
  await db
    .insertInto('checkpoint_stamps')
    .values(stamp)
    .onConflict((at) => at.column('checkpoint_id').doNothing())
    .execute();
  await db
    .insertInto('stamp_authorities')
    .values({ authority, stamped_at: stampedAt })
    .onConflict((at) =>
      at.column('authority').doUpdateSet({ stamped_at: stampedAt, failed_at: null, failure: null }),
    )
    .execute();
}

/** @param failure A code or the name of an error, never a text from outside. */
export async function recordUnstamped(
  db: Reader,
  authority: string,
  failure: string,
  now: Date,
): Promise<void> {
  await db
    .insertInto('stamp_authorities')
    .values({ authority, failed_at: now, failure })
    .onConflict((at) => at.column('authority').doUpdateSet({ failed_at: now, failure }))
    .execute();
}

export interface StampStanding {
  readonly authority: string;
  readonly stampedAt: string | null;
  readonly failedAt: string | null;
  readonly failure: string | null;
  /** Checkpoints that wait for a timestamp. */
  readonly waiting: number;
}

/** How each authority that was ever asked is doing. */
export async function readStampStandings(db: Reader): Promise<readonly StampStanding[]> {
  const rows = await db
    .selectFrom('stamp_authorities')
    .selectAll()
    .select(
      sql<number>`(select count(*) from ledger_checkpoints where id > ${FIRST}
        and not exists (select from checkpoint_stamps where checkpoint_id = ledger_checkpoints.id))`.as(
        'waiting',
      ),
    )
    .orderBy('authority')
    .execute();
  return rows.map(({ authority, stamped_at: stampedAt, failed_at: failedAt, failure, waiting }) => ({
    authority,
    stampedAt,
    failedAt,
    failure,
    waiting,
  }));
}
