/** Reading back what became of a wipe: after a lost answer, and after the silence of an Apple device. */
import type { ConnectedDevices } from '../adapters/connectors.ts';
import { deviceStream } from '../domain/fact.ts';
import { wakeCustody } from '../store/cases.ts';
import { loadCustody } from '../store/rule-facts.ts';
import { recordObservation, recordWipeResolution } from '../store/wipe-answers.ts';
import { readWipeIntent } from '../store/wipe-intents.ts';
import { connectorOf } from './context.ts';
import type { EngineContext } from './context.ts';
import { tryAgain } from './failures.ts';
import { raiseOnCustody } from './raise.ts';
import { recordOnce } from './record-once.ts';
import type { WipeOrder } from './wipe.ts';
import { inTransaction } from '../store/transactions.ts';

/**
 * Reads the device once the time of silence after an Apple wipe is over: only what was read then tells silence from not having
 * looked. A record that is gone shows no life either.
 */
export async function readSilence(context: EngineContext, order: WipeOrder): Promise<void> {
  const { deviceId, epoch, connector, approvalId } = order;
  const { port } = connectorOf(context.connectors.devices, connector);
  const intent = await readWipeIntent(context.db, approvalId);
  if (intent === null) return;
  const readAt = context.clock().toISOString();
  try {
    const device = await port.readDevice(intent.mdmId);
    const { intentId } = intent;
    await recordOnce(context, {
      stream: deviceStream(deviceId),
      key: `wipe.silence:${intentId}:${readAt}`,
      type: 'wipe.silence',
      actor: `connector:${connector}`,
      data: { epoch, intentId, connector, readAt, lastSeenAt: device?.lastSeenAt ?? null },
    });
  } catch (error) {
    throw tryAgain(context, error);
  }
}

/** Reads back, after the settling time, what became of a send whose answer was lost. */
export async function resolveWipe(context: EngineContext, order: WipeOrder): Promise<void> {
  const { deviceId, epoch, connector, approvalId } = order;
  const manager = connectorOf(context.connectors.devices, connector);
  const intent = await readWipeIntent(context.db, approvalId);
  if (intent === null || intent.sendStartedAt === null || intent.answer !== 'unknown') return;
  const { intentId, mdmId, sendStartedAt, priorWipeStartedAt } = intent;
  const target = { mdmId, sendStartedAt, priorWipeStartedAt };
  const [seen, device] = await readBack(context, manager, target);
  await inTransaction(context.db, async (tx) => {
    // A record that vanished meanwhile may have been erased: its absence proves neither, so nobody sends again by itself.
    if (seen === null && device === null) return;
    await recordWipeResolution(tx, deviceId, epoch, intentId, seen !== null, context.clock());
    if (seen !== null)
      await recordObservation(tx, { deviceId, epoch, intentId, connector }, seen, context.clock());
    await wakeCustody(tx, deviceId, epoch);
  });
  if (seen === null && device === null) await raiseUnknown(context, deviceId, epoch);
}

async function readBack(
  context: EngineContext,
  manager: ConnectedDevices,
  target: Parameters<ConnectedDevices['port']['readWipe']>[0],
) {
  try {
    return [await manager.port.readWipe(target), await manager.port.readDevice(target.mdmId)] as const;
  } catch (error) {
    throw tryAgain(context, error);
  }
}

async function raiseUnknown(context: EngineContext, deviceId: string, epoch: number): Promise<void> {
  await raiseOnCustody(context, await loadCustody(context.db, deviceId, epoch), {
    code: 'wipe-outcome-unknown',
    gate: 'wipe',
    owner: 'approver',
  });
}
