import { parse } from 'csv-parse/sync';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createItad } from '../../sandbox/itad/index.ts';
import { startReceiver, startVendor } from './vendor-kit.ts';
import type { Receiver, Vendor } from './vendor-kit.ts';

const SECRET = `whsec_${Buffer.from('a secret of the disposal vendor').toString('base64')}`;
const AUTH = { authorization: 'Bearer customer' };
const BOOKING = {
  pickupId: 'pk_1',
  site: { name: 'Head office', city: 'Boston' },
  window: { from: '2027-01-04T08:00:00Z', to: '2027-01-04T12:00:00Z' },
  contact: { name: 'Dock', email: 'dock@example.com' },
};
const line = (number: number, serial: string) => ({
  pickupId: 'pk_1',
  line: number,
  serial,
  manufacturer: 'Lenovo',
  model: 'ThinkPad T14',
  assetTag: `HB-${number}`,
  dataBearing: true,
  condition: 'working',
});
const LINES = [line(1, 'AAA'), line(2, 'BBB'), line(3, 'CCC')];

let vendor: Vendor;
let receiver: Receiver;

beforeEach(async () => {
  receiver = await startReceiver();
  vendor = await startVendor(
    createItad,
    {
      token: 'customer',
      webhooks: [{ url: `${receiver.url}/hook`, secret: SECRET }],
      webhookRetryDelaysMs: [1, 1, 1],
    },
    AUTH,
  );
});
afterEach(async () => {
  await vendor[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
});

const book = (change: object = {}) => vendor.call('/pickups', { body: { ...BOOKING, ...change } });
const putManifest = (lines: readonly object[] = LINES) =>
  vendor.call('/pickups/pk_1/manifest', { method: 'PUT', body: { lines } });
const read = async (document: string) => (await vendor.call(`/pickups/pk_1/${document}`)).body.lines;
const serials = (lines: readonly { serial: string }[]) => lines.map(({ serial }) => serial);

async function manifested(): Promise<void> {
  await book();
  await putManifest();
}

/** Bodies of the webhooks received of one kind, verified. */
async function told(type: string, count: number) {
  const bodies = () =>
    receiver.received
      .map(({ body: raw, headers }) => new Webhook(SECRET).verify(raw, headers as Record<string, string>))
      .map((body) => body as { type: string; data: ReturnType<typeof JSON.parse> });
  await vi.waitFor(
    () => expect(bodies().filter((body) => body.type === type).length).toBeGreaterThanOrEqual(count),
    { timeout: 10_000 },
  );
  return bodies().filter((body) => body.type === type);
}

describe('booking and manifest', () => {
  test('a booking is idempotent by pickupId: the same again is the same booking, other details are a conflict', async () => {
    const [first, again, other] = [
      await book(),
      await book({ site: { city: 'Boston', name: 'Head office' } }),
      await book({ site: 'elsewhere' }),
    ];
    expect([first.status, again.status, other.status]).toEqual([201, 200, 409]);
    expect(again.body.bookingReference).toBe(first.body.bookingReference);
    expect(await vendor.effects()).toMatchObject([{ kind: 'pickup.booked', target: 'pk_1' }]);
  });

  test('a booking that is not complete is refused with what is missing', async () => {
    const { status, body } = await vendor.call('/pickups', { body: { pickupId: 'x' } });
    expect(status).toBe(422);
    expect(body.error.problems.map(({ field }: { field: string }) => field).toSorted()).toEqual([
      'contact',
      'site',
      'window',
    ]);
  });

  test('JSON and CSV with the same names carry the same manifest, and repeating it changes nothing', async () => {
    await book();
    const json = await putManifest();
    const csv = [
      Object.keys(LINES[0] ?? {}).join(','),
      ...LINES.map((entry) => Object.values(entry).join(',')),
    ].join('\r\n');
    const text = await vendor.call('/pickups/pk_1/manifest', {
      method: 'PUT',
      body: csv,
      headers: { 'content-type': 'text/csv' },
    });
    expect([json.status, text.status]).toEqual([200, 200]);
    expect(text.body.manifest).toEqual(json.body.manifest);
    expect(json.body).toMatchObject({ status: 'manifested', manifest: { lines: 3 } });
    expect(await vendor.effects('manifest.received')).toMatchObject([
      { params: { serials: ['AAA', 'BBB', 'CCC'] } },
    ]);
  });

  test('a manifest with errors is refused whole, line by line', async () => {
    await book();
    const { status, body } = await putManifest([
      line(1, 'AAA'),
      { ...line(1, 'BBB'), pickupId: 'pk_2' },
      { ...line(3, ''), dataBearing: 'perhaps' },
    ]);
    expect(status).toBe(422);
    expect(
      body.error.problems.map(
        (problem: { line: number; field: string }) => `${problem.line} ${problem.field}`,
      ),
    ).toEqual(['2 pickupId', '2 line', '3 serial', '3 dataBearing']);
    expect((await vendor.call('/pickups/pk_1')).body.manifest).toBeNull();
    expect(await vendor.effects('manifest.received')).toEqual([]);
  });

  test('once collected, the manifest is closed, except for the very same again', async () => {
    await manifested();
    await vendor.control('/pickups/pk_1/collect', {});
    expect((await putManifest()).status).toBe(200);
    expect((await putManifest([line(1, 'ZZZ')])).status).toBe(409);
  });
});

describe('from the dock to the certificate', () => {
  test('the ordinary way: scan, receipt and certificates name every serial of the manifest', async () => {
    await manifested();
    for (const document of ['scan', 'receipt', 'certificates'])
      expect((await vendor.call(`/pickups/pk_1/${document}`)).status).toBe(404);

    await vendor.control('/pickups/pk_1/collect', { seal: 'S-77' });
    await vendor.control('/pickups/pk_1/receive', {});
    await vendor.control('/pickups/pk_1/certify', { level: 'destroy' });
    expect(serials(await read('scan'))).toEqual(['AAA', 'BBB', 'CCC']);
    expect((await read('receipt'))[0]).toEqual({
      pickupId: 'pk_1',
      serial: 'AAA',
      manufacturer: 'Lenovo',
      model: 'ThinkPad T14',
      receivedAt: expect.any(String),
      facility: 'Plant 1',
      condition: 'used',
    });
    expect((await read('certificates'))[2]).toMatchObject({
      certificateId: 'CERT-000003',
      serial: 'CCC',
      assetTag: 'HB-3',
      level: 'destroy',
      method: 'shred',
      outcome: 'erased',
      status: 'issued',
      sanitizedBy: {
        name: expect.any(String),
        title: expect.any(String),
        date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
        location: 'Plant 1',
        contact: expect.any(String),
      },
      verifiedBy: { title: 'Quality lead' },
    });
    expect((await vendor.call('/pickups/pk_1')).body.status).toBe('certified');

    const [scanned] = await told('pickup.scanned', 1);
    expect(scanned?.data).toMatchObject({
      pickupId: 'pk_1',
      seal: 'S-77',
      lines: [{ serial: 'AAA' }, { serial: 'BBB' }, { serial: 'CCC' }],
    });
    expect((await told('receipt.available', 1))[0]?.data).toEqual({
      pickupId: 'pk_1',
      lines: 3,
      url: `${vendor.url}/pickups/pk_1/receipt`,
    });
    expect((await told('certificates.available', 1))[0]?.data.lines).toBe(3);
  });

  test('what became of units is reported in parts, and again when more is known; or not at all', async () => {
    await manifested();
    await vendor.control('/pickups/pk_1/collect', {});
    await vendor.control('/pickups/pk_1/receive', {});
    expect((await vendor.control('/pickups/pk_1/dispose', {})).status).toBe(409);
    await vendor.control('/pickups/pk_1/certify', {});
    expect((await vendor.call('/pickups/pk_1/dispositions')).body.error.code).toBe('not_available');
    await vendor.control('/pickups/pk_1/dispose', { serials: ['BBB'], downstream: 'unknown' });
    await vendor.control('/pickups/pk_1/dispose', {
      missing: ['CCC'],
      outcome: 'destroyed',
      downstream: 'recycled',
    });
    await vendor.control('/pickups/pk_1/dispose', { serials: ['BBB'], downstream: 'exported' });
    expect(await read('dispositions')).toMatchObject([
      { pickupId: 'pk_1', serial: 'AAA', assetTag: 'HB-1', outcome: 'destroyed', downstream: 'recycled' },
      { serial: 'BBB', outcome: 'sanitised', downstream: 'exported', processedAt: expect.any(String) },
    ]);
    expect((await told('dispositions.available', 3)).map(({ data }) => data.lines)).toEqual([1, 2, 2]);
  });

  test('receipts and certificates may come in parts', async () => {
    await manifested();
    await vendor.control('/pickups/pk_1/collect', {});
    await vendor.control('/pickups/pk_1/receive', { serials: ['BBB'] });
    await vendor.control('/pickups/pk_1/receive', {});
    expect(serials(await read('receipt'))).toEqual(['BBB', 'AAA', 'CCC']);
    await vendor.control('/pickups/pk_1/certify', { serials: ['AAA', 'BBB'], level: 'clear' });
    expect((await vendor.call('/pickups/pk_1')).body.status).toBe('received');
    await vendor.control('/pickups/pk_1/certify', {});
    expect(
      (await read('certificates')).map(
        ({ serial, level }: { serial: string; level: string }) => `${serial} ${level}`,
      ),
    ).toEqual(['AAA clear', 'BBB clear', 'CCC purge']);
  });

  test('missing, swapped, doubled and unannounced units and wrong models show in the document of the step where they went wrong', async () => {
    await manifested();
    await vendor.control('/pickups/pk_1/collect', {
      missing: ['AAA'],
      unknown: [{ serial: 'XXX', model: 'Mystery' }],
    });
    expect(serials(await read('scan'))).toEqual(['BBB', 'CCC', 'XXX']);
    await vendor.control('/pickups/pk_1/receive', {
      swapped: { BBB: 'YYY' },
      wrongModel: { CCC: 'Chromebook' },
      duplicated: ['XXX'],
    });
    const receipt = await read('receipt');
    expect(serials(receipt)).toEqual(['YYY', 'CCC', 'XXX', 'XXX']);
    expect(receipt[1].model).toBe('Chromebook');
    await vendor.control('/pickups/pk_1/certify', {
      missing: ['CCC'],
      outcome: 'not-erased',
      status: 'draft',
    });
    expect(await read('certificates')).toMatchObject([
      { serial: 'YYY', outcome: 'not-erased', status: 'draft' },
      { serial: 'XXX', outcome: 'not-erased', status: 'draft' },
    ]);
  });

  test('the truck can hold other units than the manifest says', async () => {
    await manifested();
    await vendor.control('/pickups/pk_1/collect', { serials: ['CCC', 'QQQ'] });
    expect(await read('scan')).toMatchObject([
      { line: 1, serial: 'CCC', model: 'ThinkPad T14' },
      { line: 2, serial: 'QQQ', model: '' },
    ]);
  });

  test('a certificate’s standing can change later, and the customer is told', async () => {
    await manifested();
    for (const step of ['collect', 'receive', 'certify']) await vendor.control(`/pickups/pk_1/${step}`, {});
    expect(
      (await vendor.control('/pickups/pk_1/certificates/CERT-000001', { status: 'verified' })).status,
    ).toBe(200);
    expect((await read('certificates'))[0].status).toBe('verified');
    await told('certificates.available', 2);
  });

  test('steps out of order and serials that are not there are refused by the control listener', async () => {
    await manifested();
    expect((await vendor.control('/pickups/pk_1/receive', {})).status).toBe(409);
    expect((await vendor.control('/pickups/pk_1/collect', { missing: ['NOPE'] })).status).toBe(400);
    expect((await vendor.control('/pickups/pk_1/collect', { typo: true })).status).toBe(400);
    expect((await vendor.control('/pickups/pk_9/collect', {})).status).toBe(404);
  });
});

describe('documents and webhooks', () => {
  test('CSV has the same names as headers, with the attestations spread over columns', async () => {
    await manifested();
    for (const step of ['collect', 'receive', 'certify']) await vendor.control(`/pickups/pk_1/${step}`, {});
    const csv = async (document: string) => {
      const { text, headers } = await vendor.call(`/pickups/pk_1/${document}`, {
        headers: { accept: 'text/csv' },
      });
      expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
      return parse(text, { columns: true });
    };
    expect((await csv('receipt'))[0]).toMatchObject({ pickupId: 'pk_1', serial: 'AAA', facility: 'Plant 1' });
    const [certificate] = await csv('certificates');
    const [{ sanitizedBy, verifiedBy, ...plain }] = await read('certificates');
    const spread = (role: string, person: object) =>
      Object.fromEntries(
        Object.entries(person).map(([field, value]) => [
          `${role}${field[0]?.toUpperCase()}${field.slice(1)}`,
          value,
        ]),
      );
    expect(certificate).toEqual({
      ...plain,
      ...spread('sanitizedBy', sanitizedBy),
      ...spread('verifiedBy', verifiedBy),
    });
  });

  test('a vendor may write its CSV with semicolons and a byte order mark', async () => {
    await using german = await startVendor(
      createItad,
      { token: 'customer', csv: { delimiter: ';', byteOrderMark: true } },
      AUTH,
    );
    await german.call('/pickups', { body: BOOKING });
    await german.call('/pickups/pk_1/manifest', { method: 'PUT', body: LINES });
    await german.control('/pickups/pk_1/collect', {});
    const response = await fetch(`${german.url}/pickups/pk_1/scan`, {
      headers: { ...AUTH, accept: 'text/csv' },
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    expect(bytes.toString().split('\n')[0]).toBe(
      '\uFEFFpickupId;line;serial;manufacturer;model;assetTag;scannedAt',
    );
  });

  test('a webhook is tried again under the same id until it is taken', async () => {
    receiver.answers.push(500, 429);
    await manifested();
    await vendor.control('/pickups/pk_1/collect', {});
    await told('pickup.scanned', 3);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    await vi.waitFor(
      async () =>
        expect(await vendor.deliveries()).toMatchObject([{ state: 'delivered', delivery: 'pickup.scanned' }]),
      { timeout: 10_000 },
    );
  });

  test('the vendor tells its certifications with the dates between which they hold', async () => {
    const { body } = await vendor.call('/vendor');
    expect(body.certifications).toContainEqual({
      scheme: 'R2v3',
      number: expect.any(String),
      validFrom: '2024-01-01',
      validTo: '2099-12-31',
    });
  });

  test('without the token nothing is served, and no other content type than JSON and CSV is taken', async () => {
    await book();
    expect((await vendor.call('/pickups/pk_1', { headers: { authorization: 'Bearer other' } })).status).toBe(
      401,
    );
    const xml = await vendor.call('/pickups/pk_1/manifest', {
      method: 'PUT',
      body: '<a/>',
      headers: { 'content-type': 'application/xml' },
    });
    expect(xml.status).toBe(415);
  });
});
