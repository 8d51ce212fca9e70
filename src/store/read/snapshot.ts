import { sql } from 'kysely';
import type { Database, Tx } from '../database.ts';

/** Reads several things as of one moment. */
export async function snapshot<T>(db: Database, read: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(read);
}

/** The same over two connections that see the same moment, for what is worth reading side by side. */
export async function snapshotBeside<T>(db: Database, read: (tx: Tx, beside: Tx) => Promise<T>): Promise<T> {
  return snapshot(db, async (tx) => {
    const { rows } = await sql<{ id: string }>`select pg_export_snapshot() as id`.execute(tx);
    const [exported] = rows;
    if (exported === undefined) throw new Error('no snapshot was exported');
    return snapshot(db, async (beside) => {
      // Takes no parameter; the name is the server's own.
      await sql`set transaction snapshot ${sql.lit(exported.id)}`.execute(beside);
      return read(tx, beside);
    });
  });
}
