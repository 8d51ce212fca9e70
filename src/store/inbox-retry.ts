import { sql } from 'kysely';
import { intakeWorkflowId } from '../domain/ids.ts';
import type { Database } from './database.ts';
import { queueWakes } from './outbox.ts';
import { inTransaction } from './transactions.ts';

/** Has a quarantined delivery read again. @returns `null` when there is none. */
export async function retryDelivery(db: Database, id: number): Promise<'retried' | 'not-quarantined' | null> {
  return inTransaction(db, async (tx) => {
    const row = await tx
      .selectFrom('inbox')
      .select(['connector', 'state'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) return null;
    if (row.state !== 'quarantined') return 'not-quarantined';
    await tx
      .updateTable('inbox')
      .set({ state: 'new', reason: null, attempts: 0, next_attempt_at: sql<string>`now()` })
      .where('id', '=', id)
      .execute();
    await queueWakes(tx, [{ workflowId: intakeWorkflowId(row.connector), workflowType: 'connectorIntake' }]);
    return 'retried';
  });
}
