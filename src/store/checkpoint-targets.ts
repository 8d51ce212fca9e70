/** How far each place outside has the checkpoints. */
import type { Selectable } from 'kysely';
import type { StoredCheckpoint } from './checkpoints.ts';
import type { Reader } from './database.ts';
import type { Schema } from './schema.ts';

export type TargetState = Readonly<Selectable<Schema['checkpoint_targets']>>;

export async function readTargets(db: Reader): Promise<readonly TargetState[]> {
  return db.selectFrom('checkpoint_targets').selectAll().orderBy('target').execute();
}

/** The checkpoints that a place does not have yet, the oldest first. */
export async function unpublished(
  db: Reader,
  target: string,
  limit: number,
): Promise<readonly StoredCheckpoint[]> {
  return db
    .selectFrom('ledger_checkpoints')
    .selectAll()
    .where('id', '>', (of) =>
      of.fn.coalesce(
        of.selectFrom('checkpoint_targets').select('checkpoint_id').where('target', '=', target),
        of.val(0),
      ),
    )
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** Two workers may say so at once: the later checkpoint stands. */
export async function recordPublished(
  db: Reader,
  target: string,
  checkpointId: number,
  now: Date,
): Promise<void> {
  await db
    .insertInto('checkpoint_targets')
    .values({ target, checkpoint_id: checkpointId, published_at: now })
    .onConflict((at) =>
      at.column('target').doUpdateSet((of) => ({
        checkpoint_id: of.fn('greatest', ['checkpoint_targets.checkpoint_id', 'excluded.checkpoint_id']),
        published_at: now,
        failed_at: null,
        failure: null,
      })),
    )
    .execute();
}

/** @param failure A code or the name of an error, never a text from outside. */
export async function recordUnpublished(
  db: Reader,
  target: string,
  failure: string,
  now: Date,
): Promise<void> {
  await db
    .insertInto('checkpoint_targets')
    .values({ target, checkpoint_id: null, failed_at: now, failure })
    .onConflict((at) => at.column('target').doUpdateSet({ failed_at: now, failure }))
    .execute();
}

/** Whether this very checkpoint is one that we keep. */
export async function isKept(db: Reader, note: string): Promise<boolean> {
  const row = await db
    .selectFrom('ledger_checkpoints')
    .select('id')
    .where('note', '=', note)
    .executeTakeFirst();
  return row !== undefined;
}
