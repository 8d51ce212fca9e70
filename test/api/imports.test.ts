/** Vendors' files over HTTP: tried out, taken in whole or not at all, matched serial by serial, and what matches nothing. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { itemsIn, listIn, startApi, textIn } from './support/api.ts';
import type { Answer, TestApi } from './support/api.ts';
import { pickupDesk } from './support/pickups.ts';

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await testDatabase();
  api = await startApi(database.url, {
    connectors: [
      { name: 'itad', kind: 'generic', port: 'disposition', mode: 'enforce' },
      { name: 'other', kind: 'generic', port: 'disposition', mode: 'enforce' },
    ],
  });
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

const { pickupOf, scan, confirm, look, types, factCount, wakes } = pickupDesk(() => api);

interface Sent {
  readonly list?: string;
  readonly type?: string;
  readonly query?: string;
  readonly path?: string;
  readonly connector?: string;
}

function send(body: string | Buffer, sent: Sent = {}): Promise<Answer> {
  const { list = 'certificate', type = 'text/csv', query = '', path = '/imports', connector = 'itad' } = sent;
  return api.call('POST', `/api/v1${path}?connector=${connector}&list=${list}${query}`, {
    as: 'asset-manager',
    body,
    headers: { 'content-type': type },
  });
}

const HEADER = 'certificateId,serial,method,level,status,outcome,date';

function certificates(...serials: readonly string[]): string {
  return [
    HEADER,
    ...serials.map((serial) => `C-${serial},${serial},cryptographic erase,purge,issued,erased,2026-01-02`),
  ].join('\n');
}

async function handedOver(...serials: readonly string[]) {
  const made = await pickupOf(...serials);
  for (const serial of serials) await scan(made.pickupId, serial);
  await confirm(made.pickupId);
  return made;
}

const linesOf = async (answer: Answer) =>
  itemsIn(await api.call('GET', `/api/v1/imports/${textIn(answer, 'id')}/lines`, { as: 'viewer' }));

describe('taking a file in', () => {
  test('matches by serial over all pickups of the vendor, and queues what matches nothing', async () => {
    const one = await handedOver('MANY-01', 'MANY-02');
    const two = await handedOver('MANY-03');
    const answer = await send(certificates('many 01', 'MANY-03', 'NOBODY-1'));
    expect(answer.status, answer.text).toBe(201);
    expect(answer.body).toMatchObject({ lines: 3, matched: 2, unmatched: 1, known: 0, duplicates: 0 });
    expect(await linesOf(answer)).toMatchObject([
      { line: 2, serial: 'MANY01', outcome: 'matched', pickupId: one.pickupId },
      { line: 3, serial: 'MANY03', outcome: 'matched', pickupId: two.pickupId },
      { line: 4, serial: 'NOBODY1', outcome: 'unmatched', reference: 'C-NOBODY-1' },
    ]);
    expect(await types(`device:${one.devices[0]?.deviceId ?? ''}`)).toContain('handoff.certified');
    expect(await types(`device:${one.devices[1]?.deviceId ?? ''}`)).not.toContain('handoff.certified');
    expect(await types(`pickup:${one.pickupId}`)).toContain('pickup.certificates');
    expect((await look(one.pickupId)).body).toMatchObject({ state: 'confirmed' });
    expect((await look(two.pickupId)).body).toMatchObject({ state: 'certified' });
    const exceptions = itemsIn(await api.call('GET', '/api/v1/exceptions', { as: 'viewer' }));
    expect(exceptions).toContainEqual(
      expect.objectContaining({ code: 'import-unmatched', owner: 'asset-manager', blocking: false }),
    );
  });

  test('a file of many lines is kept to its last one, whatever they come to', async () => {
    await handedOver('LONG-01', 'LONG-02');
    const again = Array.from({ length: 1_001 }, () => 'LONG-01');
    const answer = await send(certificates('LONG-01', ...again, 'LONG-02', 'LONG-LOST'));
    expect(answer.body).toMatchObject({ lines: 1_004, matched: 2, unmatched: 1, duplicates: 1_001 });
    const kept = await sql<{ lines: number; last: number }>`
      select count(*) as lines, max(line) as last from import_lines where import_id = ${textIn(answer, 'id')}`.execute(
      api.db,
    );
    expect(kept.rows).toEqual([{ lines: 1_004, last: 1_005 }]);
    const certified = await sql<{ serial: string; matched: boolean }>`
      select serial, matched from certificates where serial like 'LONG%' order by serial`.execute(api.db);
    expect(certified.rows).toEqual([
      { serial: 'LONG01', matched: true },
      { serial: 'LONG02', matched: true },
      { serial: 'LONGLOST', matched: false },
    ]);
  });

  test('the same file again, and the same lines in another file, change nothing', async () => {
    const { devices } = await handedOver('TWICE-01', 'TWICE-02');
    const custody = `custody:${devices[0]?.deviceId ?? ''}:1`;
    const first = await send(certificates('TWICE-01', 'TWICE-02', 'TWICE-LOST'));
    expect(first.status).toBe(201);
    const before = { facts: await factCount(), wakes: await wakes(custody) };
    const again = await send(certificates('TWICE-01', 'TWICE-02', 'TWICE-LOST'));
    expect(again.status).toBe(200);
    expect(again.body).toEqual(first.body);
    expect({ facts: await factCount(), wakes: await wakes(custody) }).toEqual(before);
    const reordered = await send(certificates('TWICE-02', 'TWICE-LOST', 'TWICE-01'));
    expect(reordered.body).toMatchObject({ matched: 0, unmatched: 0, known: 3 });
    // The import itself, and nothing of a device or a pickup.
    expect({ facts: await factCount(), wakes: await wakes(custody) }).toEqual({
      ...before,
      facts: before.facts + 1,
    });
  });

  test('a bad line keeps everything out, and every problem is named', async () => {
    const { devices } = await handedOver('WHOLE-01');
    const before = await factCount();
    const body = [
      certificates('WHOLE-01'),
      'C-2,1.23E+11,wipe,purge,issued,erased,03/04/26',
      'C-3,WHOLE-3,wipe,purge,issued,fine,2026-01-02',
      'C-WHOLE-01,WHOLE-01,cryptographic erase,purge,issued,not-erased,2026-01-02',
      '=cmd(),WHOLE-4,wipe,purge,issued,erased,2026-01-02',
    ].join('\n');
    const answer = await send(body);
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'lines-refused', problemCount: 5 });
    expect(listIn(answer, 'problems').map(({ line, field, code }) => [line, field, code])).toEqual([
      [3, 'serial', 'serial-scientific'],
      [3, 'date', 'date-ambiguous'],
      [4, 'outcome', 'code-unknown'],
      [5, 'serial', 'contradicts'],
      [6, 'certificateId', 'formula'],
    ]);
    expect(await factCount()).toBe(before);
    expect(await types(`device:${devices[0]?.deviceId ?? ''}`)).not.toContain('handoff.certified');
    expect(
      await api.db.selectFrom('certificates').selectAll().where('serial', 'like', 'WHOLE%').execute(),
    ).toEqual([]);
  });

  test('a serial whose leading zeros a spreadsheet has eaten is refused, and it says why', async () => {
    await handedOver('00778899');
    const answer = await send(certificates('778899', 'ZEROS-2'));
    expect(answer.status).toBe(422);
    expect(listIn(answer, 'problems')).toMatchObject([
      { line: 2, code: 'serial-lost-zeros', value: '778899', message: expect.stringContaining('zeros') },
    ]);
  });

  test('lines said twice are named and count once', async () => {
    await handedOver('DUP-01');
    const answer = await send(certificates('DUP-01', ...Array.from({ length: 2_500 }, () => 'DUP-01')));
    expect(answer.body).toMatchObject({ lines: 2_501, matched: 1, duplicates: 2_500 });
    expect((await linesOf(answer)).at(-1)).toMatchObject({
      outcome: 'duplicate',
      ofLine: 2,
      serial: 'DUP01',
    });
  });

  test('of another vendor nothing matches', async () => {
    await handedOver('THEIRS-01');
    const answer = await send(certificates('THEIRS-01'), { connector: 'other' });
    expect(answer.body).toMatchObject({ matched: 0, unmatched: 1 });
    expect((await send(certificates('THEIRS-01'), { connector: 'nobody' })).status).toBe(400);
  });

  test('a receipt and a disposition report are facts of the devices', async () => {
    const { pickupId, devices } = await handedOver('LISTS-01');
    const device = `device:${devices[0]?.deviceId ?? ''}`;
    const receipt = await send('serial;receivedAt;facility\nLISTS-01;2026-01-02T10:00:00+01:00;Halle\n', {
      list: 'receipt',
    });
    expect(receipt.body).toMatchObject({ matched: 1 });
    expect((await look(pickupId)).body).toMatchObject({ state: 'received' });
    const report = JSON.stringify([
      {
        serial: 'LISTS-01',
        processedAt: '2026-02-02T10:00:00Z',
        outcome: 'sanitised',
        downstream: 'exported',
      },
    ]);
    const disposed = await send(report, { list: 'disposition', type: 'application/json' });
    expect(disposed.body, disposed.text).toMatchObject({ matched: 1 });
    expect(await types(device)).toEqual(expect.arrayContaining(['handoff.received', 'handoff.disposed']));
    expect(await types(`pickup:${pickupId}`)).toEqual(
      expect.arrayContaining(['pickup.receipt', 'pickup.dispositions']),
    );
  });

  test('what is no file of a kind that is read, too large, or not text is refused with a reason', async () => {
    expect(await send('x', { type: 'application/pdf' })).toMatchObject({
      status: 422,
      body: { code: 'file-refused', refusal: { code: 'format-unknown' } },
    });
    const bytes = Buffer.concat([Buffer.from(`${certificates('ENC-1')}\n`), Buffer.from([0xe9, 0x0a])]);
    expect((await send(bytes)).body).toMatchObject({ refusal: { code: 'undecodable', line: 3 } });
    expect((await send(`${HEADER}\n`)).body).toMatchObject({ refusal: { code: 'empty' } });
    expect(
      (await api.call('POST', '/api/v1/imports?connector=itad&list=receipt', { as: 'viewer' })).status,
    ).toBe(403);
  });
});

const MAPPING = {
  list: 'certificate',
  columns: {
    serial: 'S/N',
    manufacturer: 'Make',
    method: 'Process',
    outcome: 'Result',
    date: 'Done',
    driveSerial: 'Drive S/N',
    sanitizedByName: 'Technician',
  },
  constants: { status: 'issued' },
  methods: { 'NVMe sanitize': { level: 'purge', method: 'NVMe sanitize', standard: 'IEEE 2883' } },
  outcomes: { OK: 'erased', FAIL: 'not-erased' },
};

describe('field mappings', () => {
  test('are tried out on a file before they are used, and refuse an ambiguous date until they say the format', async () => {
    await handedOver('MAP-01');
    const save = (mapping: object) =>
      api.call('POST', '/api/v1/mappings', { as: 'asset-manager', body: { connector: 'itad', mapping } });
    expect((await save({ ...MAPPING, columns: { serial: 'S/N' } })).status).toBe(400);
    expect((await save({ ...MAPPING, dates: { format: 'MM/yy' } })).status).toBe(400);
    expect((await save({ ...MAPPING, dates: { timeZone: 'Mars/Base' } })).status).toBe(400);
    const saved = await save(MAPPING);
    expect(saved.status, saved.text).toBe(201);
    expect((await save(MAPPING)).body).toMatchObject({ version: 1 });
    const file = [
      'Make;S/N;Drive S/N;Process;Result;Done;Technician',
      'Dell;MAP-01;DRV-A1;nvme SANITIZE;ok;03/04/26;Terry',
      'Dell;MAP-01;DRV-B2;NVMe sanitize;FAIL;03/04/26;Terry',
    ].join('\r\n');
    const preview = (version: number) =>
      send(file, { path: '/imports/preview', query: `&mapping=${version}` });
    const ambiguous = await preview(1);
    expect(ambiguous.body).toMatchObject({ problemCount: 2, units: [] });
    expect(listIn(ambiguous, 'problems')[0]).toMatchObject({
      line: 2,
      column: 'Done',
      code: 'date-ambiguous',
      value: '03/04/26',
    });
    expect((await send(file)).body).toMatchObject({ code: 'mapping-untried' });

    expect((await save({ ...MAPPING, dates: { format: 'dd/MM/yy' } })).body).toMatchObject({ version: 2 });
    const before = await factCount();
    const tried = await preview(2);
    expect(tried.body, tried.text).toMatchObject({ problemCount: 0, lines: 1, mappingVersion: 2 });
    expect(listIn(tried, 'units')).toMatchObject([
      {
        line: 2,
        unit: {
          serial: 'MAP01',
          level: 'purge',
          standard: 'IEEE 2883',
          // One of the two drives failed.
          outcome: 'not-erased',
          date: '2026-04-03',
          drives: [
            { serial: 'DRVA1', outcome: 'erased' },
            { serial: 'DRVB2', outcome: 'not-erased' },
          ],
        },
      },
    ]);
    expect(await factCount()).toBe(before);
    const taken = await send(file);
    expect(taken.body, taken.text).toMatchObject({ mappingVersion: 2, matched: 1 });
    expect(
      await api.db
        .selectFrom('certificate_drives')
        .select(['serial', 'drive_serial', 'outcome'])
        .orderBy('drive_serial')
        .execute(),
    ).toEqual([
      { serial: 'MAP01', drive_serial: 'DRVA1', outcome: 'erased' },
      { serial: 'MAP01', drive_serial: 'DRVB2', outcome: 'not-erased' },
    ]);
    const listed = itemsIn(await api.call('GET', '/api/v1/mappings', { as: 'viewer' }));
    expect(listed.map(({ version, triedAt }) => [version, triedAt === null])).toEqual([
      [2, false],
      [1, true],
    ]);
    expect(await types('system:imports')).toEqual(expect.arrayContaining(['mapping.saved', 'import.made']));
  });
});

describe('the queue', () => {
  const queue = async () =>
    itemsIn(await api.call('GET', '/api/v1/imports/unmatched?limit=200', { as: 'viewer' }));

  test('a line is linked to a device of a pickup by name, and counts for it', async () => {
    const { pickupId, devices } = await handedOver('QUEUE-01');
    const [device] = devices;
    const answer = await send(certificates('QUEUE-O1'), { query: '&mapping=published' });
    const id = textIn(answer, 'id');
    expect(await queue()).toContainEqual(
      expect.objectContaining({ importId: id, line: 2, serial: 'QUEUEO1' }),
    );
    const link = (body: object, as: 'asset-manager' | 'dock' = 'asset-manager') =>
      api.call('POST', `/api/v1/imports/${id}/lines/2/link`, { as, body });
    const body = { pickupId, deviceId: device?.deviceId ?? '', reason: 'letter O for zero, label checked' };
    expect((await link(body, 'dock')).status).toBe(403);
    const elsewhere = await handedOver('QUEUE-02');
    expect((await link({ ...body, pickupId: elsewhere.pickupId })).body).toMatchObject({
      code: 'not-on-pickup',
    });
    expect((await link(body)).body).toMatchObject({ decision: 'linked', deviceId: device?.deviceId });
    expect((await link(body)).status).toBe(200);
    expect((await link({ ...body, deviceId: elsewhere.devices[0]?.deviceId ?? '' })).body).toMatchObject({
      code: 'line-decided',
    });
    const row = await api.db
      .selectFrom('facts')
      .select('canonical')
      .where('stream', '=', `device:${device?.deviceId ?? ''}`)
      .where('type', '=', 'handoff.certified')
      .executeTakeFirstOrThrow();
    expect(JSON.parse(row.canonical)).toMatchObject({ actor: 'token:t-asset-manager', data: { pickupId } });
    expect((await look(pickupId)).body).toMatchObject({ state: 'certified' });
    expect((await queue()).filter(({ importId }) => importId === id)).toEqual([]);
  });

  test('a line is dismissed with a reason; with the last one the exception of its file ends', async () => {
    const answer = await send(certificates('GONE-01', 'GONE-02'), { query: '&mapping=published' });
    const id = textIn(answer, 'id');
    const dismiss = (line: number, reason: string) =>
      api.call('POST', `/api/v1/imports/${id}/lines/${line}/dismiss`, {
        as: 'asset-manager',
        body: { reason },
      });
    const exception = async () =>
      itemsIn(await api.call('GET', '/api/v1/exceptions?limit=200', { as: 'viewer' })).find(({ reason }) =>
        String(reason).includes(id),
      );
    expect((await dismiss(2, ' ')).status).toBe(400);
    expect((await dismiss(2, 'another customer’s')).body).toMatchObject({ decision: 'dismissed' });
    expect(await exception()).toMatchObject({ resolvedAt: null });
    expect((await dismiss(3, 'another customer’s')).status).toBe(200);
    expect((await exception())?.['resolvedAt']).not.toBeNull();
    expect((await dismiss(9, 'no such line')).status).toBe(404);
  });
});

describe('documents that no program reads', () => {
  test('are kept with their digest, and what was typed from them is taken in', async () => {
    const { devices } = await handedOver('PDF-01');
    const pdf = Buffer.from('%PDF-1.7 certificate');
    const unit = {
      certificateId: 'P-1',
      serial: 'PDF-01',
      method: 'shred',
      level: 'destroy',
      status: 'issued',
    };
    const enter = (units: readonly object[]) =>
      api.call('POST', '/api/v1/imports/entered', {
        as: 'asset-manager',
        body: {
          connector: 'itad',
          list: 'certificate',
          contentType: 'application/pdf',
          document: pdf.toString('base64'),
          units,
        },
      });
    expect((await enter([{ ...unit, outcome: 'erased' }])).body).toMatchObject({ code: 'lines-refused' });
    expect((await enter([{ ...unit, colour: 'red' }])).status).toBe(400);
    const answer = await enter([{ ...unit, outcome: 'erased', date: '2026-01-02' }]);
    expect(answer.status, answer.text).toBe(201);
    const kept = await api.db
      .selectFrom('documents')
      .selectAll()
      .where('digest', '=', textIn(answer, 'documentDigest'))
      .executeTakeFirstOrThrow();
    expect(kept.content?.equals(pdf)).toBe(true);
    expect(kept.content_type).toBe('application/pdf');
    expect(await types(`device:${devices[0]?.deviceId ?? ''}`)).toContain('handoff.certified');
  });
});
