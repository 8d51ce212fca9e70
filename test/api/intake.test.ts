/** Intake scans and exceptions: a serial decides which device came back, and what nothing explains is somebody's to decide. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { itemsIn, listIn, startApi, textIn } from './support/api.ts';
import type { TestApi } from './support/api.ts';
import { addCase, addPerson, leaverWith } from './support/facts.ts';
import { openException } from '../../src/store/exceptions.ts';

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await testDatabase();
  api = await startApi(database.url);
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

const scanIn = (serial: string, more: object = {}) =>
  api.call('POST', '/api/v1/intake-scans', { as: 'dock', body: { serial, site: 'berlin', ...more } });

async function wakes(workflowId: string): Promise<number> {
  return (await api.db.selectFrom('outbox').select('id').where('workflow_id', '=', workflowId).execute())
    .length;
}

describe('intake scans', () => {
  test('the return is recorded once, however it is printed and however often it is scanned', async () => {
    const { devices } = await leaverWith(api.db, 'BACK-0001');
    const id = devices[0]?.deviceId ?? '';
    const before = await wakes(`custody:${id}:1`);
    const answers = await Promise.all(
      ['back-0001', ' BACK 0001', 'Back0001'].map((serial) => scanIn(serial, { condition: 'damaged' })),
    );
    expect(answers.map((answer) => textIn(answer, 'verdict')).toSorted()).toEqual([
      'already-returned',
      'already-returned',
      'returned',
    ]);
    expect(new Set(answers.map(({ body }) => body['at'])).size).toBe(1);
    // It is shown at once; what comes next for the custody is what came next before.
    expect(await wakes(`custody:${id}:1`)).toBe(before);
    const row = await api.db
      .selectFrom('custodies')
      .select('gates')
      .where('device_id', '=', id)
      .executeTakeFirstOrThrow();
    expect(row.gates['return']?.state).toBe('satisfied');
    const facts = await api.db
      .selectFrom('facts')
      .select('canonical')
      .where('key', '=', `return.scanned:${id}:1`)
      .execute();
    expect(facts).toHaveLength(1);
    expect(facts[0]?.canonical).toContain('"condition":"damaged"');
    const shown = await api.call('GET', `/api/v1/devices/${id}`, { as: 'dock' });
    const gates = listIn(shown, 'custodies')[0]?.['gates'];
    expect(gates).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ gate: 'return', state: 'satisfied', basis: 'intake-scan' }),
      ]),
    );
  });

  test('a scan of a known device must be of its own serial', async () => {
    const { devices } = await leaverWith(api.db, 'OWN-0001', 'OWN-0002');
    const path = `/api/v1/devices/${devices[0]?.deviceId ?? ''}/intake-scans`;
    const other = devices[1]?.serial ?? '';
    expect(
      await api.call('POST', path, { as: 'dock', body: { serial: other, site: 'berlin' } }),
    ).toMatchObject({ status: 409, body: { code: 'serial-mismatch' } });
    expect(
      await api.call('POST', path, { as: 'dock', body: { serial: devices[0]?.serial, site: 'berlin' } }),
    ).toMatchObject({ status: 200, body: { verdict: 'returned' } });
  });

  test('an unknown serial becomes one exception, and a new one once that is decided', async () => {
    const first = await scanIn('MYSTERY-1');
    expect(first).toMatchObject({ status: 202, body: { verdict: 'unknown-serial', deviceId: null } });
    expect((await scanIn('mystery 1')).body['exceptionId']).toBe(first.body['exceptionId']);
    const [shown] = itemsIn(
      await api.call('GET', '/api/v1/exceptions?code=unknown-serial', { as: 'viewer' }),
    );
    expect(shown).toMatchObject({
      stream: 'system',
      owner: 'asset-manager',
      reason: 'serial MYSTERY1; site berlin; condition unknown',
      outcome: null,
    });
    const path = `/api/v1/exceptions/${textIn(first, 'exceptionId')}/resolve`;
    const resolved = await api.call('POST', path, {
      as: 'asset-manager',
      body: { outcome: 'not-ours', reason: 'a visitor left it' },
    });
    expect(resolved).toMatchObject({
      status: 200,
      body: {
        outcome: 'not-ours',
        resolvedBy: 'token:t-asset-manager',
        reason: 'serial MYSTERY1; site berlin; condition unknown; a visitor left it',
      },
    });
    expect(
      await api.call('POST', path, { as: 'asset-manager', body: { outcome: 'not-ours', reason: 'again' } }),
    ).toMatchObject({ status: 409, body: { code: 'exception-decided' } });
    const second = await scanIn('MYSTERY-1');
    expect(second.status).toBe(202);
    expect(second.body['exceptionId']).not.toBe(first.body['exceptionId']);
  });

  test('a device that nobody expects back is kept as such', async () => {
    const { devices, caseId } = await leaverWith(api.db, 'EARLY-0001');
    await api.db.updateTable('custodies').set({ state: 'planned' }).where('case_id', '=', caseId).execute();
    expect(await scanIn('EARLY-0001')).toMatchObject({ status: 202, body: { verdict: 'not-expected' } });
    const [exception] = itemsIn(
      await api.call(
        'GET',
        `/api/v1/exceptions?deviceId=${devices[0]?.deviceId ?? ''}&code=scan-not-expected`,
        { as: 'viewer' },
      ),
    );
    expect(exception).toMatchObject({ code: 'scan-not-expected' });
  });

  test.each(['Default string', 'XXXXXXX', '12', '🙂🙂🙂🙂'])(
    '%s is told to be no serial, and nothing is kept',
    async (serial) => {
      const before = (await api.db.selectFrom('exceptions').select('id').execute()).length;
      expect(await scanIn(serial)).toMatchObject({ status: 422, body: { code: 'serial-unreadable' } });
      expect(await api.db.selectFrom('exceptions').select('id').execute()).toHaveLength(before);
    },
  );

  test('two makers with one serial are told apart by the device, never by a guess', async () => {
    const { devices } = await leaverWith(api.db, 'TWIN-0001');
    const { devices: others } = await leaverWith(api.db, 'TWIN-0002');
    const [one, other] = [devices[0]?.deviceId ?? '', others[0]?.deviceId ?? ''];
    await api.db
      .updateTable('devices')
      .set({ serial: 'TWIN0001', maker: 'dell' })
      .where('id', '=', other)
      .execute();
    expect(await scanIn('TWIN-0001')).toMatchObject({ status: 409, body: { code: 'serial-ambiguous' } });
    expect(
      await api.call('POST', `/api/v1/devices/${other}/intake-scans`, {
        as: 'dock',
        body: { serial: 'TWIN-0001', site: 'berlin' },
      }),
    ).toMatchObject({ body: { verdict: 'returned', deviceId: other } });
    expect(
      await api.db.selectFrom('facts').select('key').where('key', '=', `return.scanned:${one}:1`).execute(),
    ).toEqual([]);
  });
});

describe('exceptions', () => {
  test('a decision wakes what waited for it: case by generation, device by epoch', async () => {
    const { caseId, devices } = await leaverWith(api.db, 'WAIT-0001');
    const deviceId = devices[0]?.deviceId ?? '';
    const raise = (stream: string, code: string, onDevice: boolean) =>
      api.db.transaction().execute((tx) =>
        openException(
          tx,
          {
            stream,
            code,
            gate: null,
            round: 1,
            owner: 'operator',
            blocking: true,
            dueAt: new Date(Date.now() + 1_000_000),
            caseId,
            deviceId: onDevice ? deviceId : null,
            occurrence: '1',
          },
          new Date(),
        ),
      );
    const ofCase = await raise(`case:${caseId}`, 'access-still-open', false);
    const ofDevice = await raise(`device:${deviceId}`, 'wipe-failed', true);
    const before = [await wakes(`case:${caseId}:1`), await wakes(`custody:${deviceId}:1`)];
    const blocks = listIn(
      await api.call('GET', `/api/v1/cases/${caseId}`, { as: 'viewer' }),
      'blockedBy',
    ).map(({ code }) => code);
    expect(blocks).toEqual(expect.arrayContaining(['access-still-open', 'wipe-failed']));
    for (const id of [ofCase, ofDevice]) {
      await api.call('POST', `/api/v1/exceptions/${id}/resolve`, {
        as: 'operator',
        body: { outcome: 'retry', reason: 'once more' },
      });
    }
    expect([await wakes(`case:${caseId}:1`), await wakes(`custody:${deviceId}:1`)]).toEqual(
      before.map((count) => count + 1),
    );
    const fact = await api.db
      .selectFrom('facts')
      .select('canonical')
      .where('key', '=', `exception.resolved:${ofDevice}`)
      .executeTakeFirstOrThrow();
    expect(fact.canonical).toContain('"by":"token:t-operator"');
    expect(fact.canonical).not.toContain('once more');
  });

  test('an exception of nobody that is past its date is stuck too', async () => {
    await scanIn('OVERDUE-1');
    await api.db
      .updateTable('exceptions')
      .set({ due_at: new Date(0) })
      .where('reason', 'like', 'serial OVERDUE1;%')
      .execute();
    const items = itemsIn(await api.call('GET', '/api/v1/stuck', { as: 'viewer' }));
    expect(items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          code: 'unknown-serial',
          owner: 'asset-manager',
          caseId: null,
          exceptionId: expect.any(String),
        }),
      ]),
    );
  });

  test('a list of many is read without loss, also where many were opened at one moment', async () => {
    const caseId = await addCase(api.db, await addPerson(api.db));
    const now = new Date();
    await api.db.transaction().execute(async (tx) => {
      for (let index = 0; index < 7; index += 1) {
        await openException(
          tx,
          {
            stream: `case:${caseId}`,
            code: 'many',
            gate: null,
            round: 1,
            owner: 'operator',
            blocking: true,
            dueAt: now,
            caseId,
            deviceId: null,
            occurrence: String(index),
          },
          now,
        );
      }
    });
    const seen: unknown[] = [];
    let path = `/api/v1/exceptions?caseId=${caseId}&limit=3`;
    for (;;) {
      const answer = await api.call('GET', path, { as: 'viewer' });
      seen.push(...itemsIn(answer).map(({ id }) => id));
      if (answer.body['next'] === null) break;
      path = `/api/v1/exceptions?caseId=${caseId}&limit=3&cursor=${textIn(answer, 'next')}`;
    }
    expect(seen).toHaveLength(7);
    expect(new Set(seen).size).toBe(7);
  });
});
