/** What a vendor's interface answers with does what a file does: over all its pickups, into the queue, and again it changes nothing. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assessCase, assessCustody } from '../../src/activities/assess.ts';
import { importVendorDocuments } from '../../src/activities/pickup.ts';
import type { VendorNews } from '../../src/activities/pickup.ts';
import type { ReceiptLine } from '../../src/domain/disposition.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { itemsIn, listIn, startApi, textIn } from './support/api.ts';
import type { TestApi } from './support/api.ts';
import { lastFact } from './support/facts.ts';
import { pickupDesk } from './support/pickups.ts';
import { TestVendor, certificate, contextWith } from './support/vendor.ts';

const DAY_MS = 86_400_000;
let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await testDatabase();
  api = await startApi(database.url, {
    connectors: [{ name: 'itad', kind: 'generic', port: 'disposition', mode: 'enforce' }],
  });
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

const { pickupOf, scan, confirm, create, look, types, factCount, wakes } = pickupDesk(() => api);

function received(pickupId: string, serial: string, overrides: Partial<ReceiptLine> = {}): ReceiptLine {
  return {
    pickupId,
    serial,
    manufacturer: '',
    model: '',
    receivedAt: '2026-01-02T10:00:00.000Z',
    facility: 'Halle',
    condition: '',
    ...overrides,
  };
}

/** Handed over, with the vendor's own scan of all of them. */
async function handedOver(vendor: TestVendor, ...serials: readonly string[]) {
  const made = await pickupOf(...serials);
  const { pickupId } = made;
  for (const serial of serials) await scan(pickupId, serial);
  expect((await confirm(pickupId)).status).toBe(200);
  const scannedAt = new Date().toISOString();
  vendor.scan = serials.map((serial) => ({ pickupId, serial, model: '', scannedAt }));
  await take(vendor, pickupId, 'scanned');
  return made;
}

async function take(vendor: TestVendor, pickupId: string, what: VendorNews['what']): Promise<void> {
  await importVendorDocuments(await contextWith(api.db, vendor), { connector: 'itad', pickupId, what });
}

const queue = async () => itemsIn(await api.call('GET', '/api/v1/imports/unmatched', { as: 'viewer' }));

async function exceptionsOf(pickupId: string) {
  return listIn(await look(pickupId), 'exceptions').map(({ code, reason, outcome }) => [
    code,
    reason,
    outcome,
  ]);
}

async function handoffOf(deviceId: string | undefined): Promise<unknown> {
  const device = await api.call('GET', `/api/v1/devices/${deviceId ?? ''}`, { as: 'viewer' });
  const gates = listIn(device, 'custodies')[0]?.['gates'] as readonly { gate: string; state: string }[];
  return gates.find(({ gate }) => gate === 'itad-handoff')?.state;
}

describe('one answer', () => {
  test('may speak of several pickups, and several answers of one', async () => {
    const vendor = new TestVendor();
    const one = await handedOver(vendor, 'API-A1', 'API-A2');
    const two = await handedOver(vendor, 'API-B1', 'API-B2');
    vendor.receipt = [
      received(one.pickupId, 'API-A1'),
      received(two.pickupId, 'API-B1'),
      received(one.pickupId, 'api b2'),
    ];
    await take(vendor, one.pickupId, 'receipt');
    vendor.receipt = [received(two.pickupId, 'API-A2')];
    await take(vendor, two.pickupId, 'receipt');
    for (const { deviceId } of [...one.devices, ...two.devices])
      expect((await types(`device:${deviceId}`)).filter((type) => type === 'handoff.received')).toHaveLength(
        1,
      );
    expect((await look(two.pickupId)).body).toMatchObject({ state: 'received' });
    vendor.certificates = ['API-A1', 'API-A2', 'API-B1', 'API-B2'].map((serial) =>
      certificate(two.pickupId, serial),
    );
    await take(vendor, two.pickupId, 'certificates');
    for (const { pickupId } of [one, two]) {
      expect((await look(pickupId)).body).toMatchObject({ state: 'certified' });
      expect(await exceptionsOf(pickupId)).toEqual([]);
    }
    expect(await handoffOf(one.devices[0]?.deviceId)).toBe('satisfied');
  });

  test('again, longer, or in another order changes only what is new', async () => {
    const vendor = new TestVendor();
    const { pickupId, devices } = await handedOver(vendor, 'AGAIN-01', 'AGAIN-02');
    const custody = `custody:${devices[0]?.deviceId ?? ''}:1`;
    const [first, second, stranger] = ['AGAIN-01', 'AGAIN-02', 'AGAIN-99'].map((serial) =>
      certificate(pickupId, serial),
    );
    if (first === undefined || second === undefined || stranger === undefined) throw new Error('three');
    vendor.certificates = [first, stranger, first];
    await take(vendor, pickupId, 'certificates');
    const before = { facts: await factCount(), wakes: await wakes(custody), queue: await queue() };
    const same = async () => ({
      facts: await factCount(),
      wakes: await wakes(custody),
      queue: await queue(),
    });
    for (const lines of [[first, stranger, first], [stranger, first], [first]]) {
      vendor.certificates = lines;
      await take(vendor, pickupId, 'certificates');
      expect(await same()).toEqual(before);
    }
    vendor.certificates = [second, first, stranger];
    await take(vendor, pickupId, 'certificates');
    expect((await queue()).length).toBe(before.queue.length);
    expect(
      (await types(`device:${devices[1]?.deviceId ?? ''}`)).filter((type) => type === 'handoff.certified'),
    ).toHaveLength(1);
    // What comes as a file as well is known by then.
    const file = await api.call('POST', '/api/v1/imports?connector=itad&list=certificate', {
      as: 'asset-manager',
      body: JSON.stringify({ lines: [first, stranger] }),
      headers: { 'content-type': 'application/json' },
    });
    expect(file.body, file.text).toMatchObject({ origin: 'file', known: 2, matched: 0, unmatched: 0 });
  });

  test('that contradicts itself is taken in by no line, and is an exception', async () => {
    const vendor = new TestVendor();
    const { pickupId, devices } = await handedOver(vendor, 'CONTRA-01', 'CONTRA-02');
    vendor.certificates = [
      certificate(pickupId, 'CONTRA-01'),
      certificate(pickupId, 'CONTRA-02'),
      certificate(pickupId, 'CONTRA-02', { outcome: 'not-erased' }),
    ];
    await expect(take(vendor, pickupId, 'certificates')).rejects.toMatchObject({ code: 'unexpected-answer' });
    expect(await types(`device:${devices[0]?.deviceId ?? ''}`)).not.toContain('handoff.certified');
    expect(await exceptionsOf(pickupId)).toEqual([['document-unreadable', 'certificates: LINE_3', null]]);
  });
});

describe('a serial that nobody handed over', () => {
  test('is an exception and a line in the queue with where it came from; the decision ends both', async () => {
    const vendor = new TestVendor();
    const { pickupId, devices } = await handedOver(vendor, 'QUEUE-01');
    vendor.receipt = [
      received(pickupId, 'QUEUE-99'),
      received(pickupId, 'N/A'),
      received(pickupId, 'QUEUE-01'),
    ];
    vendor.certificates = [certificate(pickupId, 'QUEUE-98')];
    await take(vendor, pickupId, 'receipt');
    await take(vendor, pickupId, 'certificates');
    const lines = (await queue()).filter(({ serial }) => /^QUEUE9|^N\/A/u.test(String(serial)));
    expect(new Map(lines.map((line) => [line['serial'], line]))).toEqual(
      new Map([
        ['QUEUE99', expect.objectContaining({ list: 'receipt', origin: 'vendor', pickupId: null })],
        ['N/A', expect.objectContaining({ list: 'receipt', origin: 'vendor' })],
        ['QUEUE98', expect.objectContaining({ list: 'certificate', reference: 'CERT-QUEUE-98' })],
      ]),
    );
    expect(new Set(await exceptionsOf(pickupId))).toEqual(
      new Set([
        ['receipt-unmatched', 'serial QUEUE99', null],
        ['receipt-unmatched', 'serial N/A', null],
        ['certificate-unmatched', 'certificate CERT-QUEUE-98, serial QUEUE98', null],
      ]),
    );
    const decide = (serial: string, verb: string, body: object) => {
      const line = lines.find((one) => one['serial'] === serial);
      const path = `/api/v1/imports/${String(line?.['importId'])}/lines/${String(line?.['line'])}/${verb}`;
      return api.call('POST', path, { as: 'asset-manager', body });
    };
    const { deviceId = '' } = devices[0] ?? {};
    expect((await decide('QUEUE98', 'link', { pickupId, deviceId, reason: 'typing error' })).status).toBe(
      200,
    );
    expect((await decide('N/A', 'dismiss', { reason: 'a cable' })).status).toBe(200);
    expect(await handoffOf(deviceId)).toBe('satisfied');
    expect(new Set((await exceptionsOf(pickupId)).map(([, reason, outcome]) => [reason, outcome]))).toEqual(
      new Set([
        ['serial QUEUE99', null],
        ['serial N/A', 'dismissed'],
        ['certificate CERT-QUEUE-98, serial QUEUE98', 'linked'],
      ]),
    );
  });

  test('is also what a decision has taken off the manifest', async () => {
    const vendor = new TestVendor();
    const { pickupId, devices } = await pickupOf('OFF-01', 'OFF-02');
    await scan(pickupId, 'OFF-01');
    const refused = await api.call('POST', `/api/v1/pickups/${pickupId}/confirm`, { as: 'dock', body: {} });
    const [missing] = listIn(refused, 'discrepancies');
    const path = `/api/v1/exceptions/${String(missing?.['exceptionId'])}/resolve`;
    const body = { outcome: 'taken-off-manifest', reason: 'not there' };
    expect((await api.call('POST', path, { as: 'asset-manager', body })).status).toBe(200);
    expect((await confirm(pickupId)).status).toBe(200);
    vendor.receipt = [received(pickupId, 'OFF-01'), received(pickupId, 'OFF-02')];
    await take(vendor, pickupId, 'receipt');
    expect(await types(`device:${devices[1]?.deviceId ?? ''}`)).not.toContain('handoff.received');
    expect(await exceptionsOf(pickupId)).toContainEqual(['receipt-unmatched', 'serial OFF02', null]);
  });
});

describe('a certificate', () => {
  test('that comes after months finds the device parked until its deadline, and escalated after it', async () => {
    const vendor = new TestVendor();
    const { pickupId, devices } = await handedOver(vendor, 'MONTHS-01');
    vendor.receipt = [received(pickupId, 'MONTHS-01')];
    await take(vendor, pickupId, 'receipt');
    const { deviceId = '' } = devices[0] ?? {};
    const at = async (days: number) => {
      const now = Date.now() + days * DAY_MS;
      const context = { ...(await contextWith(api.db, vendor)), clock: () => new Date(now) };
      await assessCustody(context, { deviceId, epoch: 1, now });
      const { blocked_by: blockedBy } = await api.db
        .selectFrom('custodies')
        .select('blocked_by')
        .where('device_id', '=', deviceId)
        .executeTakeFirstOrThrow();
      return blockedBy.map(({ code, parked }) => [code, parked]);
    };
    expect(await at(20)).toContainEqual(['certificate-awaited', true]);
    expect(await types(`device:${deviceId}`)).not.toContain('escalation.raised');
    expect(await at(95)).toContainEqual(['certificate-awaited', false]);
    expect(await types(`device:${deviceId}`)).toEqual(
      expect.arrayContaining(['escalation.raised', 'deadline.breached']),
    );
    vendor.certificates = [certificate(pickupId, 'MONTHS-01')];
    await take(vendor, pickupId, 'certificates');
    expect(await handoffOf(deviceId)).toBe('satisfied');
    const missed = await api.call('GET', '/api/v1/deadlines/missed?trigger=certified', { as: 'auditor' });
    expect(itemsIn(missed)).toContainEqual(expect.objectContaining({ stream: `device:${deviceId}` }));
  });

  test('for each drive certifies the pickup, by the interface and by a file; one that failed does not', async () => {
    const vendor = new TestVendor();
    const opened = await api.call('POST', '/api/v1/retirements', {
      as: 'asset-manager',
      body: {
        units: [
          { serial: 'RACK-0001', drives: ['RACK-D001', 'RACK-D002'] },
          { serial: 'RACK-0002', drives: ['RACK-D003', 'RACK-D004'] },
        ],
      },
    });
    const caseId = textIn(opened, 'caseId');
    const context = await contextWith(api.db, vendor);
    await assessCase(context, { caseId, generation: 1, now: Date.now() });
    const devices = listIn(opened, 'devices').map(({ deviceId, serial }) => ({
      id: String(deviceId),
      serial,
    }));
    for (const { id, serial } of devices) {
      await api.call('POST', '/api/v1/intake-scans', { as: 'dock', body: { serial, site: 'dc-1' } });
      const drives = serial === 'RACK0001' ? ['RACK-D001', 'RACK-D002'] : ['RACK-D003', 'RACK-D004'];
      await api.call('POST', `/api/v1/devices/${id}/sanitisation-reports`, {
        as: 'asset-manager',
        body: { ...REPORT, drives },
      });
      await assessCustody(context, { deviceId: id, epoch: 1, now: Date.now() });
    }
    const made = await create({ deviceIds: devices.map(({ id }) => id) });
    expect(made.status, made.text).toBe(201);
    const pickupId = textIn(made, 'id');
    for (const serial of ['RACK-0001', 'RACK-0002']) expect(await scan(pickupId, serial)).toBe('match');
    expect((await confirm(pickupId)).status).toBe(200);
    const state = async () => (await look(pickupId)).body['state'];
    vendor.receipt = ['RACK-0001', 'RACK-0002'].map((serial) => received(pickupId, serial));
    await take(vendor, pickupId, 'receipt');
    vendor.certificates = ['RACK-D001', 'RACK-D002'].map((serial) => certificate(pickupId, serial));
    await take(vendor, pickupId, 'certificates');
    expect(await state()).toBe('received');
    const sent = (body: string) =>
      api.call('POST', '/api/v1/imports?connector=itad&list=certificate', {
        as: 'asset-manager',
        body,
        headers: { 'content-type': 'text/csv' },
      });
    // One certificate for the chassis: a drive that failed does not take away what it says of the other.
    const ofChassis = (drive: string, outcome: string) =>
      `C-RACK,RACK-0002,${drive},shred,destroy,issued,${outcome},2026-01-04\n`;
    const both = `certificateId,serial,driveSerial,method,level,status,outcome,date\n${ofChassis('RACK-D003', 'erased')}${ofChassis('RACK-D004', 'not-erased')}`;
    expect((await sent(both)).body).toMatchObject({ matched: 1 });
    expect((await sent(both)).body).toMatchObject({ matched: 1 });
    const rack = `device:${devices.find(({ serial }) => serial === 'RACK0002')?.id ?? ''}`;
    expect((await types(rack)).filter((type) => type === 'handoff.certified')).toHaveLength(1);
    expect((await lastFact(api.db, rack, 'handoff.certified')).data).toMatchObject({
      outcome: 'not-erased',
      drives: ['RACKD003', 'RACKD004'],
      driveResults: [
        { serial: 'RACKD003', outcome: 'erased', level: 'destroy' },
        { serial: 'RACKD004', outcome: 'not-erased', level: 'destroy' },
      ],
    });
    expect(await state()).toBe('received');
    const file = (drive: string, outcome: string) =>
      sent(
        `certificateId,serial,method,level,status,outcome,date\nC-${outcome},${drive},shred,destroy,issued,${outcome},2026-01-05\n`,
      );
    expect((await file('RACK-D004', 'not-erased')).body).toMatchObject({ matched: 1 });
    expect(await state()).toBe('received');
    expect((await file('RACK-D004', 'erased')).body).toMatchObject({ matched: 1 });
    expect(await state()).toBe('certified');
  });
});

const REPORT = {
  level: 'purge',
  method: 'NVMe sanitize',
  tool: 'eraser 1',
  outcome: 'erased',
  date: '2026-01-01T10:00:00.000Z',
  contentType: 'application/xml',
  document: Buffer.from('<report/>').toString('base64'),
};
