/** The facts that people and the disposal vendor add to a custody, recorded as their entrances record them. */
import { deviceStream } from '../../../src/domain/fact.ts';
import type { NewFact } from '../../../src/domain/fact.ts';
import { wakeCustody } from '../../../src/store/cases.ts';
import { appendFacts } from '../../../src/store/facts.ts';
import { derivedId } from '../../../src/store/ids.ts';
import type { Engine } from './start-engine.ts';

export interface DeviceRef {
  readonly device_id: string;
  readonly epoch: number;
}

/** The intake scan of a serial. */
export async function scanReturn(engine: Engine, { device_id: deviceId, epoch }: DeviceRef): Promise<void> {
  const scanId = derivedId('scan', `return:${deviceId}:${epoch}`);
  const data = { epoch, scanId, site: 'berlin', condition: 'good' };
  await record(engine, deviceId, epoch, [
    {
      stream: deviceStream(deviceId),
      key: `return.scanned:${deviceId}:${epoch}`,
      type: 'return.scanned',
      actor: 'token:dock',
      data,
    },
  ]);
}

/** Manifest, both scans, transfer, receipt and certificate of one device. */
export async function handOver(engine: Engine, { device_id: deviceId, epoch }: DeviceRef): Promise<void> {
  const pickupId = derivedId('pickup', `pickup:${deviceId}:${epoch}`);
  const stream = deviceStream(deviceId);
  const at = new Date().toISOString();
  const of = `${deviceId}:${epoch}`;
  const vendor = { stream, actor: 'connector:itad' } as const;
  const certificate = {
    epoch,
    pickupId,
    certificateId: `CERT-${of}`,
    level: 'purge',
    method: 'erase',
    outcome: 'erased',
    status: 'issued',
    date: at.slice(0, 10),
    documentDigest: 'd'.repeat(64),
  } as const;
  await record(engine, deviceId, epoch, [
    {
      stream,
      actor: 'handback',
      key: `handoff.manifested:${of}`,
      type: 'handoff.manifested',
      data: { epoch, pickupId, line: 1 },
    },
    {
      stream,
      actor: 'token:dock',
      key: `handoff.scanned:${of}:dock`,
      type: 'handoff.scanned',
      data: { epoch, pickupId, by: 'dock', scannedAt: at },
    },
    {
      ...vendor,
      key: `handoff.scanned:${of}:vendor`,
      type: 'handoff.scanned',
      data: { epoch, pickupId, by: 'vendor', scannedAt: at },
    },
    {
      stream,
      actor: 'token:dock',
      key: `handoff.transferred:${of}`,
      type: 'handoff.transferred',
      data: { epoch, pickupId, confirmedBy: 'token:dock' },
    },
    {
      ...vendor,
      key: `handoff.received:${of}`,
      type: 'handoff.received',
      data: { epoch, pickupId, receivedAt: at, documentDigest: 'e'.repeat(64) },
    },
    { ...vendor, key: `handoff.certified:${of}`, type: 'handoff.certified', data: certificate },
  ]);
}

async function record(
  engine: Engine,
  deviceId: string,
  epoch: number,
  facts: readonly NewFact[],
): Promise<void> {
  await engine.db.transaction().execute(async (tx) => {
    const added = await appendFacts(tx, facts, new Date());
    if (added.length > 0) await wakeCustody(tx, deviceId, epoch);
  });
}
