/**
 * The outbox: which workflows must look again, written in the transaction that gave them the reason. A relay in the worker
 * starts or wakes them.
 */
import { sql } from 'kysely';
import type { Database, Tx } from './database.ts';

/** The workflow types by their registered names; the id says which subject. */
export type WorkflowType = 'offboardingCase' | 'deviceCustody' | 'itadPickup' | 'connectorIntake';

export interface Wake {
  readonly workflowId: string;
  readonly workflowType: WorkflowType;
}

/** Channel of the database's own notifications, so that the relay need not wait for its next look. */
export const OUTBOX_CHANNEL = 'handback_outbox';

/** Queues wakes. Many for one workflow become one signal. */
export async function queueWakes(tx: Tx, wakes: readonly Wake[]): Promise<void> {
  if (wakes.length === 0) return;
  const [ids, types] = [wakes.map((wake) => wake.workflowId), wakes.map((wake) => wake.workflowType)];
  await sql`
    with queued as (
      insert into outbox (workflow_id, workflow_type)
      select workflow_id, workflow_type from unnest(${ids}::text[], ${types}::text[]) as wakes (workflow_id, workflow_type)
    ) select pg_notify(${OUTBOX_CHANNEL}, '')`.execute(tx);
}

/**
 * Takes a batch and hands it on, each workflow once; rows go when `deliver` has resolved. After a crash in between they are
 * delivered again, which is harmless.
 *
 * @returns How many rows went.
 */
export async function relayBatch(
  db: Database,
  deliver: (wake: Wake) => Promise<void>,
  limit = 200,
): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ workflow_id: string; workflow_type: WorkflowType }>`
      delete from outbox where id in (select id from outbox order by id for update skip locked limit ${limit})
      returning workflow_id, workflow_type`.execute(tx);
    const wakes = new Map(rows.map((row) => [row.workflow_id, row.workflow_type]));
    await Promise.all([...wakes].map(([workflowId, workflowType]) => deliver({ workflowId, workflowType })));
    return rows.length;
  });
}
