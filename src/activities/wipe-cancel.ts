/** Calling a wipe back that a hold or another proof has overtaken: tried once, and said truthfully whether it came too late. */
import { deviceStream } from '../domain/fact.ts';
import { loadCustody } from '../store/rule-facts.ts';
import { recordObservation } from '../store/wipe-answers.ts';
import { readWipeIntent } from '../store/wipe-intents.ts';
import { inTransaction } from '../store/transactions.ts';
import { connectorOf } from './context.ts';
import type { EngineContext } from './context.ts';
import { tryAgain } from './failures.ts';
import { recordOnce } from './record-once.ts';
import type { WipeOrder } from './wipe.ts';

/**
 * No device manager that is known can take a command back: then it is said so. One that the device has begun or carried out is
 * too late whatever the device manager can.
 */
export async function cancelWipe(context: EngineContext, order: WipeOrder): Promise<void> {
  const { deviceId, epoch, connector, approvalId } = order;
  const { port } = connectorOf(context.connectors.devices, connector);
  const intent = await readWipeIntent(context.db, approvalId);
  if (intent === null || intent.sendStartedAt === null) return;
  const { intentId, mdmId, sendStartedAt, priorWipeStartedAt } = intent;
  const custody = await loadCustody(context.db, deviceId, epoch);
  if (custody.cancelsTried.some(({ data }) => data.intentId === intentId)) return;
  try {
    const seen = await port.readWipe({ mdmId, sendStartedAt, priorWipeStartedAt });
    if (seen !== null)
      await inTransaction(context.db, (tx) =>
        recordObservation(tx, { deviceId, epoch, intentId, connector }, seen, context.clock()),
      );
    const isTooLate = seen !== null && seen.state !== 'pending' && seen.state !== 'cancelled';
    const outcome = seen?.state === 'cancelled' ? 'cancelled' : isTooLate ? 'too-late' : 'not-possible';
    await recordOnce(context, {
      stream: deviceStream(deviceId),
      key: `wipe.cancel-tried:${intentId}`,
      type: 'wipe.cancel-tried',
      actor: 'handback',
      data: { epoch, intentId, connector, outcome },
    });
  } catch (error) {
    throw tryAgain(context, error);
  }
}
