/** What operators use: people, inbox, connectors, the kill switch, the wipe limit, the ledger, metrics, and the codec. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { quarantineDelivery, storeDelivery } from '../../src/store/inbox.ts';
import { sequenceBatch } from '../../src/store/sequencer.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { itemsIn, listIn, startApi } from './support/api.ts';
import type { TestApi } from './support/api.ts';
import { addPerson, leaverWith } from './support/facts.ts';
import { readValuesOf } from '../../src/store/personal/values.ts';
import { findPeople } from '../../src/store/read/people.ts';

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await testDatabase();
  api = await startApi(database.url, {
    connectors: [{ name: 'okta', kind: 'okta', port: 'identity', mode: 'observe' }],
  });
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

const ADDRESS = { street1: 'Hauptstr. 1', city: 'Berlin', zip: '10115', country: 'DE' };

describe('people', () => {
  const bring = (body: unknown) => api.call('POST', '/api/v1/people/import', { as: 'operator', body });

  test('an import adds to who is known, remembers who is not, and guesses nobody', async () => {
    const known = await addPerson(api.db, { employeeNumber: 'P-1', workEmail: 'one@example.test' });
    await addPerson(api.db, { workEmail: 'same@example.test' });
    await addPerson(api.db, { workEmail: 'SAME@example.test' });
    const body = [
      { employeeNumber: 'P-1', displayName: 'One', address: ADDRESS },
      { workEmail: 'new@example.test', address: ADDRESS },
      { workEmail: 'same@example.test', address: ADDRESS },
      { workEmail: 'NEW@example.test', displayName: 'New' },
    ];
    const answer = await bring(body);
    expect(listIn(answer, 'people').map(({ outcome }) => outcome)).toEqual([
      'updated',
      'created',
      'ambiguous',
      'updated',
    ]);
    expect(listIn(answer, 'people')[0]?.['personId']).toBe(known);
    expect(listIn(answer, 'people')[3]?.['personId']).toBe(listIn(answer, 'people')[1]?.['personId']);
    expect(await readValuesOf(api.db, known)).toMatchObject({
      address: ADDRESS,
      displayName: 'One',
      workEmail: 'one@example.test',
    });
  });

  test('two imports of one new person at once make one', async () => {
    await Promise.all([1, 2, 3].map(() => bring([{ employeeNumber: 'P-RACE', address: ADDRESS }])));
    expect(await findPeople(api.db, { employeeNumber: 'P-RACE' })).toHaveLength(1);
  });

  test('are found by part of a name, and a wildcard is a letter like any other', async () => {
    await bring([{ employeeNumber: 'P-50%', displayName: 'Fifty_Percent' }]);
    const found = async (search: string) =>
      itemsIn(
        await api.call('GET', `/api/v1/people?search=${encodeURIComponent(search)}`, { as: 'operator' }),
      ).map(({ employeeNumber }) => employeeNumber);
    expect(await found('ifty_per')).toEqual(['P-50%']);
    expect(await found('%')).toEqual([]);
    expect(await found('P-50%')).toEqual(['P-50%']);
  });

  test('a new address wakes the custodies that may wait for it', async () => {
    const { personId, devices } = await leaverWith(api.db, 'ADDR-0001');
    const id = `custody:${devices[0]?.deviceId ?? ''}:1`;
    const wakes = async () =>
      (await api.db.selectFrom('outbox').select('id').where('workflow_id', '=', id).execute()).length;
    const before = await wakes();
    const answer = await api.call('PUT', `/api/v1/people/${personId}/address`, {
      as: 'operator',
      body: ADDRESS,
    });
    expect(answer).toMatchObject({ status: 200, body: { hasAddress: true } });
    expect(answer.text).not.toContain('Hauptstr');
    expect(await wakes()).toBe(before + 1);
    expect(
      await api.call('PUT', '/api/v1/people/per_01kf0000000000000000000000/address', {
        as: 'operator',
        body: ADDRESS,
      }),
    ).toMatchObject({ status: 404 });
    expect(
      await api.call('PUT', `/api/v1/people/${personId}/address`, {
        as: 'operator',
        body: { ...ADDRESS, country: 'Germany' },
      }),
    ).toMatchObject({ status: 400 });
  });
});

describe('inbox', () => {
  test('a quarantined delivery is shown without its content, and read again when asked', async () => {
    await storeDelivery(api.db, 'okta', 'd-1', Buffer.from('secret content'));
    const { id } = await api.db.selectFrom('inbox').select('id').executeTakeFirstOrThrow();
    const retry = () => api.call('POST', `/api/v1/inbox/${id}/retry`, { as: 'admin', body: {} });
    expect(await retry()).toMatchObject({ status: 409, body: { code: 'not-quarantined' } });
    await quarantineDelivery(api.db, id, 'not JSON');
    const shown = await api.call('GET', '/api/v1/inbox', { as: 'operator' });
    expect(itemsIn(shown)).toEqual([
      expect.objectContaining({ id, connector: 'okta', deliveryId: 'd-1', reason: 'not JSON', bytes: 14 }),
    ]);
    expect(shown.text).not.toContain('secret');
    await api.db.deleteFrom('outbox').execute();
    expect(await retry()).toMatchObject({ status: 202, body: { state: 'new' } });
    expect(await api.db.selectFrom('outbox').select('workflow_id').execute()).toEqual([
      { workflow_id: 'intake:okta' },
    ]);
    expect(itemsIn(await api.call('GET', '/api/v1/inbox?state=new', { as: 'operator' }))).toMatchObject([
      { id, reason: null },
    ]);
  });
});

describe('the installation', () => {
  test('connectors are listed with their last answers', async () => {
    await api.db
      .insertInto('connector_state')
      .values({
        connector: 'okta',
        cursor: null,
        last_ok_at: new Date(0),
        last_error_at: null,
        last_error_code: null,
        last_full_at: null,
      })
      .execute();
    const answer = await api.call('GET', '/api/v1/connectors', { as: 'viewer' });
    expect(itemsIn(answer)).toEqual([
      {
        name: 'okta',
        kind: 'okta',
        port: 'identity',
        mode: 'observe',
        lastOkAt: '1970-01-01T00:00:00.000Z',
        lastErrorAt: null,
        lastErrorCode: null,
      },
    ]);
  });

  test('the kill switch is on at once by one person, and off again by two', async () => {
    const on = () => api.call('POST', '/api/v1/switches/kill/on', { as: 'operator', body: {} });
    expect(await on()).toMatchObject({ status: 200, body: { on: true, changedBy: 'token:t-operator' } });
    const isOn = async () =>
      (await api.db.selectFrom('switches').select('is_on').where('name', '=', 'kill').executeTakeFirst())
        ?.is_on;
    expect(await isOn()).toBe(true);
    const since = (await api.call('GET', '/api/v1/switches/kill', { as: 'viewer' })).body['changedAt'];
    expect((await on()).body['changedAt']).toBe(since);
    const asked = await api.call('POST', '/api/v1/decisions/kill-switch-off', {
      as: 'admin',
      body: { reason: 'the rogue script is gone' },
    });
    expect(asked).toMatchObject({ status: 201, body: { state: 'requested', subject: { since } } });
    const approve = (as: 'admin' | 'approver') =>
      api.call('POST', `/api/v1/decisions/kill-switch-off/${String(asked.body['id'])}/approve`, {
        as,
        body: {},
      });
    expect(await approve('admin')).toMatchObject({ status: 409, body: { code: 'second-person-needed' } });
    expect(await isOn()).toBe(true);
    expect(await approve('approver')).toMatchObject({ status: 200, body: { state: 'approved' } });
    expect(await isOn()).toBe(false);
    expect(await approve('approver')).toMatchObject({ status: 409, body: { code: 'decision-made' } });
  });

  test('the wipe limit shows what a claim would find', async () => {
    const look = async () => (await api.call('GET', '/api/v1/wipe-limit', { as: 'viewer' })).body;
    expect(await look()).toMatchObject({ count: 10, used: 0, held: false, trippedAt: null });
    const { devices } = await leaverWith(api.db, 'LIMIT-0001');
    const deviceId = devices[0]?.deviceId ?? '';
    const approval = {
      id: 'appr_1',
      kind: 'wipe',
      device_id: deviceId,
      epoch: 1,
      basis: 'policy',
      action_hash: 'h',
      policy_digest: 'p',
      requested_by: 'handback',
      approved_by: 'policy:p',
      expires_at: new Date(),
    } as const;
    await api.db.insertInto('approvals').values(approval).execute();
    await api.db
      .insertInto('intents')
      .values({
        id: 'int_1',
        kind: 'wipe',
        device_id: deviceId,
        epoch: 1,
        approval_id: 'appr_1',
        connector: 'intune',
        target: 'm',
        action_hash: 'h',
        created_at: new Date(),
      })
      .execute();
    expect(await look()).toMatchObject({ used: 1 });
    await api.db.updateTable('wipe_limits').set({ tripped_at: new Date() }).execute();
    expect(await look()).toMatchObject({ held: true });
  });

  test('the head of the ledger follows the sequencer', async () => {
    const before = (await api.call('GET', '/api/v1/ledger/head', { as: 'auditor' })).body;
    expect(before).toMatchObject({
      size: 0,
      root: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    });
    expect(before['pending']).toBeGreaterThan(0);
    const added = await sequenceBatch(api.db);
    const after = (await api.call('GET', '/api/v1/ledger/head', { as: 'auditor' })).body;
    expect(after).toMatchObject({ size: added, pending: 0, lagSeconds: 0 });
    expect(after['root']).not.toBe(before['root']);
  });

  test('metrics count by template, kind and state, and name nobody', async () => {
    await leaverWith(api.db, 'METRIC-0001');
    await api.db
      .updateTable('cases')
      .set({ due_at: new Date(0) })
      .where('state', '=', 'open')
      .execute();
    await api.call('GET', '/api/v1/cases/case_01kf0000000000000000000000', { as: 'viewer' });
    await api.call('GET', '/nobody@example.test/private');
    const { text, headers } = await api.call('GET', '/metrics', { as: 'viewer' });
    expect(headers.get('content-type')).toContain('text/plain');
    expect(text).toMatch(
      /handback_http_request_duration_seconds_count\{method="GET",route="\/api\/v1\/cases\/:id",status="404"\} 1/u,
    );
    expect(text).toMatch(/handback_cases\{state="open"\} [1-9]/u);
    expect(text).toMatch(/handback_stuck\{of="case"\} [1-9]/u);
    expect(text).toMatch(/handback_inbox_deliveries\{outcome="new"\} 1/u);
    expect(text).toContain('handback_database_up 1');
    expect(text).not.toMatch(/example\.test|case_01kf|METRIC/u);
  });
});

describe('the codec', () => {
  const payload = {
    metadata: { encoding: Buffer.from('json/plain').toString('base64') },
    data: Buffer.from('{"id":1}').toString('base64'),
  };

  test('encodes and decodes what a Temporal client sends', async () => {
    const sealed = await api.call('POST', '/api/v1/codec/encode', {
      as: 'admin',
      body: { payloads: [payload] },
    });
    expect(sealed.status).toBe(200);
    expect(sealed.text).not.toContain(payload.data);
    const opened = await api.call('POST', '/api/v1/codec/decode', { as: 'auditor', body: sealed.body });
    expect(opened.body).toEqual({ payloads: [payload] });
  });

  test('what it cannot decode is refused, and nothing of it is told', async () => {
    expect(
      await api.call('POST', '/api/v1/codec/decode', { as: 'auditor', body: { payloads: [payload] } }),
    ).toMatchObject({ status: 422, body: { code: 'payload-unreadable' } });
  });

  test('a browser may come from the configured origin only, and the rest of the API from none', async () => {
    const preflight = (path: string, origin: string) =>
      api.call('OPTIONS', path, { headers: { origin, 'access-control-request-method': 'POST' } });
    const allowed = await preflight('/api/v1/codec/decode', 'http://temporal-ui.test');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('http://temporal-ui.test');
    const answer = await api.call('POST', '/api/v1/codec/encode', {
      as: 'admin',
      body: { payloads: [] },
      headers: { origin: 'http://temporal-ui.test' },
    });
    expect(answer.headers.get('access-control-allow-origin')).toBe('http://temporal-ui.test');
    for (const [path, origin] of [
      ['/api/v1/codec/decode', 'http://evil.test'],
      ['/api/v1/cases', 'http://temporal-ui.test'],
    ] as const) {
      expect((await preflight(path, origin)).headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});
