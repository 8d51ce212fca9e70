/** A pickup at the vendor: booked once, and what comes back taken in serial by serial, once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bookPickup, importVendorDocuments, pickupConnector } from '../../src/activities/pickup.ts';
import { sweepPickups } from '../../src/activities/pickup-sweep.ts';
import { pickupsAwaiting } from '../../src/store/awaited-lists.ts';
import { cancelCase } from '../../src/store/cases.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { itemsIn, listIn, startApi } from './support/api.ts';
import type { TestApi } from './support/api.ts';
import { pickupDesk } from './support/pickups.ts';
import { TestVendor, certificate, contextWith, disposition } from './support/vendor.ts';

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

const { pickupOf, scan, confirm, look, resolve, types, factCount, wakes } = pickupDesk(() => api);

const byText = (a: unknown, b: unknown): number => String(a).localeCompare(String(b));

describe('booking', () => {
  test('books and sends the manifest once, however often it is asked', async () => {
    const { pickupId } = await pickupOf('BOOK-01', 'BOOK-02');
    const vendor = new TestVendor();
    const context = await contextWith(api.db, vendor);
    expect(await pickupConnector(context, { pickupId })).toBe('itad');
    await bookPickup(context, { pickupId });
    await bookPickup(context, { pickupId });
    expect(vendor.booked).toEqual([pickupId]);
    expect(vendor.manifests).toEqual([
      [
        expect.objectContaining({ line: 1, condition: 'good', dataBearing: true }),
        expect.objectContaining({ line: 2, pickupId }),
      ],
    ]);
    expect((await look(pickupId)).body).toMatchObject({
      state: 'booked',
      reference: `REF-${pickupId.slice(-4)}`,
      manifestSentAt: expect.any(String),
    });
    expect(await types(`pickup:${pickupId}`)).toEqual([
      'pickup.created',
      'pickup.booked',
      'pickup.manifest-sent',
    ]);
  });

  test('a vendor that is busy is asked again; one that refuses becomes an exception that waits for a decision', async () => {
    const { pickupId } = await pickupOf('BUSY-01');
    const vendor = new TestVendor();
    const context = await contextWith(api.db, vendor);
    vendor.fails = 'retryable';
    await expect(bookPickup(context, { pickupId })).rejects.toMatchObject({ type: 'retryable' });
    vendor.fails = 'refused';
    await bookPickup(context, { pickupId });
    await bookPickup(context, { pickupId });
    expect(vendor.booked).toEqual([]);
    const [exception, ...more] = itemsIn(
      await api.call('GET', `/api/v1/exceptions?pickupId=${pickupId}`, { as: 'viewer' }),
    );
    expect(more).toEqual([]);
    expect(exception).toMatchObject({ code: 'pickup-refused', reason: 'book pickup: refused' });
    const before = await wakes(`pickup:${pickupId}`);
    await resolve(exception?.['id'], 'retry');
    expect(await wakes(`pickup:${pickupId}`)).toBe(before + 1);
    await bookPickup(context, { pickupId });
    expect(vendor.booked).toEqual([pickupId]);
  });

  test('a connector that only observes sends nothing, and says so', async () => {
    const { pickupId } = await pickupOf('OBSERVE-01');
    const vendor = new TestVendor();
    const context = await contextWith(api.db, vendor, 'observe');
    await bookPickup(context, { pickupId });
    await bookPickup(context, { pickupId });
    expect(vendor.booked).toEqual([]);
    expect(listIn(await look(pickupId), 'exceptions')).toMatchObject([
      { code: 'pickup-not-sent', blocking: false },
    ]);
  });
});

describe('what the vendor sends', () => {
  test('scan, receipt and certificates are taken in serial by serial; again they change nothing', async () => {
    const { pickupId, devices } = await pickupOf('CHAIN-01', 'CHAIN-02');
    const vendor = new TestVendor();
    const context = await contextWith(api.db, vendor);
    const take = (what: 'scanned' | 'receipt' | 'certificates') =>
      importVendorDocuments(context, { connector: 'itad', pickupId, what });
    await scan(pickupId, 'CHAIN-01');
    await scan(pickupId, 'CHAIN-02');
    await confirm(pickupId);
    vendor.scan = [
      { pickupId, serial: 'chain-01', model: 'whatever', scannedAt: '2026-01-01T10:00:00.000Z' },
      { pickupId, serial: 'CHAIN 02', model: '', scannedAt: '2026-01-01T10:01:00.000Z' },
      { pickupId, serial: 'FOREIGN-1', model: '', scannedAt: '2026-01-01T10:02:00.000Z' },
    ];
    const received = {
      pickupId,
      manufacturer: '',
      model: '',
      receivedAt: '2026-01-02T10:00:00.000Z',
      facility: 'Halle',
      condition: '',
    };
    vendor.receipt = [
      { ...received, serial: 'CHAIN-01' },
      { ...received, serial: 'CHAIN-02' },
    ];
    vendor.certificates = [
      certificate(pickupId, 'CHAIN-01'),
      certificate(pickupId, 'CHAIN-02'),
      certificate(pickupId, 'NOBODYS-1'),
    ];
    for (const what of ['scanned', 'receipt', 'certificates'] as const) await take(what);
    const before = await factCount();
    const woken = await wakes(`custody:${devices[0]?.deviceId ?? ''}:1`);
    for (const what of ['scanned', 'receipt', 'certificates'] as const) await take(what);
    expect(await factCount()).toBe(before);
    expect(await wakes(`custody:${devices[0]?.deviceId ?? ''}:1`)).toBe(woken);

    const shown = await look(pickupId);
    expect(shown.body).toMatchObject({ state: 'certified' });
    expect(listIn(shown, 'lines')).toMatchObject([
      {
        vendorScannedAt: expect.any(String),
        receivedAt: expect.any(String),
        transferredAt: expect.any(String),
        certificates: [expect.stringMatching(/^CERT-CHAIN-0/u)],
      },
      { receivedAt: expect.any(String) },
    ]);
    expect(
      Object.fromEntries(listIn(shown, 'vendorScans').map(({ serial, verdict }) => [serial, verdict])),
    ).toEqual({ CHAIN01: 'match', CHAIN02: 'match', FOREIGN1: 'unexpected' });
    expect(
      listIn(shown, 'exceptions')
        .map(({ code, reason }) => [code, reason])
        .toSorted(byText),
    ).toEqual([
      ['certificate-unmatched', 'certificate CERT-NOBODYS-1, serial NOBODYS1'],
      ['vendor-scan-unexpected', 'serial FOREIGN1'],
    ]);
    const kept = await api.db
      .selectFrom('certificates')
      .select(['serial', 'matched'])
      .where('pickup_id', '=', pickupId)
      .orderBy('serial')
      .execute();
    expect(kept).toEqual([
      { serial: 'CHAIN01', matched: true },
      { serial: 'CHAIN02', matched: true },
      { serial: 'NOBODYS1', matched: false },
    ]);
    // The gate itself agrees.
    const device = await api.call('GET', `/api/v1/devices/${devices[0]?.deviceId ?? ''}`, { as: 'viewer' });
    const gates = listIn(device, 'custodies')[0]?.['gates'] as readonly { gate: string; state: string }[];
    expect(gates.find(({ gate }) => gate === 'itad-handoff')?.state).toBe('satisfied');
  });

  test("a technician's name is in the document and in no fact", async () => {
    const facts = await api.db
      .selectFrom('facts')
      .select('key')
      .where('canonical', 'like', '%Terry%')
      .execute();
    expect(facts).toEqual([]);
    const documents = await api.db.selectFrom('documents').select('content').execute();
    expect(documents.some(({ content }) => content?.toString().includes('Terry'))).toBe(true);
  });

  test('a longer document with the same certificates adds only what is new; another standing of one is news', async () => {
    const { pickupId, devices } = await pickupOf('GROW-01', 'GROW-02');
    const vendor = new TestVendor();
    const context = await contextWith(api.db, vendor);
    const take = () => importVendorDocuments(context, { connector: 'itad', pickupId, what: 'certificates' });
    const certified = async (index: number) =>
      (await types(`device:${devices[index]?.deviceId ?? ''}`)).filter((type) => type === 'handoff.certified')
        .length;
    const draft = certificate(pickupId, 'GROW-01', { status: 'draft' });
    vendor.certificates = [draft];
    await take();
    vendor.certificates = [draft, certificate(pickupId, 'GROW-02')];
    await take();
    expect([await certified(0), await certified(1)]).toEqual([1, 1]);
    vendor.certificates = [certificate(pickupId, 'GROW-01'), certificate(pickupId, 'GROW-02')];
    await take();
    expect([await certified(0), await certified(1)]).toEqual([2, 1]);
  });

  test('documents that come before the confirmation count when it comes', async () => {
    const { pickupId } = await pickupOf('EARLY-01');
    const vendor = new TestVendor();
    vendor.receipt = [
      {
        pickupId,
        serial: 'EARLY-01',
        manufacturer: '',
        model: '',
        receivedAt: '2026-01-02T10:00:00.000Z',
        facility: 'Halle',
        condition: '',
      },
    ];
    await importVendorDocuments(await contextWith(api.db, vendor), {
      connector: 'itad',
      pickupId,
      what: 'receipt',
    });
    expect((await look(pickupId)).body['state']).toBe('draft');
    await scan(pickupId, 'EARLY-01');
    expect((await confirm(pickupId)).body['state']).toBe('received');
  });

  test('a list that is not there, a pickup that is none of ours, and a list nobody can read', async () => {
    const { pickupId } = await pickupOf('TROUBLE-01');
    const vendor = new TestVendor();
    const context = await contextWith(api.db, vendor);
    const take = (id: string) =>
      importVendorDocuments(context, { connector: 'itad', pickupId: id, what: 'receipt' });
    await expect(take(pickupId)).rejects.toMatchObject({ code: 'not-found' });
    await expect(take('pick_nobody')).rejects.toMatchObject({ code: 'not-found' });
    vendor.fails = 'retryable';
    await expect(take(pickupId)).rejects.toMatchObject({ type: 'retryable' });
    vendor.fails = 'unexpected-answer';
    await expect(take(pickupId)).rejects.toMatchObject({ code: 'unexpected-answer' });
    expect(listIn(await look(pickupId), 'exceptions')).toMatchObject([
      { code: 'document-unreadable', reason: 'receipt: LINE_1' },
    ]);
  });

  test('a custody that has ended takes no more facts', async () => {
    const { pickupId, caseId, devices } = await pickupOf('ENDED-01');
    await api.db
      .transaction()
      .execute((tx) => cancelCase(tx, caseId, 'operator', 'token:t-operator', new Date()));
    const before = await types(`device:${devices[0]?.deviceId ?? ''}`);
    const vendor = new TestVendor();
    vendor.certificates = [certificate(pickupId, 'ENDED-01')];
    await importVendorDocuments(await contextWith(api.db, vendor), {
      connector: 'itad',
      pickupId,
      what: 'certificates',
    });
    expect(await types(`device:${devices[0]?.deviceId ?? ''}`)).toEqual(before);
    expect(
      await api.db.selectFrom('certificates').select('matched').where('pickup_id', '=', pickupId).execute(),
    ).toEqual([{ matched: true }]);
  });
});

describe('the sweep over pickups', () => {
  const sweep = async (vendor: TestVendor) => {
    let beats = 0;
    const swept = await sweepPickups(await contextWith(api.db, vendor), { connector: 'itad' }, () => {
      beats += 1;
    });
    return { ...swept, beats };
  };
  const stateOf = async (pickupId: string) => (await look(pickupId)).body['state'];

  /** Nothing of other tests is asked about. */
  const bookedAlone = async (...serials: readonly string[]) => {
    await api.db.updateTable('pickups').set({ reference: null }).execute();
    const { pickupId } = await pickupOf(...serials);
    await bookPickup(await contextWith(api.db, new TestVendor()), { pickupId });
    return pickupId;
  };

  test('brings what no webhook announced, as far as the pickup has come, and ends with what became of its units', async () => {
    const pickupId = await bookedAlone('SWEPT-01');
    const vendor = new TestVendor();
    expect(await sweep(vendor)).toEqual({ pickups: 1, lists: 0, beats: 1 });
    vendor.scan = [{ pickupId, serial: 'SWEPT-01', model: '', scannedAt: '2026-01-01T10:00:00.000Z' }];
    expect(await sweep(vendor)).toMatchObject({ lists: 1 });
    await scan(pickupId, 'SWEPT-01');
    await confirm(pickupId);
    vendor.receipt = [
      {
        pickupId,
        serial: 'SWEPT-01',
        manufacturer: '',
        model: '',
        receivedAt: '2026-01-02T10:00:00.000Z',
        facility: 'Halle',
        condition: '',
      },
    ];
    expect(await sweep(vendor)).toEqual({ pickups: 1, lists: 2, beats: 3 });
    expect(await stateOf(pickupId)).toBe('received');
    const before = await factCount();
    expect(await sweep(vendor)).toEqual({ pickups: 1, lists: 1, beats: 2 });
    expect(await factCount()).toBe(before);
    vendor.certificates = [certificate(pickupId, 'SWEPT-01')];
    await sweep(vendor);
    expect(await stateOf(pickupId)).toBe('certified');
    // What became of it is still to be said.
    expect(await sweep(vendor)).toEqual({ pickups: 1, lists: 0, beats: 1 });
    vendor.dispositions = [disposition(pickupId, 'SWEPT-01', { downstream: 'unknown' })];
    expect(await sweep(vendor)).toEqual({ pickups: 1, lists: 1, beats: 1 });
    const reported = await factCount();
    // Where it went from there has nobody said; that it is nowhere yet is no end.
    vendor.dispositions = [
      disposition(pickupId, 'SWEPT-01', { outcome: 'not-processed', downstream: 'unknown' }),
    ];
    expect(await sweep(vendor)).toEqual({ pickups: 1, lists: 1, beats: 1 });
    vendor.dispositions = [disposition(pickupId, 'SWEPT-01', { downstream: 'exported' })];
    await sweep(vendor);
    expect(await factCount()).toBeGreaterThan(reported);
    expect(await sweep(vendor)).toEqual({ pickups: 0, lists: 0, beats: 0 });
  });

  test('asks what became of units for a time after their certificates, and for as long as a closure waits for it', async () => {
    const pickupId = await bookedAlone('SWEPT-11');
    const vendor = new TestVendor();
    vendor.scan = [{ pickupId, serial: 'SWEPT-11', model: '', scannedAt: '2026-01-01T10:00:00.000Z' }];
    vendor.certificates = [certificate(pickupId, 'SWEPT-11')];
    await scan(pickupId, 'SWEPT-11');
    await confirm(pickupId);
    expect(await sweep(vendor)).toMatchObject({ lists: 2 });
    expect(await stateOf(pickupId)).toBe('certified');
    const awaited = async (days: number) => {
      const page = { connector: 'itad', after: '', limit: 10 };
      const found = await pickupsAwaiting(api.db, page, new Date(Date.now() + days * 86_400_000));
      return found.map(({ id, isReportAwaited }) => [id, isReportAwaited]);
    };
    expect(await awaited(89)).toEqual([[pickupId, true]]);
    expect(await awaited(91)).toEqual([]);
    await api.db
      .updateTable('custodies')
      .set({ blocked_by: JSON.stringify([{ code: 'disposition-awaited' }]) as never })
      .where('device_id', 'in', (query) =>
        query.selectFrom('pickup_lines').select('device_id').where('pickup_id', '=', pickupId),
      )
      .execute();
    expect(await awaited(400)).toEqual([[pickupId, true]]);
  });

  test('a list that nobody can read holds up no other; a vendor that does not answer ends the sweep', async () => {
    const pickupId = await bookedAlone('SWEPT-02');
    const vendor = new TestVendor();
    vendor.fails = 'unexpected-answer';
    expect(await sweep(vendor)).toMatchObject({ pickups: 1, lists: 0 });
    expect(listIn(await look(pickupId), 'exceptions')).toMatchObject([{ code: 'document-unreadable' }]);
    vendor.fails = 'retryable';
    await expect(sweep(vendor)).rejects.toMatchObject({ code: 'retryable' });
  });
});
