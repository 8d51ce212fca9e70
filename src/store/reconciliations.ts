/** Runs of the books held against our records: begun, read page by page, given up. What is judged: `reconciliation-judged.ts`. */
import { sql } from 'kysely';
import { RECONCILIATION_STREAM } from '../domain/fact.ts';
import { reconciliationWorkflowId } from '../domain/ids.ts';
import type { BookState } from '../domain/reconciliation.ts';
import type { Database, Reader, Tx } from './database.ts';
import { openExceptionAgain } from './exceptions.ts';
import { appendFacts } from './facts.ts';
import { newId } from './ids.ts';
import { queueStarts } from './outbox.ts';
import { policyInForce } from './policy-in-force.ts';
import { inTransaction } from './transactions.ts';

/** One record of an inventory, without whoever holds it. */
export interface ReadRecord {
  readonly externalId: string;
  /** In normalised form; empty where there is none that can be a key. */
  readonly serial: string;
  readonly state: BookState;
  readonly label: string;
  readonly reference: string | null;
  readonly closedOn: string | null;
  /** Empty where its place is, `null` where there is no place for it. */
  readonly disposition: string | null;
  readonly licences: number | null;
  readonly depreciating: boolean | null;
}

/** Begins a run over these inventories, or joins the one that is under way. @returns Its id. */
export async function startReconciliation(
  tx: Tx,
  { connectors, by }: { readonly connectors: readonly string[]; readonly by: string },
  now: Date,
): Promise<string> {
  const { digest } = await policyInForce(tx);
  const id = newId('reconciliation');
  const begun = await tx
    .insertInto('asset_reconciliations')
    .values({ id, started_at: now, asked_by: by, policy_digest: digest })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (begun === undefined) {
    const running = await tx
      .selectFrom('asset_reconciliations')
      .select('id')
      .where('finished_at', 'is', null)
      .executeTakeFirst();
    // It may have ended between the two statements.
    return running?.id ?? startReconciliation(tx, { connectors, by }, now);
  }
  if (connectors.length > 0)
    await tx
      .insertInto('asset_reconciliation_parts')
      .values(connectors.map((connector) => ({ reconciliation_id: id, connector, cursor: null })))
      .execute();
  const fact = {
    stream: RECONCILIATION_STREAM,
    key: `reconciliation.started:${id}`,
    type: 'reconciliation.started',
    actor: by,
    data: { reconciliationId: id, connectors: connectors.toSorted() },
  } as const;
  await appendFacts(tx, [fact], now);
  await queueStarts(tx, [{ workflowId: reconciliationWorkflowId(id), workflowType: 'reconcileAssets' }]);
  return id;
}

/** The run as activities need it; `null` when it is over, or there is none. */
export async function runUnderWay(db: Reader, id: string) {
  const row = await db
    .selectFrom('asset_reconciliations')
    .select(['id', 'started_at', 'read_at', 'judged_to', 'policy_digest'])
    .where('id', '=', id)
    .where('finished_at', 'is', null)
    .executeTakeFirst();
  return row ?? null;
}

/** The same, held to the end of the transaction: of two that judge it, one waits, and goes on where the other was. */
export async function lockRun(tx: Tx, id: string): Promise<RunUnderWay | null> {
  await sql`select from asset_reconciliations where id = ${id} for update`.execute(tx);
  return runUnderWay(tx, id);
}

export type RunUnderWay = NonNullable<Awaited<ReturnType<typeof runUnderWay>>>;

/** The inventories of a run, and how far each is read. */
export async function partsOf(db: Reader, id: string) {
  return db
    .selectFrom('asset_reconciliation_parts')
    .selectAll()
    .where('reconciliation_id', '=', id)
    .orderBy('connector')
    .execute();
}

/** The page to be read next; `null` when that inventory is read, or the run is over. */
export async function nextPage(
  db: Reader,
  id: string,
  connector: string,
): Promise<{ readonly cursor: string | null } | null> {
  const row = await db
    .selectFrom('asset_reconciliation_parts as part')
    .innerJoin('asset_reconciliations as run', 'run.id', 'part.reconciliation_id')
    .select('part.cursor')
    .where('part.reconciliation_id', '=', id)
    .where('part.connector', '=', connector)
    .where('part.finished_at', 'is', null)
    .where('run.finished_at', 'is', null)
    .executeTakeFirst();
  return row ?? null;
}

/** Keeps a page, and where the next one begins, unless the run is over. A record that comes twice is kept as it was last read. */
export async function keepRecords(
  db: Database,
  part: { readonly reconciliationId: string; readonly connector: string },
  page: { readonly items: readonly ReadRecord[]; readonly next: string | null },
  /** Just before the page was asked for. */
  readAt: Date,
): Promise<void> {
  const { reconciliationId, connector } = part;
  const items = [...new Map(page.items.map((item) => [item.externalId, item])).values()];
  await inTransaction(db, async (tx) => {
    const run = await sql`
      select from asset_reconciliations where id = ${reconciliationId} and finished_at is null for share`.execute(
      tx,
    );
    if (run.rows.length === 0) return;
    await sql`
      insert into asset_records (reconciliation_id, connector, external_id, serial, state, label, reference, closed_on, disposition, licences, depreciating, read_at)
      select ${reconciliationId}, ${connector}, item."externalId", item.serial, item.state, item.label, item.reference, item."closedOn", item.disposition,
        item.licences, item.depreciating, ${readAt}
      from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) as item ("externalId" text, serial text, state text, label text,
        reference text, "closedOn" text, disposition text, licences integer, depreciating boolean)
      on conflict (reconciliation_id, connector, external_id) do update set serial = excluded.serial, state = excluded.state,
        label = excluded.label, reference = excluded.reference, closed_on = excluded.closed_on, licences = excluded.licences,
        disposition = excluded.disposition, depreciating = excluded.depreciating, read_at = excluded.read_at`.execute(
      tx,
    );
    await tx
      .updateTable('asset_reconciliation_parts')
      .set((row) => ({
        cursor: page.next,
        assets_read: row('assets_read', '+', page.items.length),
        finished_at: page.next === null ? readAt : null,
      }))
      .where('reconciliation_id', '=', reconciliationId)
      .where('connector', '=', connector)
      .execute();
  });
}

/** Ends a run that was not read whole in its time: nothing of it is judged, and somebody is to find out why. */
export async function abandonReconciliation(tx: Tx, id: string, dueMs: number, now: Date): Promise<void> {
  const run = await tx
    .updateTable('asset_reconciliations')
    .set({ finished_at: now, outcome: 'abandoned' })
    .where('id', '=', id)
    .where('finished_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (run === undefined) return;
  const parts = await partsOf(tx, id);
  const connectors = parts.filter((part) => part.finished_at === null).map((part) => part.connector);
  const fact = {
    stream: RECONCILIATION_STREAM,
    key: `reconciliation.abandoned:${id}`,
    type: 'reconciliation.abandoned',
    actor: 'handback',
    data: { reconciliationId: id, connectors },
  } as const;
  await appendFacts(tx, [fact], now);
  const raised = {
    stream: RECONCILIATION_STREAM,
    code: 'reconciliation-abandoned',
    gate: null,
    round: 0,
    owner: 'operator',
    blocking: false,
    dueAt: new Date(now.getTime() + dueMs),
    caseId: null,
    deviceId: null,
    occurrence: 'unanswered',
  };
  const exceptionId = await openExceptionAgain(tx, raised, now);
  await tx
    .updateTable('exceptions')
    .set({ reason: `run ${id}, not answered: ${connectors.join(', ')}` })
    .where('id', '=', exceptionId)
    .execute();
  await dropRecords(tx, id);
}

/** What was read has done its work. */
export async function dropRecords(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('asset_records').where('reconciliation_id', '=', id).execute();
}
