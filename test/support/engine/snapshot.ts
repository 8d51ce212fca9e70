/** The ledger's tables as one moment shows them. */
import { sql } from 'kysely';
import type { Database } from '../../../src/store/database.ts';

export function readSnapshot(db: Database) {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (tx) => {
      const facts = await tx
        .selectFrom('facts')
        .select(['id', 'stream', 'seq', 'key', 'digest', 'body_digest', 'canonical'])
        .orderBy('stream')
        .orderBy('seq')
        .execute();
      const leaves = await tx.selectFrom('ledger_leaves').selectAll().orderBy('leaf_index').execute();
      const head = await tx.selectFrom('ledger_head').select(['size', 'root']).executeTakeFirstOrThrow();
      const streams = await tx.selectFrom('streams').selectAll().execute();
      const { rows } = await sql<{ pending: number }>`select count(*) as pending from ledger_pending`.execute(
        tx,
      );
      return { facts, leaves, head, streams, pending: Number(rows[0]?.pending) };
    });
}
