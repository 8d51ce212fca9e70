/** The inventory is asked live about what was just scanned: what it says otherwise keeps the pickup here until it is decided. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listIn } from './support/api.ts';
import { leaverWith, returned, wiped } from './support/facts.ts';
import { startLiveDock } from './support/live-dock.ts';
import type { LiveDock } from './support/live-dock.ts';

let dock: LiveDock;

beforeAll(async () => {
  dock = await startLiveDock();
});
beforeEach(() => dock.books.reset());
afterAll(() => dock.stop());

describe('what the inventory says live of a unit on the manifest', () => {
  test('its record is gone: nothing is confirmed until somebody has decided it', async () => {
    await dock.book({});
    const { pickupId } = await dock.pickupOf('LIVE-GONE');
    expect(await dock.scan(pickupId, 'LIVE-GONE')).toBe('match');
    expect(await dock.open(pickupId)).toEqual([]);
    await dock.live();
    expect(await dock.open(pickupId)).toEqual(['count-not-in-inventory LIVEGONE']);
    expect(await dock.exceptionOf(pickupId, 'count-not-in-inventory')).toMatchObject({
      owner: 'asset-manager',
      blocking: true,
    });
    expect(await dock.confirm(pickupId)).toMatchObject({
      status: 409,
      body: { code: 'pickup-discrepancies' },
    });
    // The count finds the same, and it is one exception.
    await dock.count(pickupId, ['LIVE-GONE']);
    expect(await dock.open(pickupId)).toEqual(['count-not-in-inventory LIVEGONE']);
    const { id } = await dock.exceptionOf(pickupId, 'count-not-in-inventory');
    expect((await dock.resolve(id, 'accepted-as-found')).status).toBe(200);
    await dock.live();
    await dock.scan(pickupId, 'LIVE-GONE');
    await dock.live();
    expect(await dock.open(pickupId)).toEqual([]);
    const signed = await dock.confirm(pickupId);
    expect(signed).toMatchObject({ body: { code: 'pickup-not-signed' } });
  });

  test.each(['Disposed', 'Lost'])('it is %s', async (status) => {
    const serial = `LIVE-${status}`.toUpperCase();
    await dock.book({ [serial]: { status } });
    const { pickupId } = await dock.pickupOf(serial);
    await dock.scan(pickupId, serial);
    await dock.live();
    expect(await dock.open(pickupId)).toEqual([`inventory-ended ${serial.replace('-', '')}`]);
    expect(await dock.exceptionOf(pickupId, 'inventory-ended')).toMatchObject({
      reason: expect.stringContaining(`snipeit: ${status.toLowerCase()}`),
      owner: 'asset-manager',
    });
  });

  test('it is somebody else’s now, of whom nothing is kept', async () => {
    await dock.book({ LIVEHEIR: { assignedTo: 'heir' } });
    const { pickupId } = await dock.pickupOf('LIVE-HEIR');
    await dock.scan(pickupId, 'LIVE-HEIR');
    await dock.live();
    expect(await dock.open(pickupId)).toEqual(['inventory-with-another LIVEHEIR']);
    const { id } = await dock.exceptionOf(pickupId, 'inventory-with-another');
    expect(await dock.resolve(id, 'held-back')).toMatchObject({ status: 200 });
    expect(listIn(await dock.look(pickupId), 'lines')).toMatchObject([{ takenOffAs: 'held-back' }]);
    const facts = await dock.api.db.selectFrom('facts').select('canonical').execute();
    expect(JSON.stringify(facts)).not.toContain('heir');
  });

  test('it names another model than it did at discovery', async () => {
    await dock.book({ LIVEMODEL: { model: 'ThinkPad X1' } });
    const [asset] = await dock.port.findBySerial('LIVEMODEL', null);
    const { devices } = await leaverWith(dock.api.db, {
      serial: 'LIVE-MODEL',
      inventoryId: asset?.externalId ?? '',
    });
    for (const device of devices) {
      await wiped(dock.api.db, device);
      await returned(dock.api.db, device);
    }
    const made = await dock.create({ deviceIds: devices.map(({ deviceId }) => deviceId) });
    const pickupId = String(made.body['id']);
    // Whoever looked at the unit found the manifest's model.
    expect(await dock.scan(pickupId, 'LIVE-MODEL', 'ThinkPad T14')).toBe('match');
    await dock.live();
    expect(await dock.open(pickupId)).toEqual(['inventory-model-mismatch LIVEMODEL']);
    const { id } = await dock.exceptionOf(pickupId, 'inventory-model-mismatch');
    await dock.resolve(id, 'accepted-as-found');
    expect((await dock.confirm(pickupId)).status).toBe(200);
  });

  test('it agrees: nothing is raised, and what an older answer had raised is settled', async () => {
    await dock.book({});
    const { pickupId } = await dock.pickupOf('LIVE-MADE', 'LIVE-FINE');
    await dock.api.db
      .updateTable('pickup_lines')
      .set({ in_inventory: false, inventory_asked_at: new Date() })
      .where('pickup_id', '=', pickupId)
      .execute();
    await dock.count(pickupId, ['LIVE-MADE', 'LIVE-FINE']);
    expect(await dock.open(pickupId)).toEqual([
      'count-not-in-inventory LIVEFINE',
      'count-not-in-inventory LIVEMADE',
    ]);
    await dock.book({ LIVEMADE: {} });
    await dock.scan(pickupId, 'LIVE-MADE');
    await dock.scan(pickupId, 'LIVE-FINE');
    await dock.live();
    expect(await dock.open(pickupId)).toEqual(['count-not-in-inventory LIVEFINE']);
    // Scanned again once its record is made, it is asked about again, and settled.
    await dock.book({ LIVEFINE: {} });
    await dock.scan(pickupId, 'LIVE-FINE');
    await dock.live();
    expect(await dock.open(pickupId)).toEqual([]);
    await dock.count(pickupId, ['LIVE-MADE', 'LIVE-FINE']);
    expect(await dock.open(pickupId)).toEqual([]);
    expect((await dock.confirm(pickupId)).body).toMatchObject({ code: 'pickup-not-signed' });
  });
});

test('a record that spells the serial otherwise is found: as it was read, else by what discovery found', async () => {
  await dock.book({ 'SPELT-01': {}, 'SPELT-02': {} });
  const [asset] = await dock.port.findBySerial('SPELT-02', null);
  const { devices } = await leaverWith(dock.api.db, 'SPELT-01', {
    serial: 'SPELT-02',
    inventoryId: asset?.externalId ?? '',
  });
  for (const device of devices) {
    await wiped(dock.api.db, device);
    await returned(dock.api.db, device);
  }
  const made = await dock.create({ deviceIds: devices.map(({ deviceId }) => deviceId) });
  const pickupId = String(made.body['id']);
  for (const serial of ['SPELT-01', 'SPELT02']) expect(await dock.scan(pickupId, serial)).toBe('match');
  await dock.live();
  expect(await dock.open(pickupId)).toEqual([]);
});

test('a record that is put right settles what the live answer had raised, once the unit is scanned again', async () => {
  await dock.book({ LIVERIGHT: { status: 'Lost' } });
  const { pickupId } = await dock.pickupOf('LIVE-RIGHT');
  await dock.scan(pickupId, 'LIVE-RIGHT');
  await dock.live();
  expect(await dock.open(pickupId)).toEqual(['inventory-ended LIVERIGHT']);
  await dock.books.act('/assets/LIVERIGHT/change', { status: 'Ready to Deploy' });
  await dock.scan(pickupId, 'LIVE-RIGHT');
  await dock.live();
  expect(await dock.open(pickupId)).toEqual([]);
  expect(await dock.exceptionOf(pickupId, 'inventory-ended')).toMatchObject({ outcome: 'inventory-agrees' });
  expect((await dock.confirm(pickupId)).status).toBe(200);
});

test('a serial that nobody knew is known now: it is unlisted, no longer unrecorded', async () => {
  await dock.book({ LIVEFOUND: {} });
  const { pickupId } = await dock.pickupOf('LIVE-OWN');
  await dock.count(pickupId, ['LIVE-OWN', 'LIVE-FOUND']);
  expect(await dock.open(pickupId)).toEqual(['count-unrecorded LIVEFOUND']);
  expect(await dock.scan(pickupId, 'LIVE-FOUND', 'Surface')).toBe('unexpected');
  await dock.live();
  expect(await dock.open(pickupId)).toEqual(['unexpected LIVEFOUND', 'count-unlisted LIVEFOUND']);
  await dock.count(pickupId, ['LIVE-OWN', 'LIVE-FOUND']);
  expect(await dock.open(pickupId)).toEqual(['unexpected LIVEFOUND', 'count-unlisted LIVEFOUND']);
});
