/** Letting a device go after its data is proven gone: each step is asked for, and read back; only what is read counts. */
import { ConnectorError } from '../adapters/errors.ts';
import type { ConnectedDevices } from '../adapters/connectors.ts';
import type { CustodyState } from '../domain/custody-state.ts';
import type { ReleaseReading, ReleaseStep } from '../domain/device-commands.ts';
import { lastDecided } from '../domain/exceptions.ts';
import { deviceStream } from '../domain/fact.ts';
import { recordIn } from '../domain/rules/standing.ts';
import { loadCustody } from '../store/rule-facts.ts';
import { connectorOf } from './context.ts';
import type { EngineContext } from './context.ts';
import { isPassing, tryAgain } from './failures.ts';
import { modeFor } from './modes.ts';
import { recordOnce } from './record-once.ts';
import { releaseFromRegisters } from './release-registers.ts';

export interface ReleaseOrder {
  readonly deviceId: string;
  readonly epoch: number;
  readonly connector: string;
  readonly steps: readonly ReleaseStep[];
}

export async function releaseDevice(context: EngineContext, order: ReleaseOrder): Promise<void> {
  const { deviceId, epoch, connector } = order;
  const custody = await loadCustody(context.db, deviceId, epoch);
  const mdmId = recordIn(custody, 'mdm')?.externalId;
  if (custody.cancelled !== null || mdmId === undefined) return;
  for (const step of order.steps) {
    const { reading, ...asked } =
      step === 'enrolment'
        ? { reading: await releaseFromRegisters(context, custody) }
        : await releaseStep(
            context,
            connectorOf(context.connectors.devices, connector),
            custody,
            mdmId,
            step,
          );
    const readAt = context.clock().toISOString();
    await recordOnce(context, {
      stream: deviceStream(deviceId),
      key: `release.read:${deviceId}:${epoch}:${step}:${readAt}`,
      type: 'release.read',
      actor: `connector:${connector}`,
      data: { epoch, connector, step, reading, readAt, ...asked },
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
  { port, ...manager }: ConnectedDevices,
  custody: CustodyState,
  mdmId: string,
  step: Exclude<ReleaseStep, 'enrolment'>,
): Promise<{ readonly reading: ReleaseReading; readonly askedAt?: string }> {
  const { platform, ownership, serial } = custody.opened.data;
  const { can, removalMaySend } = port.capabilities(platform);
  const mayWrite = (await modeFor(context, manager, custody.opened.data.personId)) === 'enforce';
  try {
    switch (step) {
      case 'activation-lock': {
        if (!can.includes('release-activation-lock')) return { reading: 'not-applicable' };
        const before = askedBefore(custody, step);
        const askedAt = before ?? context.clock().toISOString();
        // The reading is of one request: asked for anew each time, none would ever be old enough to show.
        if (mayWrite && before === null) await port.releaseActivationLock(mdmId);
        const target = { mdmId, sendStartedAt: askedAt, priorStartedAt: null };
        return { reading: await port.readActivationLock(target), askedAt };
      }
      case 'autopilot': {
        if (!can.includes('release-autopilot')) return { reading: 'not-applicable' };
        if ((await port.readAutopilot(serial)) === 'released') return { reading: 'released' };
        if (mayWrite) await port.releaseAutopilot(serial);
        return { reading: await port.readAutopilot(serial) };
      }
      case 'mdm-record': {
        if ((await port.readDevice(mdmId)) === null) return { reading: 'released' };
        // Where removing the record erases the device, that must be a proven fact already, and never a personal device's.
        const harmless = removalMaySend !== 'wipe' || (ownership !== 'personal' && isProvenGone(custody));
        if (mayWrite && harmless && can.includes('remove-record')) await port.removeRecord(mdmId);
        return { reading: (await port.readDevice(mdmId)) === null ? 'released' : 'still-held' };
      }
    }
  } catch (error) {
    if (error instanceof ConnectorError && error.code === 'not-found') return { reading: 'unreadable' };
    if (isPassing(error) || !(error instanceof ConnectorError)) throw tryAgain(context, error);
    return { reading: 'still-held' };
  }
}

/** When the request that is being read was made; `null` when none was since somebody last decided to try again. */
function askedBefore({ releases, exceptions }: CustodyState, step: ReleaseStep): string | null {
  const decided = lastDecided(exceptions, 'release-still-held');
  const reading = releases.findLast(({ seq, data }) => data.step === step && seq > decided);
  return reading?.data.askedAt ?? null;
}
