/** Letting a device go after its data is proven gone: each step is asked for, and read back; only what is read counts. */
import { ConnectorError } from '../adapters/errors.ts';
import type { ConnectedDevices } from '../adapters/connectors.ts';
import type { CustodyState } from '../domain/custody-state.ts';
import type { ReleaseReading, ReleaseStep } from '../domain/device-commands.ts';
import { deviceStream } from '../domain/fact.ts';
import { recordIn } from '../domain/rules/standing.ts';
import { loadCustody } from '../store/rule-facts.ts';
import { connectorOf } from './context.ts';
import type { EngineContext } from './context.ts';
import { isPassing, tryAgain } from './failures.ts';
import { recordOnce } from './record-once.ts';

export interface ReleaseOrder {
  readonly deviceId: string;
  readonly epoch: number;
  readonly connector: string;
  readonly steps: readonly ReleaseStep[];
}

export async function releaseDevice(context: EngineContext, order: ReleaseOrder): Promise<void> {
  const { deviceId, epoch, connector } = order;
  const manager = connectorOf(context.connectors.devices, connector);
  const custody = await loadCustody(context.db, deviceId, epoch);
  const mdmId = recordIn(custody, 'mdm')?.externalId;
  if (custody.cancelled !== null || mdmId === undefined) return;
  for (const step of order.steps) {
    const reading = await releaseStep(context, manager, custody, mdmId, step);
    const readAt = context.clock().toISOString();
    await recordOnce(context, {
      stream: deviceStream(deviceId),
      key: `release.read:${deviceId}:${epoch}:${step}:${readAt}`,
      type: 'release.read',
      actor: `connector:${connector}`,
      data: { epoch, connector, step, reading, readAt },
    });
  }
}

/** Whether the data is proven gone: not merely let through. */
function isProvenGone({ wipes, benchReports, certificates }: CustodyState): boolean {
  return (
    wipes.some(({ observed }) => observed?.data.observation.state === 'done') ||
    [...benchReports, ...certificates].some(({ data }) => data.outcome === 'erased')
  );
}

/** What the vendor refuses, or cannot tell, leaves the device bound: somebody lets it go by hand. */
async function releaseStep(
  context: EngineContext,
  { mode, port }: ConnectedDevices,
  custody: CustodyState,
  mdmId: string,
  step: ReleaseStep,
): Promise<ReleaseReading> {
  const { platform, ownership, serial } = custody.opened.data;
  const { can, removalMaySend } = port.capabilities(platform);
  const mayWrite = mode === 'enforce';
  try {
    switch (step) {
      case 'activation-lock': {
        if (!can.includes('release-activation-lock')) return 'not-applicable';
        const sendStartedAt = context.clock().toISOString();
        if (mayWrite) await port.releaseActivationLock(mdmId);
        return await port.readActivationLock({ mdmId, sendStartedAt, priorStartedAt: null });
      }
      case 'autopilot': {
        if (!can.includes('release-autopilot')) return 'not-applicable';
        if ((await port.readAutopilot(serial)) === 'released') return 'released';
        if (mayWrite) await port.releaseAutopilot(serial);
        return await port.readAutopilot(serial);
      }
      case 'mdm-record': {
        if ((await port.readDevice(mdmId)) === null) return 'released';
        // Where removing the record erases the device, that must be a proven fact already, and never a personal device's.
        const harmless = removalMaySend !== 'wipe' || (ownership !== 'personal' && isProvenGone(custody));
        if (mayWrite && harmless && can.includes('remove-record')) await port.removeRecord(mdmId);
        return (await port.readDevice(mdmId)) === null ? 'released' : 'still-held';
      }
    }
  } catch (error) {
    if (error instanceof ConnectorError && error.code === 'not-found') return 'unreadable';
    if (isPassing(error) || !(error instanceof ConnectorError)) throw tryAgain(context, error);
    return 'still-held';
  }
}
