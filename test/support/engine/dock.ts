/** A pickup of one device, and scans of it on the dock, recorded as the API records them. */
import { createConnectors } from '../../../src/adapters/connector-kinds.ts';
import { derivedId, newId } from '../../../src/store/ids.ts';
import { recordDockScans } from '../../../src/store/pickup-dock.ts';
import { createPickup, lockPickup } from '../../../src/store/pickups.ts';
import { inTransaction } from '../../../src/store/transactions.ts';
import type { DeviceRef } from './evidence.ts';
import type { Engine } from './start-engine.ts';

/** @returns The pickup's id, and the serial as the manifest has it. */
export async function pickupOf(
  engine: Engine,
  { device_id: deviceId, epoch }: DeviceRef,
): Promise<{ readonly pickupId: string; readonly serial: string }> {
  const pickupId = newId('pickup');
  const { serial, model, manufacturer } = await engine.db
    .selectFrom('devices')
    .select(['serial', 'model', 'manufacturer'])
    .where('id', '=', deviceId)
    .executeTakeFirstOrThrow();
  const printed = { serial, manufacturer: manufacturer ?? '', model: model ?? '', assetTag: '' };
  await inTransaction(engine.db, (tx) =>
    createPickup(
      tx,
      {
        pickupId,
        connector: 'itad',
        site: 'dock',
        actor: 'token:assets',
        units: [{ deviceId, epoch, ...printed }],
      },
      new Date(),
    ),
  );
  return { pickupId, serial };
}

/** @returns The verdict. */
export async function scanAtDock(
  engine: Engine,
  pickupId: string,
  serial: string,
  time = 1,
): Promise<string> {
  const now = new Date();
  const inventories = [...createConnectors(engine.config.connectors).inventory.keys()];
  const work = { actor: 'token:dock', exceptionsDueAt: now, inventories };
  const scan = {
    scanId: derivedId('scan', `${pickupId}:${serial}:${time}`),
    serial,
    model: null,
    assetTag: null,
  };
  const recorded = await inTransaction(engine.db, async (tx) => {
    const pickup = await lockPickup(tx, pickupId);
    if (pickup === null) throw new Error(`no pickup ${pickupId}`);
    return recordDockScans(tx, pickup, [scan], work, now);
  });
  if (recorded.kind !== 'recorded') throw new Error(recorded.kind);
  return recorded.results[0]?.verdict ?? '';
}
