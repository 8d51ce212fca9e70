/** A pickup and its manifest on the dock: nothing confirmed that does not match, nothing counted twice. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cancelCase } from '../../src/store/cases.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { itemsIn, listIn, startApi, textIn } from './support/api.ts';
import type { TestApi } from './support/api.ts';
import { leaverWith, returned, wiped } from './support/facts.ts';
import { pickupDesk } from './support/pickups.ts';

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

const { ready, create, pickupOf, scan, ask, count, sign, confirm, look, resolve, types, factCount, wakes } =
  pickupDesk(() => api);

describe('what goes on a pickup', () => {
  test('by default everything that is wiped and back, and on no other', async () => {
    const { devices } = await ready('DEFAULT-01', 'DEFAULT-02');
    const { devices: unwiped } = await leaverWith(api.db, 'DEFAULT-03');
    for (const device of unwiped) await returned(api.db, device);
    const { devices: away } = await leaverWith(api.db, 'DEFAULT-04');
    for (const device of away) await wiped(api.db, device);

    const [one, two] = await Promise.all([create({}), create({})]);
    expect([one.status, two.status].toSorted((a, b) => a - b)).toEqual([201, 409]);
    const made = one.status === 201 ? one : two;
    expect(new Set(listIn(made, 'lines').map((line) => line['serial']))).toEqual(
      new Set(['DEFAULT01', 'DEFAULT02']),
    );
    expect((one.status === 201 ? two : one).body['code']).toBe('pickup-empty');
    expect(await types(`pickup:${textIn(made, 'id')}`)).toEqual(['pickup.created']);
    for (const { deviceId } of devices)
      expect(await types(`device:${deviceId}`)).toContain('handoff.manifested');
    expect(await wakes(`pickup:${textIn(made, 'id')}`)).toBe(1);
  });

  test('a device that is not ready is refused, with what is in its way', async () => {
    const { devices } = await leaverWith(api.db, 'NOTREADY-01');
    const held = devices[0];
    const answer = await create({ deviceIds: [held?.deviceId, 'dev_01kf0000000000000000000000'] });
    expect(answer).toMatchObject({
      status: 409,
      body: {
        code: 'device-not-ready',
        errors: [
          { path: 'body.deviceIds.0', message: 'wipe-not-through' },
          { path: 'body.deviceIds.1', message: 'not-in-custody' },
        ],
      },
    });
  });

  test('the same idempotency key makes one pickup; for another request it is refused', async () => {
    await ready('KEYED-01');
    const headers = { 'idempotency-key': 'order-1' };
    const first = await create({}, headers);
    expect(first.status).toBe(201);
    expect(await create({}, headers)).toMatchObject({ status: 200, body: { id: first.body['id'] } });
    expect(await create({ site: 'hamburg' }, headers)).toMatchObject({
      status: 422,
      body: { code: 'idempotency-key-reused' },
    });
  });

  test('a vendor that nobody configured is refused', async () => {
    expect(await create({ connector: 'okta' })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'body.connector' }] },
    });
  });
});

describe('on the dock', () => {
  test('each scan is judged at once', async () => {
    const { pickupId, devices } = await pickupOf('DOCK-01', 'DOCK-02', 'DOCK-03');
    expect(await scan(pickupId, 'dock-01')).toBe('match');
    expect(await scan(pickupId, 'DOCK 01')).toBe('duplicate');
    expect(await scan(pickupId, 'STRANGER-9')).toBe('unexpected');
    expect(await scan(pickupId, 'STRANGER-9')).toBe('duplicate');
    expect(await scan(pickupId, 'DOCK-02', 'MacBook Air')).toBe('model-mismatch');
    expect(await scan(pickupId, 'DOCK-02')).toBe('duplicate');
    expect(await scan(pickupId, 'DOCK-02', 'thinkpad-t14')).toBe('match');
    expect(await scan(pickupId, 'To be filled by O.E.M.')).toBe('unreadable');
    expect(await scan(pickupId, '')).toBe('unreadable');
    expect(await scan(pickupId, '\u0000\u001d')).toBe('unreadable');
    const shown = await look(pickupId);
    expect(listIn(shown, 'discrepancies').map(({ kind, serial }) => [kind, serial])).toEqual([
      ['missing', 'DOCK03'],
      ['unexpected', 'STRANGER9'],
    ]);
    // The mismatch was opened and has been settled by the second look.
    const exceptions = listIn(shown, 'exceptions').map(({ code, outcome }) => [code, outcome]);
    expect(exceptions).toEqual(
      expect.arrayContaining([
        ['pickup-unexpected', null],
        ['pickup-model-mismatch', 'scanned'],
      ]),
    );
    expect(
      (await types(`device:${devices[0]?.deviceId ?? ''}`)).filter((type) => type === 'handoff.scanned'),
    ).toHaveLength(1);
  });

  test('a repeat with the same key is answered as before and counts nothing', async () => {
    const { pickupId } = await pickupOf('REPEAT-01');
    const body = { scans: [{ serial: 'REPEAT-01' }, { serial: 'REPEAT-99' }] };
    const send = () =>
      api.call('POST', `/api/v1/pickups/${pickupId}/scans`, {
        as: 'dock',
        body,
        headers: { 'idempotency-key': 'gun-1-77' },
      });
    const first = await send();
    const before = await factCount();
    expect(await send()).toMatchObject({ status: 200, body: first.body });
    expect(await factCount()).toBe(before);
    const other = await api.call('POST', `/api/v1/pickups/${pickupId}/scans`, {
      as: 'dock',
      body: { serial: 'REPEAT-55' },
      headers: { 'idempotency-key': 'gun-1-77' },
    });
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
  });

  test('a manifest that does not match is not confirmed until each difference is decided', async () => {
    const { pickupId, devices } = await pickupOf('DIFF-01', 'DIFF-02', 'DIFF-03', 'DIFF-04');
    await scan(pickupId, 'DIFF-01');
    await scan(pickupId, 'DIFF-02', 'Surface');
    await scan(pickupId, 'DIFF-03', 'Surface');
    await scan(pickupId, 'ALIEN-0001');
    const refused = await confirm(pickupId);
    expect(refused).toMatchObject({ status: 409, body: { code: 'pickup-discrepancies' } });
    const open = listIn(refused, 'discrepancies');
    expect(open.map(({ kind, serial }) => [kind, serial])).toEqual([
      ['model-mismatch', 'DIFF02'],
      ['model-mismatch', 'DIFF03'],
      ['missing', 'DIFF04'],
      ['unexpected', 'ALIEN0001'],
    ]);
    const [mismatch, swapped, missing, alien] = open;
    for (const [one, outcome] of [
      [mismatch, 'accepted-as-found'],
      [swapped, 'held-back'],
      [missing, 'taken-off-manifest'],
    ] as const) {
      expect((await resolve(one?.['exceptionId'], outcome)).status).toBe(200);
      expect((await confirm(pickupId)).status).toBe(409);
    }
    expect((await resolve(alien?.['exceptionId'], 'held-back')).status).toBe(200);

    const confirmed = await confirm(pickupId);
    expect(confirmed).toMatchObject({
      status: 200,
      body: { lines: 2, confirmedBy: 'token:t-dock', state: 'confirmed' },
    });
    const before = await factCount();
    expect((await confirm(pickupId)).body).toEqual(confirmed.body);
    expect(await factCount()).toBe(before);
    const handedOver = await Promise.all(
      devices.map(async ({ deviceId }) =>
        (await types(`device:${deviceId}`)).includes('handoff.transferred'),
      ),
    );
    expect(handedOver).toEqual([true, true, false, false]);
    const late = await api.call('POST', `/api/v1/pickups/${pickupId}/scans`, {
      as: 'dock',
      body: { serial: 'DIFF-04' },
    });
    expect(late).toMatchObject({ status: 409, body: { code: 'pickup-confirmed' } });
    // What was left behind goes with the next one.
    const next = await create({ deviceIds: [devices[3]?.deviceId] });
    expect(next.status).toBe(201);
    expect(await create({ deviceIds: [devices[0]?.deviceId] })).toMatchObject({
      status: 409,
      body: { errors: [{ message: 'handed-over' }] },
    });
  });

  test('a device whose leaver came back does not leave', async () => {
    const { pickupId, caseId } = await pickupOf('REHIRE-01', 'REHIRE-02');
    await scan(pickupId, 'REHIRE-01');
    await api.db.transaction().execute((tx) => cancelCase(tx, caseId, 'rehired', 'hr', new Date()));
    expect(await scan(pickupId, 'REHIRE-02')).toBe('unexpected');
    const refused = await confirm(pickupId);
    expect(listIn(refused, 'discrepancies').map(({ kind, serial }) => [kind, serial])).toEqual([
      ['withdrawn', 'REHIRE01'],
      ['unexpected', 'REHIRE02'],
    ]);
    for (const { exceptionId } of listIn(refused, 'discrepancies')) await resolve(exceptionId, 'held-back');
    expect(await confirm(pickupId)).toMatchObject({ status: 200, body: { lines: 0 } });
    expect(
      await api.db
        .selectFrom('facts')
        .select('key')
        .where('key', 'like', `handoff.transferred:%:${pickupId}`)
        .execute(),
    ).toEqual([]);
  });

  test('two docks at once count a unit once and confirm once', async () => {
    const { pickupId } = await pickupOf('RACE-01');
    const verdicts = await Promise.all([1, 2, 3, 4].map(() => scan(pickupId, 'RACE-01')));
    expect(verdicts.filter((verdict) => verdict === 'match')).toHaveLength(1);
    await count(pickupId, ['RACE-01']);
    for (const side of ['ours', 'vendor'] as const) await sign(pickupId, side);
    const answers = await Promise.all([1, 2, 3].map(() => ask(pickupId)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await types(`pickup:${pickupId}`)).filter((type) => type === 'pickup.confirmed')).toHaveLength(1);
  });
});

test('pickups are listed newest first, page by page', async () => {
  const seen: unknown[] = [];
  let path = '/api/v1/pickups?limit=3';
  for (;;) {
    const answer = await api.call('GET', path, { as: 'dock' });
    seen.push(...itemsIn(answer).map(({ id }) => id));
    if (answer.body['next'] === null) break;
    path = `/api/v1/pickups?limit=3&cursor=${textIn(answer, 'next')}`;
  }
  const all = await api.db
    .selectFrom('pickups')
    .select('id')
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
  expect(seen).toEqual(all.map(({ id }) => id));
});
