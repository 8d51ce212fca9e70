/** What comes back: handed in with a receipt, in the wrong parcel, looked at with photos. The scanned serial decides. */
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deviceStream } from '../../src/domain/fact.ts';
import type { NewFact } from '../../src/domain/fact.ts';
import { appendFacts } from '../../src/store/facts.ts';
import { openException } from '../../src/store/exceptions.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { listIn, startApi, textIn } from './support/api.ts';
import type { TestApi } from './support/api.ts';
import { lastFact, leaverWith, typesIn } from './support/facts.ts';
import type { Held } from './support/facts.ts';

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await testDatabase();
  api = await startApi(database.url);
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

const post = (path: string, body: object, as: 'dock' | 'operator' | 'viewer' = 'dock') =>
  api.call('POST', `/api/v1${path}`, { as, body });
const wayBack = (deviceId: string) =>
  api.call('GET', `/api/v1/devices/${deviceId}/return`, { as: 'operator' });

const scan = (serial: string, trackingCode: string) =>
  post('/intake-scans', { serial, site: 'berlin', trackingCode });

let counter = 0;
async function oneDevice(): Promise<Held> {
  counter += 1;
  const { devices } = await leaverWith(api.db, `RET-${String(counter).padStart(4, '0')}`);
  const [device] = devices;
  if (device === undefined) throw new Error('no device');
  return device;
}

async function parcelOf({ deviceId, epoch }: Held): Promise<string> {
  const trackingCode = `94${randomBytes(6).toString('hex')}`;
  const values = { tracking_code: trackingCode, connector: 'post', device_id: deviceId, epoch };
  await api.db.insertInto('trackers').values(values).execute();
  return trackingCode;
}

async function gateOf({ deviceId }: Held): Promise<string> {
  const { gates } = await api.db
    .selectFrom('custodies')
    .select('gates')
    .where('device_id', '=', deviceId)
    .executeTakeFirstOrThrow();
  return gates['return']?.state ?? '';
}

async function openCodes({ deviceId }: Held): Promise<readonly string[]> {
  const rows = await api.db
    .selectFrom('exceptions')
    .select('code')
    .where('device_id', '=', deviceId)
    .where('resolved_at', 'is', null)
    .execute();
  return rows.map(({ code }) => code);
}

describe('a device that is handed in at an office', () => {
  const handIn = (serial: string) =>
    post('/drop-offs', { serial, site: 'berlin', receivedBy: 'Jo Receiver', handedInBy: 'colleague' });

  test('is answered with one receipt by name, also when asked thrice at once, and is not returned by it', async () => {
    const device = await oneDevice();
    const answers = await Promise.all([1, 2, 3].map(() => handIn(device.serial.toLowerCase())));
    const receipts = answers.map(({ body }) => body['receipt'] as Readonly<Record<string, unknown>>);
    expect(new Set(receipts.map((one) => one['id'])).size).toBe(1);
    expect(receipts[0]).toMatchObject({ receivedBy: 'Jo Receiver', actor: 'token:t-dock', site: 'berlin' });
    expect(await gateOf(device)).toBe('in-progress');
    expect((await wayBack(device.deviceId)).body['dropOff']).toMatchObject({ id: receipts[0]?.['id'] });
    expect(await post('/intake-scans', { serial: device.serial, site: 'berlin' })).toMatchObject({
      body: { verdict: 'returned' },
    });
    expect(await gateOf(device)).toBe('satisfied');
    expect((await handIn(device.serial)).body['verdict']).toBe('already-received');
  });

  test('leaves the name out of the ledger', async () => {
    const device = await oneDevice();
    await handIn(device.serial);
    const { data } = await lastFact(api.db, deviceStream(device.deviceId), 'return.dropped-off');
    expect(Object.keys(data).toSorted()).toEqual(['epoch', 'receiptId', 'site']);
    expect(JSON.stringify(data)).not.toContain('Receiver');
  });

  test('that nobody knows becomes an exception, and no receipt', async () => {
    expect(await handIn('NOBODY-0001')).toMatchObject({
      status: 202,
      body: { verdict: 'unknown-serial', receipt: null, exceptionId: expect.stringMatching(/^exc_/u) },
    });
  });
});

describe('a parcel with another unit in it', () => {
  test('returns the one that was scanned and keeps the expected one out, both traced', async () => {
    const [expected, found] = [await oneDevice(), await oneDevice()];
    const trackingCode = await parcelOf(expected);
    const answer = await scan(found.serial, trackingCode);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        verdict: 'returned',
        deviceId: found.deviceId,
        wrongUnit: { expectedDeviceId: expected.deviceId },
      },
    });
    expect([await gateOf(expected), await gateOf(found)]).toEqual(['waiting', 'satisfied']);
    const told = await lastFact(api.db, deviceStream(expected.deviceId), 'return.wrong-unit');
    expect(told.data).toMatchObject({
      trackingCode,
      foundSerial: found.serial,
      foundDeviceId: found.deviceId,
    });
    const came = await lastFact(api.db, deviceStream(found.deviceId), 'return.scanned');
    expect(came.data).toMatchObject({ parcelOf: expected.deviceId });
    // The same again is the same riddle.
    await scan(found.serial, trackingCode);
    expect(await openCodes(expected)).toEqual(['wrong-unit-in-box']);
    expect(
      (await typesIn(api.db, deviceStream(expected.deviceId))).filter((one) => one === 'return.wrong-unit'),
    ).toHaveLength(1);
  });

  test('of a serial nobody knows opens an exception for each of the two', async () => {
    const expected = await oneDevice();
    const answer = await scan('STRANGE-0001', await parcelOf(expected));
    expect(answer).toMatchObject({
      status: 202,
      body: { verdict: 'unknown-serial', wrongUnit: { expectedDeviceId: expected.deviceId } },
    });
    const { reason } = await api.db
      .selectFrom('exceptions')
      .select('reason')
      .where('id', '=', textIn(answer, 'exceptionId'))
      .executeTakeFirstOrThrow();
    expect(reason).toContain(`in the parcel of ${expected.deviceId}`);
    expect(await openCodes(expected)).toEqual(['wrong-unit-in-box']);
  });

  test('is healed by the scan of the right one, and stays in the record', async () => {
    const [expected, found] = [await oneDevice(), await oneDevice()];
    const trackingCode = await parcelOf(expected);
    await scan(found.serial, trackingCode);
    expect(await scan(expected.serial, trackingCode)).toMatchObject({
      body: { verdict: 'returned', wrongUnit: null },
    });
    expect(await openCodes(expected)).toEqual([]);
    expect(await gateOf(expected)).toBe('satisfied');
    expect(listIn(await wayBack(expected.deviceId), 'wrongUnits')).toHaveLength(1);
  });

  test('a label that is nobody’s changes nothing', async () => {
    const device = await oneDevice();
    expect(await scan(device.serial, 'no-such-label')).toMatchObject({
      body: { verdict: 'returned', wrongUnit: null },
    });
  });
});

test('a scan out of the parcel that was made for the device says so, and one without does not', async () => {
  const [looked, unlooked] = [await oneDevice(), await oneDevice()];
  const trackingCode = await parcelOf(looked);
  await scan(looked.serial, trackingCode);
  await scan(unlooked.serial, await parcelOf(await oneDevice()));
  const data = async ({ deviceId }: Held) =>
    (await lastFact(api.db, deviceStream(deviceId), 'return.scanned')).data;
  expect(await data(looked)).toMatchObject({ trackingCode });
  expect(await data(unlooked)).not.toHaveProperty('trackingCode');
});

test('a label that was given back is shown with its reason, the others as they are', async () => {
  const device = await oneDevice();
  const { deviceId, epoch } = device;
  const [given, kept] = [await parcelOf(device), await parcelOf(device)];
  const about = { epoch, intentId: 'int_given', connector: 'post', trackingCode: given };
  const add = (at: string, fact: Pick<NewFact, 'type' | 'data'>) => {
    const more = { stream: deviceStream(deviceId), key: `${fact.type}:int_given`, actor: 'handback' };
    return api.db
      .transaction()
      .execute((tx) => appendFacts(tx, [{ ...more, ...fact } as NewFact], new Date(at)));
  };
  const shown = async (code: string) =>
    listIn(await wayBack(deviceId), 'parcels').find(({ trackingCode }) => trackingCode === code)?.[
      'givenBack'
    ];
  const [begun, answered] = ['2026-03-02T10:00:00.000Z', '2026-03-02T10:00:01.000Z'];
  const judged = { rulesVersion: '3', policyDigest: 'p' };
  await add(begun, {
    type: 'return.label-refund-intended',
    data: { ...about, ...judged, why: 'no-return' },
  });
  expect(await shown(given)).toEqual({ at: begun, why: 'no-return', outcome: null });
  await add(answered, { type: 'return.label-refund-asked', data: { ...about, outcome: 'refused' } });
  expect(await shown(given)).toEqual({ at: answered, why: 'no-return', outcome: 'refused' });
  expect(await shown(kept)).toBeNull();
});

test('a parcel that counted as lost and turns up is healed by its scan; that it was lost stays in the record', async () => {
  const device = await oneDevice();
  const exceptionId = await api.db.transaction().execute((tx) =>
    openException(
      tx,
      {
        stream: deviceStream(device.deviceId),
        code: 'lost-in-transit',
        gate: 'return',
        round: device.epoch,
        owner: 'asset-manager',
        blocking: true,
        dueAt: new Date(),
        caseId: null,
        deviceId: device.deviceId,
        occurrence: '1',
      },
      new Date(),
    ),
  );
  await post('/intake-scans', { serial: device.serial, site: 'berlin' });
  const row = await api.db
    .selectFrom('exceptions')
    .select(['outcome', 'resolved_by'])
    .where('id', '=', exceptionId)
    .executeTakeFirstOrThrow();
  expect(row).toEqual({ outcome: 'scanned-in', resolved_by: 'token:t-dock' });
  const types = await typesIn(api.db, deviceStream(device.deviceId));
  expect(types).toEqual(expect.arrayContaining(['exception.opened', 'exception.resolved']));
});

describe('an inspection', () => {
  const JPEG = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), randomBytes(64)]);
  const bring = (deviceId: string, content: Buffer, contentType = 'image/jpeg') =>
    post(`/devices/${deviceId}/photos`, { contentType, document: content.toString('base64') });

  test('names photos by the digest of their bytes, lists what was with it, and says what it is fit for', async () => {
    const { deviceId } = await oneDevice();
    const digest = textIn(await bring(deviceId, JPEG), 'digest');
    expect(digest).toBe(createHash('sha256').update(JPEG).digest('hex'));
    expect(textIn(await bring(deviceId, JPEG), 'digest')).toBe(digest);
    const body = {
      setUpScreen: true,
      condition: 'damaged',
      outcome: 'needs-repair',
      accessories: [
        { item: 'charger', present: true },
        { item: 'dock', present: false },
      ],
      photos: [digest],
    };
    expect((await post(`/devices/${deviceId}/inspections`, body)).status).toBe(200);
    expect(listIn(await wayBack(deviceId), 'inspections')).toMatchObject([body]);
    const read = await api.call('GET', `/api/v1/devices/${deviceId}/photos/${digest}`, { as: 'dock' });
    expect(read.body).toMatchObject({ contentType: 'image/jpeg', document: JPEG.toString('base64') });
  });

  test('takes no photo of another device', async () => {
    const [mine, other] = [await oneDevice(), await oneDevice()];
    const digest = textIn(await bring(other.deviceId, JPEG), 'digest');
    const body = { setUpScreen: false, condition: 'good', photos: [digest] };
    expect(await post(`/devices/${mine.deviceId}/inspections`, body)).toMatchObject({
      status: 422,
      body: { code: 'photo-not-kept' },
    });
    expect(
      await api.call('GET', `/api/v1/devices/${mine.deviceId}/photos/${digest}`, { as: 'dock' }),
    ).toMatchObject({ status: 404 });
  });

  test.each([
    ['a page', Buffer.from('<html><script>'), 'image/jpeg'],
    ['a PNG that is called a JPEG', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'image/jpeg'],
    ['a WAV, which is RIFF too', Buffer.from('RIFF\0\0\0\0WAVEfmt '), 'image/webp'],
    ['nothing but a signature cut off', Buffer.from([0xff, 0xd8, 0x00]), 'image/jpeg'],
  ])('takes no %s', async (_what, content, contentType) => {
    const { deviceId } = await oneDevice();
    expect(await bring(deviceId, content, contentType)).toMatchObject({
      status: 422,
      body: { code: 'photo-unreadable' },
    });
  });

  test('takes a photo of six million bytes, and none larger', async () => {
    const { deviceId } = await oneDevice();
    const large = (bytes: number) => Buffer.concat([JPEG, Buffer.alloc(bytes - JPEG.length, 7)]);
    expect((await bring(deviceId, large(6_000_000))).status).toBe(201);
    expect((await bring(deviceId, large(6_000_001))).status).toBeGreaterThanOrEqual(400);
    expect((await bring(deviceId, large(6_100_000))).status).toBe(413);
  });

  test('other doors keep their small limit', async () => {
    const { deviceId } = await oneDevice();
    const body = { setUpScreen: true, condition: 'good', note: 'x'.repeat(300_000) };
    expect((await post(`/devices/${deviceId}/inspections`, body)).status).toBe(413);
  });

  test('says each accessory once, of those that there are', async () => {
    const { deviceId } = await oneDevice();
    for (const accessories of [
      [
        { item: 'dock', present: true },
        { item: 'dock', present: false },
      ],
      [{ item: 'jewellery', present: true }],
    ])
      expect(
        (
          await post(`/devices/${deviceId}/inspections`, {
            setUpScreen: true,
            condition: 'good',
            accessories,
          })
        ).status,
      ).toBe(400);
  });
});
