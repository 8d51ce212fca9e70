/** Releasing a wipe limit that was reached: asked for by one person, done by another. The database holds it too. */
import type { Tx } from './database.ts';
import { freeHeldWipes } from './held-wipes.ts';

export type ReleaseOutcome =
  | { readonly kind: 'released'; readonly freed: number }
  /** It is not tripped: nothing to release. */
  | { readonly kind: 'not-tripped' }
  /** Nobody has asked for it since it tripped. */
  | { readonly kind: 'not-requested' }
  /** The same person asked for it. */
  | { readonly kind: 'same-person' };

/** @returns Whether the limit is tripped; otherwise nothing is noted. */
export async function requestRelease(tx: Tx, by: string, now: Date): Promise<boolean> {
  const row = await lockLimit(tx);
  if (!isTripped(row)) return false;
  await tx
    .updateTable('wipe_limits')
    .set({ release_requested_at: now, release_requested_by: by, released_by: null })
    .where('scope', '=', 'all')
    .execute();
  return true;
}

/** Releases the limit and frees what it holds. The window starts anew. */
export async function releaseLimit(tx: Tx, by: string, now: Date): Promise<ReleaseOutcome> {
  const row = await lockLimit(tx);
  if (!isTripped(row)) return { kind: 'not-tripped' };
  const asked = row.release_requested_at;
  if (
    row.release_requested_by === null ||
    asked === null ||
    (row.tripped_at !== null && asked < row.tripped_at)
  )
    return { kind: 'not-requested' };
  if (row.release_requested_by === by) return { kind: 'same-person' };
  await tx
    .updateTable('wipe_limits')
    .set({ released_at: now, released_by: by })
    .where('scope', '=', 'all')
    .execute();
  return { kind: 'released', freed: await freeHeldWipes(tx, by, now) };
}

function lockLimit(tx: Tx) {
  return tx
    .selectFrom('wipe_limits')
    .selectAll()
    .where('scope', '=', 'all')
    .forUpdate()
    .executeTakeFirstOrThrow();
}

function isTripped(row: {
  readonly tripped_at: string | null;
  readonly released_at: string | null;
}): boolean {
  return row.tripped_at !== null && (row.released_at === null || row.released_at < row.tripped_at);
}
