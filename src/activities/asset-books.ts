/** Reads the books of every inventory, page by page, to be held against receipts, certificates and dispositions. */
import type { Asset } from '../adapters/inventory/port.ts';
import { reconciliationOf } from '../domain/reconciliation-policy.ts';
import { normaliseSerial } from '../domain/serial.ts';
import { policyInForce } from '../store/policy-in-force.ts';
import {
  abandonReconciliation,
  keepRecords,
  nextPage,
  partsOf,
  runUnderWay,
  startReconciliation,
} from '../store/reconciliations.ts';
import type { ReadRecord } from '../store/reconciliations.ts';
import { readPolicy } from '../store/rule-facts.ts';
import { inTransaction } from '../store/transactions.ts';
import { connectorOf } from './context.ts';
import type { EngineContext } from './context.ts';
import { withHealth } from './with-health.ts';

export interface ReconciliationRef {
  readonly reconciliationId: string;
}

/** What a run still has to read, and how long that may take from now on, milliseconds. */
export interface ReconciliationPlan {
  readonly connectors: readonly string[];
  readonly withinMs: number;
}

/** Texts of an inventory are shown and kept, so there is an end to them. */
const LONGEST = 256;

/** Begins a run over every inventory, as the schedule does. One that is under way is joined. */
export async function startScheduled({ db, connectors, clock }: EngineContext): Promise<void> {
  const names = [...connectors.inventory.keys()];
  await inTransaction(db, (tx) => startReconciliation(tx, { connectors: names, by: 'handback' }, clock()));
}

/** @returns What is left to read; `null` when the run is over. */
export async function planReconciliation(
  { db, clock }: EngineContext,
  { reconciliationId }: ReconciliationRef,
): Promise<ReconciliationPlan | null> {
  const run = await runUnderWay(db, reconciliationId);
  if (run === null) return null;
  const { dueMs } = reconciliationOf(await readPolicy(db, run.policy_digest));
  const left = Date.parse(run.started_at) + dueMs - clock().getTime();
  const parts = await partsOf(db, reconciliationId);
  const connectors = parts.filter((part) => part.finished_at === null).map((part) => part.connector);
  return { connectors, withinMs: Math.max(1_000, left) };
}

/** Reads one inventory to its end; after a crash it goes on with the page that it was at. */
export async function readBooks(
  context: EngineContext,
  { connector, reconciliationId }: ReconciliationRef & { readonly connector: string },
): Promise<void> {
  const { port } = connectorOf(context.connectors.inventory, connector);
  await withHealth(context, connector, async () => {
    for (;;) {
      const part = await nextPage(context.db, reconciliationId, connector);
      if (part === null) return;
      const readAt = context.clock();
      const page = await port.listAssets(part.cursor);
      const items = page.items.map(recordOf);
      await keepRecords(context.db, { reconciliationId, connector }, { items, next: page.next }, readAt);
    }
  });
}

function recordOf(asset: Asset): ReadRecord {
  const { closedOn = null, licences = null, depreciating = null, disposition } = asset.books ?? {};
  return {
    externalId: asset.externalId,
    serial: normaliseSerial(asset.serial) ?? '',
    state: asset.state,
    label: shortened(asset.label),
    reference: asset.disposalReference === null ? null : shortened(asset.disposalReference),
    closedOn: closedOn === null ? null : shortened(closedOn),
    disposition: disposition === undefined ? null : shortened(disposition ?? ''),
    licences,
    depreciating,
  };
}

/** Without the one character that the database refuses. */
function shortened(text: string): string {
  return text.replaceAll('\0', '').slice(0, LONGEST);
}

/** The inventories did not answer whole in the policy's time. */
export async function abandonAssets(
  { db, clock }: EngineContext,
  { reconciliationId }: ReconciliationRef,
): Promise<void> {
  const { policy } = await policyInForce(db);
  await inTransaction(db, (tx) =>
    abandonReconciliation(tx, reconciliationId, policy.exceptions.dueMs, clock()),
  );
}
