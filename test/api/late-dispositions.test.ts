/** What became of a unit, by the vendor's own interface, before and after its custody is closed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assessCase, assessCustody } from '../../src/activities/assess.ts';
import type { EngineContext } from '../../src/activities/context.ts';
import { raiseContradictions } from '../../src/activities/late-reports.ts';
import { importVendorDocuments } from '../../src/activities/pickup.ts';
import type { DispositionLine } from '../../src/domain/disposition.ts';
import { caseStream, deviceStream } from '../../src/domain/fact.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { itemsIn, listIn, startApi, textIn } from './support/api.ts';
import type { TestApi } from './support/api.ts';
import { append, lastFact } from './support/facts.ts';
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

const { pickupOf, scan, confirm, look, types, factCount, wakes, resolve } = pickupDesk(() => api);

/** Handed over and certified. */
async function certified(...serials: readonly string[]) {
  const vendor = new TestVendor();
  const context = await contextWith(api.db, vendor);
  const made = await pickupOf(...serials);
  const { pickupId } = made;
  for (const serial of serials) await scan(pickupId, serial);
  expect((await confirm(pickupId)).status).toBe(200);
  const scannedAt = new Date().toISOString();
  vendor.scan = serials.map((serial) => ({ pickupId, serial, model: '', scannedAt }));
  vendor.certificates = serials.map((serial) => certificate(pickupId, serial));
  await importVendorDocuments(context, { connector: 'itad', pickupId, what: 'scanned' });
  await importVendorDocuments(context, { connector: 'itad', pickupId, what: 'certificates' });
  const report = async (lines: readonly DispositionLine[]) => {
    vendor.dispositions = lines;
    await importVendorDocuments(context, { connector: 'itad', pickupId, what: 'dispositions' });
  };
  const streams = made.devices.map(({ deviceId }) => deviceStream(deviceId));
  return { ...made, vendor, context, report, streams };
}

/** As the closure does it: let go, read back, judged, closed. */
async function close(context: EngineContext, deviceId: string): Promise<void> {
  const readAt = new Date().toISOString();
  const data = { epoch: 1, connector: 'snipeit', externalId: '1', matches: true, readAt };
  const key = `closure.read-back:${deviceId}:1:now`;
  const actor = 'connector:snipeit';
  const stream = deviceStream(deviceId);
  const released = (['autopilot', 'mdm-record'] as const).map((step) => ({
    stream,
    key: `release.read:${deviceId}:1:${step}`,
    type: 'release.read' as const,
    actor: 'connector:intune',
    data: { epoch: 1, connector: 'intune', step, reading: 'released' as const, readAt },
  }));
  await append(api.db, [...released, { stream, key, type: 'closure.read-back', actor, data }]);
  await assessCustody(context, { deviceId, epoch: 1, now: Date.now() });
  expect(await types(deviceStream(deviceId))).toContain('custody.closed');
}

/** All devices closed, and the case with them. */
async function completed(...serials: readonly string[]) {
  const made = await certified(...serials);
  for (const { deviceId } of made.devices) await close(made.context, deviceId);
  const closedAt = new Date();
  await api.db
    .updateTable('cases')
    .set({ state: 'completed', closed_at: closedAt })
    .where('id', '=', made.caseId)
    .execute();
  return made;
}

const device = async (deviceId: string | undefined) =>
  listIn(await api.call('GET', `/api/v1/devices/${deviceId ?? ''}`, { as: 'viewer' }), 'custodies')[0];

const contradictions = async () =>
  itemsIn(await api.call('GET', '/api/v1/exceptions?code=disposition-contradicts', { as: 'viewer' }));

describe('what became of units, by the vendor’s interface', () => {
  test('is a fact of each device, over all pickups, once, whether it comes so or as a file', async () => {
    const one = await certified('DISP-A1', 'DISP-A2');
    const two = await certified('DISP-B1');
    const lines = [
      disposition(one.pickupId, 'DISP-A1'),
      disposition(one.pickupId, 'disp a2', { outcome: 'destroyed', downstream: 'recycled' }),
      disposition(two.pickupId, 'DISP-B1', { outcome: 'not-processed', downstream: 'unknown' }),
    ];
    await one.report(lines);
    for (const stream of [...one.streams, ...two.streams])
      expect((await types(stream)).filter((type) => type === 'handoff.disposed')).toHaveLength(1);
    expect(await device(one.devices[1]?.deviceId)).toMatchObject({
      reports: [{ outcome: 'destroyed', downstream: 'recycled', afterClosure: false }],
    });
    for (const { pickupId } of [one, two])
      expect(await types(`pickup:${pickupId}`)).toContain('pickup.dispositions');
    const before = await factCount();
    await one.report(lines);
    await one.report(lines.toReversed());
    const file = await api.call('POST', '/api/v1/imports?connector=itad&list=disposition', {
      as: 'asset-manager',
      body: JSON.stringify({
        lines: lines.map(({ pickupId: _of, ...line }) => ({ ...line, serial: line.serial.toUpperCase() })),
      }),
      headers: { 'content-type': 'application/json' },
    });
    expect(file.body, file.text).toMatchObject({ known: 3, matched: 0, unmatched: 0 });
    // The file itself is one.
    expect(await factCount()).toBe(before + 1);
  });

  test('about a serial that nobody handed over waits in the queue with an exception, for each that is said of it', async () => {
    const { pickupId, report, devices } = await certified('DISP-Q1');
    const stranger = disposition(pickupId, 'DISP-Q9', { processedAt: '2026-01-21T10:00:00.000Z' });
    await report([stranger, disposition(pickupId, 'DISP-Q1')]);
    const exceptions = async () =>
      listIn(await look(pickupId), 'exceptions').map(({ code, reason, outcome }) => [code, reason, outcome]);
    const first = ['disposition-unmatched', 'serial DISPQ9; sanitised, sold-domestic'];
    expect(await exceptions()).toEqual([[...first, null]]);
    await report([stranger]);
    expect(await exceptions()).toHaveLength(1);
    await report([disposition(pickupId, 'DISP-Q9', { outcome: 'destroyed', downstream: 'recycled' })]);
    const queue = itemsIn(await api.call('GET', '/api/v1/imports/unmatched', { as: 'viewer' })).filter(
      ({ serial }) => serial === 'DISPQ9',
    );
    expect(queue).toHaveLength(2);
    for (const [index, line] of queue.entries()) {
      const to = index === 0 ? null : { deviceId: devices[0]?.deviceId, pickupId };
      const decided = await api.call(
        'POST',
        `/api/v1/imports/${String(line['importId'])}/lines/${String(line['line'])}/${to === null ? 'dismiss' : 'link'}`,
        { as: 'asset-manager', body: { reason: 'looked at it', ...to } },
      );
      expect(decided.status, decided.text).toBe(200);
    }
    expect(new Set((await exceptions()).map(([, , outcome]) => outcome))).toEqual(
      new Set(['linked', 'dismissed']),
    );
    expect(
      (await types(deviceStream(devices[0]?.deviceId ?? ''))).filter((type) => type === 'handoff.disposed'),
    ).toHaveLength(2);
  });
});

describe('what is said after the closure', () => {
  test('is a fact of the device that shows with it; nothing is judged, woken or said twice', async () => {
    const { pickupId, devices, context, report, streams, caseId } = await certified('LATE-01', 'LATE-02');
    const [deviceId = ''] = devices.map((one) => one.deviceId);
    const [stream = ''] = streams;
    await report([disposition(pickupId, 'LATE-01', { downstream: 'unknown' })]);
    await close(context, deviceId);
    const closing = await lastFact(api.db, stream, 'custody.closed');
    const row = () =>
      api.db.selectFrom('custodies').selectAll().where('device_id', '=', deviceId).executeTakeFirstOrThrow();
    const before = { row: await row(), wakes: await wakes(`custody:${deviceId}:1`) };
    // What was said before the closure is no news in another document.
    await report([disposition(pickupId, 'LATE-01', { downstream: 'unknown', model: 'T14' })]);
    expect(await types(stream)).not.toContain('disposition.reported-late');
    const lines = [disposition(pickupId, 'LATE-01'), disposition(pickupId, 'LATE-02')];
    await report(lines);
    await report(lines);
    expect((await types(stream)).filter((type) => type === 'disposition.reported-late')).toHaveLength(1);
    expect((await types(stream)).slice(closing.seq)).toEqual(['disposition.reported-late']);
    expect(await types(streams[1] ?? '')).toContain('handoff.disposed');
    expect({ row: await row(), wakes: await wakes(`custody:${deviceId}:1`) }).toEqual(before);
    expect(await device(deviceId)).toMatchObject({
      state: 'closed',
      disposition: 'sanitised',
      reports: [
        { downstream: 'unknown', afterClosure: false },
        { downstream: 'sold-domestic', afterClosure: true },
      ],
    });
    await assessCase(context, { caseId, generation: 1, now: Date.now() });
    await raiseContradictions(context);
    expect(await contradictions()).toEqual([]);
  });

  test('comes as a file, and by the decision of a line, as well', async () => {
    const { pickupId, devices, streams } = await completed('LATE-11', 'LATE-12');
    const send = (line: DispositionLine) => {
      const { pickupId: _of, ...plain } = line;
      return api.call('POST', '/api/v1/imports?connector=itad&list=disposition', {
        as: 'asset-manager',
        body: JSON.stringify({ lines: [plain] }),
        headers: { 'content-type': 'application/json' },
      });
    };
    expect((await send(disposition(pickupId, 'LATE-11'))).body).toMatchObject({ matched: 1 });
    expect(await types(streams[0] ?? '')).toContain('disposition.reported-late');
    const unmatched = await send(disposition(pickupId, 'LATE-1Z'));
    expect(unmatched.body).toMatchObject({ unmatched: 1 });
    const linked = await api.call('POST', `/api/v1/imports/${textIn(unmatched, 'id')}/lines/1/link`, {
      as: 'asset-manager',
      body: { reason: 'a misprint', deviceId: devices[1]?.deviceId, pickupId },
    });
    expect(linked.status, linked.text).toBe(200);
    const fact = await lastFact(api.db, streams[1] ?? '', 'disposition.reported-late');
    expect(fact).toMatchObject({ actor: 'token:t-asset-manager', data: { outcome: 'sanitised', epoch: 1 } });
  });

  test('opens the completed case again when it contradicts the closure, once, for its asset manager', async () => {
    const { pickupId, devices, context, report, caseId } = await completed('LATE-21', 'LATE-22');
    const lines = ['LATE-21', 'LATE-22'].map((serial) =>
      disposition(pickupId, serial, { outcome: 'not-processed', downstream: 'unknown' }),
    );
    await report(lines);
    await raiseContradictions(context);
    await raiseContradictions(context);
    await report(lines);
    await raiseContradictions(context);
    const shown = (await contradictions()).filter((one) => one['caseId'] === caseId);
    expect(shown).toHaveLength(2);
    for (const { deviceId } of devices)
      expect(shown).toContainEqual(
        expect.objectContaining({
          deviceId,
          owner: 'asset-manager',
          blocking: true,
          resolvedAt: null,
        }),
      );
    expect(String(shown[0]?.['reason'])).toMatch(
      /^serial LATE2\d; closed as sanitised; reported not-processed, unknown; pick_/u,
    );
    const reopened = await api.db
      .selectFrom('cases')
      .selectAll()
      .where('id', '=', caseId)
      .executeTakeFirstOrThrow();
    expect(reopened).toMatchObject({ state: 'scheduled', generation: 2 });
    const stuck = await api.call('GET', `/api/v1/cases/${caseId}`, { as: 'viewer' });
    expect(listIn(stuck, 'blockedBy').map(({ code }) => code)).toContain('disposition-contradicts');
    for (const exception of shown)
      expect((await resolve(exception['id'], 'shredded-since')).status).toBe(200);
    const after = await api.call('GET', `/api/v1/cases/${caseId}`, { as: 'viewer' });
    expect(listIn(after, 'blockedBy').map(({ code }) => code)).not.toContain('disposition-contradicts');
  });

  test('holds up a case that goes on for other devices, and wakes it', async () => {
    const { pickupId, devices, context, report, caseId } = await certified('LATE-31', 'LATE-32');
    const [{ deviceId } = { deviceId: '' }] = devices;
    await close(context, deviceId);
    const before = await wakes(`case:${caseId}:1`);
    await report([disposition(pickupId, 'LATE-31', { outcome: 'not-processed', downstream: 'unknown' })]);
    await raiseContradictions(context);
    expect((await contradictions()).filter((one) => one['caseId'] === caseId)).toMatchObject([
      { deviceId, owner: 'asset-manager', blocking: true },
    ]);
    expect(await wakes(`case:${caseId}:1`)).toBeGreaterThan(before);
    expect(await types(caseStream(caseId))).toContain('exception.opened');
    expect(await device(deviceId)).toMatchObject({ state: 'closed', blockedBy: [] });
  });

  test('is a matter of the pickup where no case can be opened again', async () => {
    const { pickupId, context, report, caseId, devices } = await completed('LATE-41');
    await api.db.updateTable('cases').set({ state: 'cancelled' }).where('id', '=', caseId).execute();
    await report([disposition(pickupId, 'LATE-41', { outcome: 'not-processed', downstream: 'unknown' })]);
    await raiseContradictions(context);
    expect(listIn(await look(pickupId), 'exceptions')).toMatchObject([
      { code: 'disposition-contradicts', owner: 'asset-manager', deviceId: devices[0]?.deviceId },
    ]);
  });
});
