import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startReceiver } from '../../../sandbox/core/testing.ts';
import { createItad } from '../../../sandbox/itad/index.ts';
import {
  createGeneric,
  createGenericHookVerifier,
  GenericSettings,
  readGenericHook,
} from '../../../src/adapters/disposition/generic/index.ts';
import { deserted, startVendor } from '../support/sandbox.ts';
import type { VendorSandbox } from '../support/sandbox.ts';
import { booking, describeDispositionVendor, manifest } from './suite.ts';

const secretOf = (seed: string): string => `whsec_${Buffer.from(seed.repeat(24)).toString('base64')}`;
const secret = secretOf('a');

function settings(baseUrl: string, more: Readonly<Record<string, unknown>> = {}): GenericSettings {
  return GenericSettings.parse({
    baseUrl,
    token: 'itad-sandbox-token',
    webhookSecrets: [secretOf('n'), secret],
    timeLimitMs: 1000,
    requestsPerSecond: 1000,
    burst: 1000,
    ...more,
  });
}

const flavours = [
  ['json', { format: 'json' }, {}, /^application\/json/u],
  ['csv', { format: 'csv' }, {}, /^text\/csv/u],
  [
    'csv, semicolons and a byte order mark',
    { format: 'csv' },
    { csv: { delimiter: ';', byteOrderMark: true } },
    /^text\/csv/u,
  ],
  ['csv, tabs', { format: 'csv' }, { csv: { delimiter: '\t' } }, /^text\/csv/u],
] as const;

for (const [name, more, options, contentType] of flavours) {
  describeDispositionVendor(`generic (${name})`, async () => {
    const receiver = await startReceiver();
    const sandbox = await startVendor('itad', createItad, {
      ...options,
      webhooks: [{ url: receiver.url, secret }],
    });
    return {
      sandbox,
      receiver,
      contentType,
      vendor: createGeneric('itad', settings(sandbox.url, more)),
      unreachable: createGeneric('itad', settings(await deserted(), more)),
      requests: {
        book: { method: 'POST', path: '/pickups$' },
        manifest: { method: 'PUT', path: '/manifest$' },
        receipt: { method: 'GET', path: '/receipt$' },
        dispositions: { method: 'GET', path: '/dispositions$' },
      },
      effects: { booked: 'pickup.booked', manifest: 'manifest.received' },
      hooks: {
        verifier: createGenericHookVerifier(settings('http://unused')),
        verifierOfAnotherSecret: createGenericHookVerifier(
          settings('http://unused', { webhookSecrets: [secretOf('z')] }),
        ),
        reader: readGenericHook,
      },
      async work(step, pickupId, how = {}) {
        await sandbox.act(`/pickups/${encodeURIComponent(pickupId)}/${step}`, how);
      },
    };
  });
}

describe('generic disposal vendor', () => {
  const { pickupId } = booking;
  let sandbox: VendorSandbox;

  beforeAll(async () => {
    sandbox = await startVendor('itad', createItad);
  });
  afterAll(() => sandbox.stop());
  beforeEach(() => sandbox.reset());

  it('reads the same lines out of JSON and CSV', async () => {
    const json = createGeneric('itad', settings(sandbox.url, { format: 'json' }));
    const csv = createGeneric('itad', settings(sandbox.url, { format: 'csv' }));
    await json.bookPickup(booking);
    await json.sendManifest(pickupId, manifest);
    // The same manifest in the other format is the same manifest.
    await csv.sendManifest(pickupId, manifest);
    expect(await sandbox.effects('manifest.received')).toHaveLength(1);
    const path = `/pickups/${encodeURIComponent(pickupId)}`;
    await sandbox.act(`${path}/collect`, { unknown: [{ serial: '000', manufacturer: '', model: '' }] });
    await sandbox.act(`${path}/receive`, { condition: '' });
    await sandbox.act(`${path}/certify`, {});
    for (const read of ['readVendorScan', 'readReceipt', 'readCertificates'] as const) {
      const [one, other] = [await json[read](pickupId), await csv[read](pickupId)];
      expect(one?.lines).toHaveLength(4);
      expect(other?.lines).toEqual(one?.lines);
      expect(other?.document.equals(one?.document ?? Buffer.alloc(0))).toBe(false);
    }
  });

  const receipt = {
    pickupId,
    serial: 'S1',
    manufacturer: '',
    model: '',
    receivedAt: '2026-03-03T09:00:00Z',
    facility: 'Plant 1',
    condition: '',
  };
  const header = Object.keys(receipt).join(',');
  const row = Object.values(receipt).join(',');

  async function answered(body: unknown, contentType: string): Promise<unknown> {
    await sandbox.fault({
      match: { path: '/receipt$' },
      fault: { type: 'status', status: 200, headers: { 'content-type': contentType }, body },
      times: 1,
    });
    return createGeneric('itad', settings(sandbox.url))
      .readReceipt(pickupId)
      .then((document) => document?.lines)
      .catch((error: unknown) => error);
  }

  it.each([
    ['a serial that became a number', { lines: [receipt, { ...receipt, serial: 12345 }] }, 'LINE_2'],
    ['a line of no pickup', { lines: [{ ...receipt, pickupId: '' }] }, 'LINE_1'],
    ['an unknown name', { lines: [{ ...receipt, extra: 'Jane' }] }, 'LINE_1'],
    ['a time without a zone', { lines: [{ ...receipt, receivedAt: '2026-03-03T09:00:00' }] }, 'LINE_1'],
    ['control characters', { lines: [{ ...receipt, serial: 'S\u00001' }] }, 'LINE_1'],
    ['broken Unicode', { lines: [{ ...receipt, model: '\ud800' }] }, 'LINE_1'],
    ['no list', { rows: [] }, 'NO_LINES'],
  ])('refuses %s in JSON, told by its line and nothing else', async (_what, body, vendorCode) => {
    const error = await answered(body, 'application/json');
    expect(error).toMatchObject({
      code: 'unexpected-answer',
      vendorCode,
      message: `itad: read receipt: unexpected-answer (${vendorCode})`,
    });
    expect(JSON.stringify(error, ['message', 'cause', 'stack'])).not.toContain('Jane');
  });

  it.each([
    ['a missing column', `${header.replace(',facility', '')}\n${row}`, 'NOT_CSV'],
    ['a short line', `${header}\n${row}\n${pickupId},S2`, 'NOT_CSV'],
    ['two columns of one name', `${header},serial\n${row},S9`, 'HEADER'],
    ['an unknown column', `${header},extra\n${row},x`, 'LINE_1'],
    ['an empty serial', `${header}\n${row}\n${row.replace('S1', '')}`, 'LINE_2'],
    ['a stray quote', `${header}\n${row.replace('S1', 'S"1')}`, 'NOT_CSV'],
  ])('refuses %s in CSV', async (_what, body, vendorCode) => {
    expect(await answered(body, 'text/csv')).toMatchObject({ code: 'unexpected-answer', vendorCode });
  });

  it('goes by what the vendor sent, not by what was asked for', async () => {
    expect(await answered(`${header}\n${row}\n`, 'text/csv; charset=utf-8')).toHaveLength(1);
    expect(await answered([receipt], 'application/json')).toHaveLength(1);
    expect(await answered('<html></html>', 'text/html')).toMatchObject({ vendorCode: 'CONTENT_TYPE' });
  });

  it('lets a receipt speak of several pickups, and a scan of its own alone', async () => {
    const other = { ...receipt, pickupId: 'pu_2', serial: 'S2' };
    expect(await answered({ lines: [receipt, other] }, 'application/json')).toMatchObject([
      { pickupId, serial: 'S1' },
      { pickupId: 'pu_2', serial: 'S2' },
    ]);
    await sandbox.fault({
      match: { path: '/scan$' },
      fault: {
        type: 'status',
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: { lines: [{ pickupId: 'pu_2', serial: 'S1', scannedAt: '2026-03-03T09:00:00Z' }] },
      },
      times: 1,
    });
    await expect(createGeneric('itad', settings(sandbox.url)).readVendorScan(pickupId)).rejects.toMatchObject(
      { vendorCode: 'LINE_1' },
    );
  });

  it('keeps serials that look like numbers as text, in CSV too', async () => {
    for (const serial of ['0012345', '1E10', '12345678901234567890']) {
      expect(await answered(`${header}\n${row.replace('S1', serial)}`, 'text/csv')).toMatchObject([
        { serial },
      ]);
    }
  });

  it('takes only secrets that the scheme allows', () => {
    expect(() => settings('http://x', { webhookSecrets: ['whsec_c2hvcnQ='] })).toThrow(/24 bytes/u);
    expect(() => settings('http://x', { webhookSecrets: ['plain'] })).toThrow(/whsec_/u);
  });
});
