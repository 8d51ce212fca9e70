import { Migrator } from 'kysely/migration';
import type { Migration } from 'kysely/migration';
import * as initial from './migrations/0001-initial.ts';
import * as decisions from './migrations/0002-decisions.ts';
import * as notifications from './migrations/0003-notifications.ts';
import * as actors from './migrations/0004-actors.ts';
import * as backfills from './migrations/0005-backfills.ts';
import * as holdSources from './migrations/0006-hold-sources.ts';
import * as imports from './migrations/0007-imports.ts';
import * as dock from './migrations/0009-dock.ts';
import * as returns from './migrations/0010-returns.ts';
import * as ledgerProofs from './migrations/0011-ledger-proofs.ts';
import * as reconciliation from './migrations/0012-reconciliation.ts';
import * as personalData from './migrations/0013-personal-data.ts';
import * as labels from './migrations/0014-labels.ts';
import * as stampsAndDocuments from './migrations/0015-stamps-and-documents.ts';
import * as vendorLists from './migrations/0016-vendor-lists.ts';
import * as audits from './migrations/0017-audits.ts';
import * as pickupBooks from './migrations/0020-pickup-books.ts';
import * as lateReports from './migrations/0022-late-reports.ts';
import * as inventoryAsks from './migrations/0023-inventory-asks.ts';
import { openDatabase } from './database.ts';

/** Every migration by name, in order. Forward only: a mistake is mended by the next one. */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-initial': initial,
  '0002-decisions': decisions,
  '0003-notifications': notifications,
  '0004-actors': actors,
  '0005-backfills': backfills,
  '0006-hold-sources': holdSources,
  '0007-imports': imports,
  '0009-dock': dock,
  '0010-returns': returns,
  '0011-ledger-proofs': ledgerProofs,
  '0012-reconciliation': reconciliation,
  '0013-personal-data': personalData,
  '0014-labels': labels,
  '0015-stamps-and-documents': stampsAndDocuments,
  '0016-vendor-lists': vendorLists,
  '0017-audits': audits,
  '0020-pickup-books': pickupBooks,
  '0022-late-reports': lateReports,
  '0023-inventory-asks': inventoryAsks,
};

/**
 * Brings a database to the newest schema. Safe to run from several processes at once: the migrator takes a lock.
 *
 * @param url A PostgreSQL URL of a role that may create tables.
 * @returns Names of the migrations that were applied now.
 * @throws the database's error, when one fails; that migration is rolled back.
 */
export async function migrateToLatest(url: string): Promise<readonly string[]> {
  const db = openDatabase(url, { connections: 2 });
  try {
    const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...MIGRATIONS }) } });
    const { error, results } = await migrator.migrateToLatest();
    if (error !== undefined)
      throw error instanceof Error ? error : new Error('a migration failed', { cause: error });
    return (results ?? []).map((result) => result.migrationName);
  } finally {
    await db.destroy();
  }
}
