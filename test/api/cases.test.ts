/** Cases over HTTP: opened once per person, shown as the rules see them now, cancelled with what had happened. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { itemsIn, startApi, textIn } from './support/api.ts';
import type { TestApi } from './support/api.ts';
import { addCase, addPerson, discover, leaverWith, returned, wiped } from './support/facts.ts';

let database: TestDatabase;
let api: TestApi;
/** What the API takes for now. */
let now: Date | null = null;

beforeAll(async () => {
  database = await testDatabase();
  api = await startApi(database.url, { clock: () => now ?? new Date() });
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('opening', () => {
  test('by personal number: opened once, however often it is asked for', async () => {
    const personId = await addPerson(api.db, { employeeNumber: 'E-1001' });
    const body = { employeeNumber: 'E-1001', effectiveAt: '2030-01-01T00:00:00Z' };
    const answers = await Promise.all(
      [1, 2, 3].map(() => api.call('POST', '/api/v1/cases', { as: 'operator', body })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 201]);
    expect(new Set(answers.map((answer) => answer.body['caseId'])).size).toBe(1);
    expect(answers[0]?.body['personId']).toBe(personId);
    const rows = await api.db
      .selectFrom('cases')
      .select(['source', 'late'])
      .where('person_id', '=', personId)
      .execute();
    expect(rows).toEqual([{ source: 'token:t-operator', late: false }]);
  });

  test('another date moves a scheduled case, and back again, each as a fact', async () => {
    await addPerson(api.db, { workEmail: 'Moved@Example.test' });
    const order = (effectiveAt: string) =>
      api.call('POST', '/api/v1/cases', {
        as: 'operator',
        body: { workEmail: 'moved@example.TEST', effectiveAt },
      });
    const first = await order('2030-01-01T00:00:00Z');
    expect((await order('2030-02-01T00:00:00+01:00')).body['outcome']).toBe('moved');
    expect((await order('2030-01-01T00:00:00Z')).body['outcome']).toBe('moved');
    const shown = await api.call('GET', `/api/v1/cases/${textIn(first, 'caseId')}`, { as: 'viewer' });
    expect(shown.body).toMatchObject({
      state: 'scheduled',
      effectiveAt: '2030-01-01T00:00:00.000Z',
      blocked: false,
      stuck: false,
    });
    expect(shown.body['blockedBy']).toMatchObject([
      { code: 'leave-not-effective', kind: 'time', parked: true, dueAt: '2030-01-01T00:00:00.000Z' },
    ]);
    const facts = await api.call('GET', `/api/v1/cases/${textIn(first, 'caseId')}/facts`, {
      as: 'auditor',
    });
    expect(facts.body['items']).toMatchObject([
      { type: 'case.opened', actor: 'token:t-operator', seq: 1 },
      { type: 'case.rescheduled' },
      { type: 'case.rescheduled', seq: 3 },
    ]);
  });

  test('a leave in the past is flagged as late', async () => {
    const personId = await addPerson(api.db);
    await api.call('POST', '/api/v1/cases', {
      as: 'operator',
      body: { personId, effectiveAt: '2020-01-01T00:00:00Z' },
    });
    expect(
      await api.db.selectFrom('cases').select('late').where('person_id', '=', personId).executeTakeFirst(),
    ).toEqual({ late: true });
  });

  test('nobody is guessed', async () => {
    await addPerson(api.db, { workEmail: 'twins@example.test' });
    await addPerson(api.db, { workEmail: 'TWINS@example.test' });
    const ambiguous = await api.call('POST', '/api/v1/cases', {
      as: 'operator',
      body: { workEmail: 'twins@example.test' },
    });
    expect(ambiguous).toMatchObject({
      status: 409,
      body: { code: 'person-ambiguous', type: '/problems/person-ambiguous' },
    });
    const nobody = await api.call('POST', '/api/v1/cases', {
      as: 'operator',
      body: { employeeNumber: 'E-404' },
    });
    expect(nobody).toMatchObject({ status: 404, body: { code: 'person-not-found' } });
    const both = await api.call('POST', '/api/v1/cases', {
      as: 'operator',
      body: { employeeNumber: 'E-1', workEmail: 'a@example.test' },
    });
    expect(both).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  });
});

describe('looking', () => {
  test('gates, what blocks them and the milestones are judged at the time of the request', async () => {
    const { caseId, devices } = await leaverWith(api.db, 'LOOK-0001');
    const [device] = devices;
    if (device === undefined) throw new Error('no device');
    const before = (await api.call('GET', `/api/v1/cases/${caseId}`, { as: 'viewer' })).body;
    expect(before['milestones']).toEqual({
      accessSecured: null,
      dataSecured: null,
      recovered: null,
      closed: null,
    });
    expect(before['custodies']).toMatchObject([
      { deviceId: device.deviceId, serial: 'LOOK0001', state: 'open' },
    ]);
    await wiped(api.db, device);
    await returned(api.db, device);
    // The read model was not told: the answer comes from the facts.
    const after = (await api.call('GET', `/api/v1/cases/${caseId}`, { as: 'viewer' })).body;
    expect(after['milestones']).toMatchObject({
      dataSecured: expect.any(String),
      recovered: expect.any(String),
      closed: null,
    });
    expect(after['blockedBy']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          gate: 'itad-handoff',
          deviceId: device.deviceId,
          code: 'not-on-a-pickup',
          owner: 'asset-manager',
        }),
        expect.objectContaining({ gate: 'access-cut', kind: 'action' }),
      ]),
    );
    expect(after['stuck']).toBe(false);
    expect(after['timeline']).toEqual(
      expect.arrayContaining([expect.objectContaining({ type: 'return.scanned', actor: 'token:t-dock' })]),
    );
  });

  test('what is past its deadline is stuck, with whose move it is', async () => {
    const { caseId } = await leaverWith(api.db, 'STUCK-0001');
    await api.db
      .updateTable('cases')
      .set({ due_at: new Date(Date.now() + DAY) })
      .where('id', '=', caseId)
      .execute();
    const stuckNow = async () =>
      (
        (await api.call('GET', '/api/v1/stuck?limit=200', { as: 'viewer' })).body['items'] as readonly {
          caseId: string;
          code: string;
          owner: string;
        }[]
      ).filter((item) => item.caseId === caseId);
    expect(await stuckNow()).toEqual([]);
    try {
      now = new Date(Date.now() + 6 * DAY);
      expect(await stuckNow()).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ code: 'return-awaited', owner: 'leaver', gate: 'return' }),
        ]),
      );
      const list = await api.call('GET', '/api/v1/cases?stuck=true', { as: 'viewer' });
      expect(list.body['items']).toEqual(expect.arrayContaining([expect.objectContaining({ id: caseId })]));
      expect((await api.call('GET', `/api/v1/cases/${caseId}`, { as: 'viewer' })).body['stuck']).toBe(true);
    } finally {
      now = null;
    }
  });

  test('a list is read page by page without loss or repetition', async () => {
    for (let index = 0; index < 5; index += 1) await addCase(api.db, await addPerson(api.db));
    const all = await api.db.selectFrom('cases').select('id').execute();
    const seen: unknown[] = [];
    let path = '/api/v1/cases?limit=2';
    for (;;) {
      const answer = await api.call('GET', path, { as: 'viewer' });
      const items = itemsIn(answer);
      expect(items.length).toBeLessThanOrEqual(2);
      seen.push(...items.map(({ id }) => id));
      if (answer.body['next'] === null) break;
      path = `/api/v1/cases?limit=2&cursor=${textIn(answer, 'next')}`;
    }
    expect(seen).toHaveLength(all.length);
    expect(new Set(seen)).toEqual(new Set(all.map(({ id }) => id)));
  });

  test('a list can be narrowed', async () => {
    const personId = await addPerson(api.db);
    const caseId = await addCase(api.db, personId, new Date(Date.now() + DAY));
    const mine = await api.call('GET', `/api/v1/cases?personId=${personId}&state=scheduled`, {
      as: 'viewer',
    });
    expect(mine.body['items']).toMatchObject([{ id: caseId }]);
    expect(
      (await api.call('GET', `/api/v1/cases?personId=${personId}&state=open`, { as: 'viewer' })).body[
        'items'
      ],
    ).toEqual([]);
  });

  test.each([
    ['an unknown query key', '/api/v1/cases?state=open&sort=up', 'invalid-request'],
    ['a key that comes twice', '/api/v1/cases?state=open&state=open', 'invalid-request'],
    ['a limit out of range', '/api/v1/cases?limit=1000', 'invalid-request'],
    ['a cursor of somebody else', '/api/v1/cases?cursor=bm9uZQ', 'invalid-cursor'],
    ['an id of another kind', '/api/v1/cases/dev_01kf0000000000000000000000', 'invalid-request'],
  ])('%s is refused', async (_what, path, code) => {
    expect(await api.call('GET', path, { as: 'viewer' })).toMatchObject({
      status: 400,
      body: { code, type: `/problems/${code}` },
    });
  });

  test('a case that is not there is not found', async () => {
    expect(
      await api.call('GET', '/api/v1/cases/case_01kf0000000000000000000000', { as: 'viewer' }),
    ).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });
});

describe('cancelling', () => {
  test('states what had happened, ends the custodies, and is harmless again', async () => {
    const { caseId, devices } = await leaverWith(api.db, 'CANCEL-0001');
    const [device] = devices;
    if (device === undefined) throw new Error('no device');
    await returned(api.db, device);
    const cancel = () =>
      api.call('POST', `/api/v1/cases/${caseId}/cancel`, { as: 'operator', body: { reason: 'withdrawn' } });
    const first = await cancel();
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({
      state: 'cancelled',
      done: ['discovery', `return:${device.deviceId}`],
    });
    expect((await cancel()).body).toEqual(first.body);
    const shown = (await api.call('GET', `/api/v1/cases/${caseId}`, { as: 'viewer' })).body;
    expect(shown).toMatchObject({
      state: 'cancelled',
      complete: false,
      blockedBy: [],
      custodies: [{ state: 'cancelled', blockedBy: [] }],
    });
    const facts = await api.db
      .selectFrom('facts')
      .select('key')
      .where('type', '=', 'case.cancelled')
      .where('stream', '=', `case:${caseId}`)
      .execute();
    expect(facts).toHaveLength(1);
  });

  test('one that was completed stays so', async () => {
    const personId = await addPerson(api.db);
    const caseId = await addCase(api.db, personId);
    await discover(api.db, caseId, personId, []);
    await api.db.updateTable('cases').set({ state: 'completed' }).where('id', '=', caseId).execute();
    expect(
      await api.call('POST', `/api/v1/cases/${caseId}/cancel`, { as: 'operator', body: {} }),
    ).toMatchObject({ status: 409, body: { code: 'case-ended' } });
  });
});
