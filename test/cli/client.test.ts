/** The commands that are clients of the API, against a real API with a database. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addCase, addPerson, discover } from '../api/support/facts.ts';
import { startApi, tokenOf } from '../api/support/api.ts';
import type { TestApi } from '../api/support/api.ts';
import { deviceStream } from '../../src/domain/fact.ts';
import type { NewFact } from '../../src/domain/fact.ts';
import { appendFacts } from '../../src/store/facts.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { handback, json } from './support/command.ts';
import type { Ran } from './support/command.ts';

let database: TestDatabase;
let api: TestApi;
let leaver: string;
let caseId: string;
let deviceId: string;

beforeAll(async () => {
  database = await testDatabase();
  api = await startApi(database.url);
  leaver = await addPerson(api.db, { employeeNumber: 'E-1', workEmail: 'ada@example.test' });
  caseId = await addCase(api.db, leaver);
  const [held] = await discover(api.db, caseId, leaver, [{ serial: 'C02ADA0001' }]);
  deviceId = held?.deviceId ?? '';
  for (let each = 0; each < 6; each += 1) await addCase(api.db, await addPerson(api.db));
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

type Role = Parameters<typeof tokenOf>[0];

function as(role: Role, ...args: readonly string[]): Promise<Ran> {
  const env = { HANDBACK_URL: api.url, HANDBACK_TOKEN: tokenOf(role) };
  return handback(args, { env });
}

describe('lists', () => {
  test('--json is one document with items and next, and pages fit together', async () => {
    const all = json(await as('viewer', 'case', 'list', '--all', '--json'));
    expect([(all['items'] as object[]).length, all['next']]).toEqual([7, null]);
    const first = json(await as('viewer', 'case', 'list', '--limit', '3', '--json'));
    const rest = json(await as('viewer', 'case', 'list', '--cursor', String(first['next']), '--json'));
    expect([...(first['items'] as object[]), ...(rest['items'] as object[])]).toEqual(all['items']);
    expect(Object.keys((all['items'] as object[])[0] ?? {})).toEqual(
      expect.arrayContaining(['id', 'kind', 'personId', 'state', 'effectiveAt', 'gates', 'devices', 'dueAt']),
    );
  });

  test('as text: a row each, no colours, and a hint on standard error when there is more', async () => {
    const { code, out, err } = await as('viewer', 'case', 'list', '--limit', '2');
    expect(code).toBe(0);
    expect(out.trimEnd().split('\n')).toHaveLength(3);
    expect(out).toMatch(/^case +state +person +leaves/u);
    expect(out).not.toContain('\u001B');
    expect(err).toMatch(/^There is more: --all shows everything, --cursor \S+ goes on from here\.\n$/u);
  });

  test('colours only where the terminal takes them', async () => {
    const env = { HANDBACK_URL: api.url, HANDBACK_TOKEN: tokenOf('viewer') };
    const { out } = await handback(['case', 'list'], { env, isTty: true, colours: true });
    expect(out).toContain('\u001B[');
  });

  test('filters reach the API', async () => {
    const mine = json(await as('viewer', 'case', 'list', '--person', leaver, '--json'));
    expect((mine['items'] as { id: string }[]).map(({ id }) => id)).toEqual([caseId]);
    expect((await as('viewer', 'case', 'list', '--state', 'completed')).out).toBe('No cases.\n');
    expect((await as('viewer', 'stuck')).out).toBe('Nothing is stuck.\n');
    expect((await as('viewer', 'exception', 'list')).out).toBe('No open exceptions.\n');
    expect((await as('viewer', 'pickup', 'list')).out).toBe('No pickups.\n');
  });
});

describe('a case', () => {
  test('show names gates, what blocks them, whose move it is, and times with their zone', async () => {
    const { code, out } = await as('viewer', 'case', 'show', caseId);
    expect(code).toBe(0);
    for (const text of [caseId, leaver, 'C02ADA0001', 'discovery', 'access-cut', 'wipe', 'whose move']) {
      expect(out).toContain(text);
    }
    expect(out).toMatch(/leaves +\d{4}-\d\d-\d\d \d\d:\d\d \S+/u);
  });

  test('opened by hand once, moved, then cancelled once', async () => {
    const person = await addPerson(api.db, { employeeNumber: 'E-77' });
    const open = ['case', 'open', '--employee', 'E-77', '--json', '--at'];
    const opened = json(await as('operator', ...open, '2030-01-01T09:00+01:00'));
    expect(opened).toMatchObject({ personId: person, outcome: 'opened' });
    const moved = json(await as('operator', ...open, '2030-02-01T09:00+01:00'));
    expect(moved).toMatchObject({ caseId: opened['caseId'], outcome: 'moved' });
    const cancel = ['case', 'cancel', String(opened['caseId']), '--reason', 'withdrawn'];
    expect((await as('operator', ...cancel)).out).toMatch(/^Cancelled case_\S+\. Done already: nothing\. /u);
    expect((await as('operator', ...cancel)).code).toBe(0);
  });
});

describe('devices on the dock', () => {
  test('a scan that nothing explains fails, and names its exception; a person decides it once', async () => {
    const scanned = await as('dock', 'device', 'scan', 'NOBODYS-1', '--site', 'berlin-1', '--json');
    expect(scanned.code).toBe(1);
    const { verdict, exceptionId } = json(scanned);
    expect(verdict).toBe('unknown-serial');
    const decide = [
      'exception',
      'resolve',
      String(exceptionId),
      '--outcome',
      'accepted',
      '--reason',
      'spare',
    ];
    expect((await as('operator', ...decide)).out).toContain(`Resolved ${String(exceptionId)}`);
    const again = await as('operator', ...decide);
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('exception-decided')]);
  });

  test('the scan of the serial is the return, and the device shows it', async () => {
    const scanned = await as(
      'dock',
      'device',
      'scan',
      'c02ada0001',
      '--site',
      'berlin-1',
      '--condition',
      'good',
    );
    expect([scanned.code, scanned.out]).toEqual([0, `Returned: ${deviceId}.\n`]);
    const shown = json(await as('viewer', 'device', 'show', deviceId, '--json'));
    const [custody] = shown['custodies'] as { gates: { gate: string; state: string }[] }[];
    expect(custody?.gates.find(({ gate }) => gate === 'return')?.state).toBe('satisfied');
    expect((await as('viewer', 'device', 'show', deviceId)).out).toMatch(/return +satisfied/u);
  });

  test('a label that was given back stands there with what came of it', async () => {
    const values = { tracking_code: 'T1', connector: 'post', device_id: deviceId, epoch: 1 };
    await api.db.insertInto('trackers').values(values).execute();
    const said = async () => (await as('operator', 'device', 'return', deviceId)).out;
    expect(await said()).not.toContain('nobody will use');
    const data = { epoch: 1, intentId: 'int_1', connector: 'post', trackingCode: 'T1' };
    const add = (fact: Pick<NewFact, 'type' | 'data'>) => {
      const more = { stream: deviceStream(deviceId), key: `${fact.type}:int_1`, actor: 'handback' };
      return api.db
        .transaction()
        .execute((tx) => appendFacts(tx, [{ ...more, ...fact } as NewFact], new Date()));
    };
    const judged = { rulesVersion: '3', policyDigest: 'p' };
    await add({ type: 'return.label-refund-intended', data: { ...data, ...judged, why: 'scanned-in' } });
    expect(await said()).toMatch(/nobody will use T1 \(scanned-in\); the carrier has not answered yet/u);
    await add({ type: 'return.label-refund-asked', data: { ...data, outcome: 'asked' } });
    expect(await said()).toMatch(/nobody will use T1 \(scanned-in\); the carrier was asked for the money/u);
  });
});

test('the head of the ledger is shown', async () => {
  const head = json(await as('auditor', 'ledger', 'head', '--json'));
  expect(head).toMatchObject({ size: expect.any(Number), root: expect.stringMatching(/^[0-9a-f]{64}$/u) });
  expect((await as('auditor', 'ledger', 'head')).out).toContain(String(head['root']));
});

describe('failures are one sentence with what to do next, and exit code 1', () => {
  const sentence = (text: string) => new RegExp(`^handback: ${text}[^\\n]*\\n$`, 'u');

  test('no such thing, a role that may not, a wrong id', async () => {
    const unknown = await as('viewer', 'case', 'show', `case_${'0'.repeat(26)}`);
    expect([unknown.code, unknown.out]).toEqual([1, '']);
    expect(unknown.err).toMatch(sentence('There is no such thing'));
    expect((await as('viewer', 'case', 'open', '--person', leaver)).err).toMatch(
      sentence('the token has no role'),
    );
    expect((await as('viewer', 'case', 'show', '../x')).err).toMatch(sentence('The request is not as'));
  });

  test('no token, a wrong token, a foreign server, nobody there', async () => {
    const stuck = (env: Readonly<Record<string, string>>) =>
      handback(['stuck'], { env: { HANDBACK_DATA: '/nonexistent', ...env } });
    expect((await stuck({ HANDBACK_URL: api.url })).err).toMatch(
      sentence('.*needs a token: set HANDBACK_TOKEN'),
    );
    const wrong = await stuck({ HANDBACK_URL: api.url, HANDBACK_TOKEN: 'wrong' });
    expect(wrong.err).toMatch(sentence('.*does not know the token'));
    const closed = await stuck({ HANDBACK_URL: 'http://127.0.0.1:9', HANDBACK_TOKEN: 'x' });
    expect([closed.code, closed.out]).toEqual([1, '']);
    expect(closed.err).toMatch(sentence('the API at http://127.0.0.1:9 does not answer'));
    expect((await stuck({ HANDBACK_URL: 'localhost:4100' })).err).toMatch(
      sentence('HANDBACK_URL is not a URL'),
    );
  });
});
