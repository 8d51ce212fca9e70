/** Tickets of other systems: linked once, shown with the case, and never in the way of anything. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { caseStream } from '../../src/domain/fact.ts';
import { openException } from '../../src/store/exceptions.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { startApi } from './support/api.ts';
import type { TestApi } from './support/api.ts';
import { leaverWith } from './support/facts.ts';

let database: TestDatabase;
let api: TestApi;
let untouched: { readonly caseId: string };

beforeAll(async () => {
  database = await testDatabase();
  api = await startApi(database.url);
  untouched = await leaverWith(api.db, 'TICKET-0003');
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

const JIRA = { system: 'jira', ticket: 'ITSM-42', url: 'https://example.atlassian.net/browse/ITSM-42' };
const INCIDENT = {
  system: 'servicenow',
  ticket: 'INC0010001',
  url: 'https://example.service-now.com/nav_to.do?uri=incident.do?sys_id=1',
};

const linkTo = (path: string, body: object, as: 'operator' | 'viewer' = 'operator') =>
  api.call('POST', `/api/v1/${path}/tickets`, { as, body });
const factsOf = async (stream: string) =>
  api.db
    .selectFrom('facts')
    .select('type')
    .where('stream', '=', stream)
    .where('type', '=', 'ticket.linked')
    .execute();

describe('on a case', () => {
  test('a link is a fact, made once however often it is asked for, and the case shows it', async () => {
    const { caseId } = await leaverWith(api.db, 'TICKET-0001');
    for (let count = 0; count < 2; count += 1) {
      expect(await linkTo(`cases/${caseId}`, JIRA)).toMatchObject({ status: 200 });
    }
    await linkTo(`cases/${caseId}`, INCIDENT);
    expect(await factsOf(caseStream(caseId))).toHaveLength(2);
    const shown = await api.call('GET', `/api/v1/cases/${caseId}`, { as: 'viewer' });
    expect(shown.body['tickets']).toEqual([
      { exceptionId: null, ...JIRA, linkedAt: expect.any(String), linkedBy: 'token:t-operator' },
      { exceptionId: null, ...INCIDENT, linkedAt: expect.any(String), linkedBy: 'token:t-operator' },
    ]);
    expect(shown.body['timeline']).toContainEqual(expect.objectContaining({ type: 'ticket.linked' }));
  });

  test('the same number with another address contradicts what is recorded', async () => {
    const { caseId } = await leaverWith(api.db, 'TICKET-0002');
    await linkTo(`cases/${caseId}`, JIRA);
    const other = await linkTo(`cases/${caseId}`, { ...JIRA, url: 'https://elsewhere.example/ITSM-42' });
    expect([other.status, other.body['type']]).toEqual([409, '/problems/conflict']);
  });

  test.each([
    ['plain http', { ...JIRA, url: 'http://example.com/ITSM-42' }],
    ['a script', { ...JIRA, url: 'javascript:alert(1)' }],
    ['credentials', { ...JIRA, url: 'https://ada:secret@example.com/ITSM-42' }],
    ['an endless address', { ...JIRA, url: `https://example.com/${'a'.repeat(500)}` }],
    ['a number of another system', { ...JIRA, ticket: 'INC0010001' }],
    ['words for a number', { ...INCIDENT, ticket: 'the one about Ada' }],
    ['an unknown system', { ...JIRA, system: 'post-it' }],
  ])('refuses %s, and records nothing', async (_what, body) => {
    const { caseId } = untouched;
    expect((await linkTo(`cases/${caseId}`, body)).status).toBe(400);
    expect(await factsOf(caseStream(caseId))).toEqual([]);
  });

  test('a case that has ended takes no link; a viewer links none; an unknown case is none', async () => {
    const { caseId } = await leaverWith(api.db, 'TICKET-0004');
    expect((await linkTo(`cases/${caseId}`, JIRA, 'viewer')).status).toBe(403);
    await api.db.updateTable('cases').set({ closed_at: new Date() }).where('id', '=', caseId).execute();
    const late = await linkTo(`cases/${caseId}`, JIRA);
    expect([late.status, late.body['type']]).toEqual([409, '/problems/case-ended']);
    expect((await linkTo(`cases/case_${'0'.repeat(26)}`, JIRA)).status).toBe(404);
  });
});

describe('on an exception', () => {
  test('a link belongs to that exception, until it is decided', async () => {
    const { caseId } = await leaverWith(api.db, 'TICKET-0005');
    const opened = {
      stream: caseStream(caseId),
      gate: null,
      round: 1,
      owner: 'operator',
      blocking: false,
      dueAt: new Date(),
      caseId,
      deviceId: null,
      occurrence: '1',
    };
    const [one, other] = await api.db
      .transaction()
      .execute(async (tx) => [
        await openException(tx, { ...opened, code: 'closure-conflict' }, new Date()),
        await openException(tx, { ...opened, code: 'closure-refused' }, new Date()),
      ]);
    const answer = await linkTo(`exceptions/${one}`, INCIDENT);
    expect(answer.body['tickets']).toMatchObject([{ exceptionId: one, ticket: 'INC0010001' }]);
    const read = (id: string | undefined) =>
      api.call('GET', `/api/v1/exceptions/${id}/tickets`, { as: 'viewer' });
    expect((await read(one)).body['tickets']).toHaveLength(1);
    expect((await read(other)).body['tickets']).toEqual([]);
    const shown = await api.call('GET', `/api/v1/cases/${caseId}`, { as: 'viewer' });
    expect(shown.body['tickets']).toMatchObject([{ exceptionId: one }]);
    await api.call('POST', `/api/v1/exceptions/${one}/resolve`, {
      as: 'operator',
      body: { outcome: 'retry', reason: 'mended' },
    });
    const late = await linkTo(`exceptions/${one}`, JIRA);
    expect([late.status, late.body['type']]).toEqual([409, '/problems/exception-decided']);
  });
});
