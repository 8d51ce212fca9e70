/** Backfills: what was asked for, and how far each provider is. */
import { backfillWorkflowId } from '../domain/ids.ts';
import type { Database, Reader, Tx } from './database.ts';
import { newId } from './ids.ts';
import { queueStarts } from './outbox.ts';

/** Begins a backfill at these identity providers. @returns Its id. */
export async function startBackfill(
  tx: Tx,
  {
    since,
    connectors,
    by,
  }: { readonly since: Date; readonly connectors: readonly string[]; readonly by: string },
  now: Date,
): Promise<string> {
  const id = newId('backfill');
  await tx.insertInto('backfills').values({ id, since, requested_by: by, requested_at: now }).execute();
  if (connectors.length === 0) return id;
  await tx
    .insertInto('backfill_parts')
    .values(connectors.map((connector) => ({ backfill_id: id, connector, cursor: null })))
    .execute();
  await queueStarts(
    tx,
    connectors.map((connector) => ({
      workflowId: backfillWorkflowId(id, connector),
      workflowType: 'backfillLeavers' as const,
    })),
  );
  return id;
}

export interface BackfillPart {
  readonly since: string;
  readonly cursor: string | null;
  readonly finished: boolean;
}

export async function readBackfillPart(
  db: Reader,
  backfillId: string,
  connector: string,
): Promise<BackfillPart | null> {
  const row = await db
    .selectFrom('backfill_parts')
    .innerJoin('backfills', 'backfills.id', 'backfill_parts.backfill_id')
    .select(['backfills.since', 'backfill_parts.cursor', 'backfill_parts.finished_at'])
    .where('backfill_id', '=', backfillId)
    .where('connector', '=', connector)
    .executeTakeFirst();
  return row === undefined
    ? null
    : { since: row.since, cursor: row.cursor, finished: row.finished_at !== null };
}

/** What one page of accounts came to. */
export interface BackfillProgress {
  readonly accounts: number;
  readonly leavers: number;
  readonly opened: number;
  readonly unclear: number;
  /** Of the next page; `null` = that was the last. */
  readonly cursor: string | null;
}

export async function recordProgress(
  db: Database,
  backfillId: string,
  connector: string,
  progress: BackfillProgress,
  now: Date,
): Promise<void> {
  await db
    .updateTable('backfill_parts')
    .set((row) => ({
      cursor: progress.cursor,
      accounts_seen: row('accounts_seen', '+', progress.accounts),
      leavers_seen: row('leavers_seen', '+', progress.leavers),
      cases_opened: row('cases_opened', '+', progress.opened),
      unclear: row('unclear', '+', progress.unclear),
      finished_at: progress.cursor === null ? now : null,
    }))
    .where('backfill_id', '=', backfillId)
    .where('connector', '=', connector)
    .execute();
}

export async function readBackfill(db: Reader, id: string) {
  const backfill = await db.selectFrom('backfills').selectAll().where('id', '=', id).executeTakeFirst();
  if (backfill === undefined) return null;
  const parts = await db
    .selectFrom('backfill_parts')
    .selectAll()
    .where('backfill_id', '=', id)
    .orderBy('connector')
    .execute();
  return { ...backfill, parts };
}
