/** Holds the books against our records. Workflow id `assets:<reconciliation id>`. */
import { isCancellation, workflowInfo } from '@temporalio/workflow';
import { booksOf, lasting, ordinary } from './activity-options.ts';
import { listen } from './waking.ts';

export async function reconcileAssets(): Promise<void> {
  listen();
  const [, reconciliationId = ''] = workflowInfo().workflowId.split(':');
  const plan = await ordinary.planReconciliation({ reconciliationId });
  if (plan === null) return;
  try {
    const { connectors, withinMs } = plan;
    await Promise.all(
      connectors.map((connector) => booksOf(connector, withinMs).readBooks({ connector, reconciliationId })),
    );
  } catch (error) {
    if (isCancellation(error)) throw error;
    // Not read whole in its time: it is not judged, and says so.
    await ordinary.abandonAssets({ reconciliationId });
    return;
  }
  await lasting.judgeAssets({ reconciliationId });
}

/** The schedule's own: it begins a run like anybody else. */
export async function startAssetReconciliation(): Promise<void> {
  await ordinary.startScheduled();
}
