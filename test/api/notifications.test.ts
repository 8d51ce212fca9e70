/** Messages to people, as operators see them and decide about them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deviceStream } from '../../src/domain/fact.ts';
import {
  claimNotification,
  lockNotification,
  queueNotifications,
  recordOutcome,
} from '../../src/store/notifications.ts';
import { inTransaction } from '../../src/store/transactions.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { itemsIn, startApi, textIn } from './support/api.ts';
import type { TestApi } from './support/api.ts';
import { addCase, addPerson, discover } from './support/facts.ts';
import { findPeople, readPerson } from '../../src/store/read/people.ts';

let database: TestDatabase;
let api: TestApi;
let caseId: string;
let deviceId: string;
let personId: string;

beforeAll(async () => {
  database = await testDatabase();
  api = await startApi(database.url);
  personId = await addPerson(api.db, { employeeNumber: 'N-1', displayName: 'Ada Leaver' });
  caseId = await addCase(api.db, personId);
  const [held] = await discover(api.db, caseId, personId, [{ serial: 'PFAPI0001' }]);
  deviceId = held?.deviceId ?? '';
  for (const number of [1, 2, 3]) await queue(`chaser-${number}`, new Date(Date.UTC(2026, 5, number)));
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

async function queue(factKey: string, now: Date): Promise<void> {
  const occasion = {
    kind: 'return-chaser',
    factKey,
    stream: deviceStream(deviceId),
    round: 1,
    gate: 'return',
    exceptionId: null,
    caseId,
    deviceId,
    dueAt: now.toISOString(),
  } as const;
  const common = { language: 'en', country: null, timeZone: 'UTC', target: null, sendAfter: now } as const;
  await inTransaction(api.db, (tx) =>
    queueNotifications(
      tx,
      occasion,
      [
        {
          ...common,
          role: 'leaver',
          place: 'leaver',
          personId,
          connector: null,
          template: 'return.leaver',
          suppressed: 'no-private-address',
        },
        {
          ...common,
          role: 'manager',
          place: 'manager',
          personId,
          connector: 'mail',
          template: 'return.manager',
          suppressed: null,
        },
      ],
      now,
    ),
  );
}

const list = (query = '') => api.call('GET', `/api/v1/notifications${query}`, { as: 'viewer' });
const resend = (id: string) =>
  api.call('POST', `/api/v1/notifications/${id}/resend`, { as: 'operator', body: {} });

async function fail(id: string): Promise<void> {
  await inTransaction(api.db, async (tx) => {
    const row = await lockNotification(tx, { id, stream: deviceStream(deviceId) });
    if (row === null) throw new Error('no such message');
    await claimNotification(tx, id, 'd', new Date());
    await recordOutcome(tx, row, { outcome: 'failed', why: 'refused' }, new Date());
  });
}

describe('messages', () => {
  test('are listed newest first, page by page, each once', async () => {
    const seen: unknown[] = [];
    let cursor = '';
    do {
      const page = await list(`?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      expect(page.status).toBe(200);
      seen.push(...itemsIn(page).map(({ id }) => id));
      cursor = typeof page.body['next'] === 'string' ? page.body['next'] : '';
    } while (cursor !== '');
    expect(seen).toHaveLength(6);
    expect(new Set(seen).size).toBe(6);
    const times = itemsIn(await list()).map(({ createdAt }) => String(createdAt));
    expect(times).toEqual(times.toSorted((a, b) => b.localeCompare(a)));
  });

  test('by case, device, state and role, with the reason why somebody heard nothing', async () => {
    expect(itemsIn(await list(`?caseId=${caseId}&role=leaver`))).toHaveLength(3);
    expect(itemsIn(await list(`?deviceId=${deviceId}&state=queued`))).toHaveLength(3);
    expect(itemsIn(await list('?state=sent'))).toEqual([]);
    expect(itemsIn(await list('?state=suppressed'))[0]).toMatchObject({
      role: 'leaver',
      personId,
      why: 'no-private-address',
      connector: null,
    });
  });

  test('show no name and no address', async () => {
    expect((await list()).text).not.toMatch(/Ada|@/u);
  });

  test('that failed are sent again by an operator’s decision, once, and that is a fact', async () => {
    const [item] = itemsIn(await list('?state=queued'));
    const id = String(item?.['id']);
    expect(await resend(id)).toMatchObject({ status: 409, body: { code: 'notification-not-failed' } });
    await fail(id);
    const again = await resend(id);
    expect(again).toMatchObject({ status: 202, body: { state: 'queued', resendOf: id } });
    expect(textIn(again, 'id')).not.toBe(id);
    expect(await resend(id)).toMatchObject({ status: 409, body: { code: 'notification-resent' } });
    const fact = await api.db
      .selectFrom('facts')
      .select('canonical')
      .where('type', '=', 'notice.resend-ordered')
      .executeTakeFirstOrThrow();
    expect(JSON.parse(fact.canonical)).toMatchObject({ actor: 'token:t-operator', data: { resendOf: id } });
  });

  test('that nobody knows cannot be', async () => {
    expect((await resend('ntf_00000000000000000000000000')).status).toBe(404);
  });

  test('are counted by state', async () => {
    const { text } = await api.call('GET', '/metrics', { as: 'admin' });
    expect(text).toContain('handback_notifications{state="suppressed"} 3');
    expect(text).toContain('handback_notifications{state="failed"} 1');
  });
});

describe('how people can be written to', () => {
  test('comes by the import: private address, no contact, manager, also one further down the list', async () => {
    const body = [
      { employeeNumber: 'N-1', privateEmail: 'ada@home.example', managerEmployeeNumber: 'N-2' },
      { employeeNumber: 'N-2', workEmail: 'maya@work.example' },
    ];
    expect((await api.call('POST', '/api/v1/people/import', { as: 'operator', body })).status).toBe(200);
    const read = () => readPerson(api.db, personId);
    const [manager] = await findPeople(api.db, { employeeNumber: 'N-2' });
    expect(await read()).toMatchObject({
      privateEmail: 'ada@home.example',
      noContact: false,
      managerId: manager,
    });
    const mark = [{ employeeNumber: 'N-1', noContact: true }];
    await api.call('POST', '/api/v1/people/import', { as: 'operator', body: mark });
    expect(await read()).toMatchObject({ privateEmail: 'ada@home.example', noContact: true });
    const shown = await api.call('GET', '/api/v1/people?search=N-1', { as: 'operator' });
    expect(itemsIn(shown)[0]).toMatchObject({
      hasPrivateEmail: true,
      noContact: true,
      managerId: manager,
    });
    expect(shown.text).not.toContain('home.example');
  });
});
