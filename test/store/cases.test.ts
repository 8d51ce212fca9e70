import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cancelCase, cancelCaseOf, openOrMoveCase } from '../../src/store/cases.ts';
import type { OpenedCase } from '../../src/store/cases.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { appendFacts } from '../../src/store/facts.ts';
import { readStream } from '../../src/store/streams.ts';
import { inForce } from '../support/postgres/in-force.ts';
import { loadCase } from '../../src/store/rule-facts.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { iso, POLICY, T0 } from '../unit/domain/support/history.ts';
import { insertOpenCustody, insertPerson } from './support/rows.ts';
import { testVault } from '../support/person-keys.ts';

let server: TestDatabase;
let db: Database;

beforeAll(async () => {
  server = await testDatabase();
  db = openDatabase(server.url, { vault: testVault, connections: 16 });
  await inForce(db, POLICY);
});

afterAll(async () => {
  await db.destroy();
  await server.drop();
});

const DAY = 86_400_000;

async function leave(personId: string, eventKey: string, effectiveAt: number): Promise<OpenedCase> {
  const told = { personId, source: 'hr', eventKey, effectiveAt: new Date(effectiveAt), late: false };
  return db.transaction().execute((tx) => openOrMoveCase(tx, told, { sources: [] }, new Date()));
}

async function wakesOf(workflowId: string): Promise<number> {
  const rows = await db.selectFrom('outbox').select('id').where('workflow_id', '=', workflowId).execute();
  return rows.length;
}

async function begin(caseId: string): Promise<void> {
  await db.updateTable('cases').set({ state: 'open' }).where('id', '=', caseId).execute();
}

describe('a leave', () => {
  test('opens one case, however many say so at once and whatever dates they name', async () => {
    const personId = await insertPerson(db);
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, n) => leave(personId, `event-${n}`, T0 + (n % 3) * DAY)),
    );
    expect(new Set(results.map((one) => one.caseId)).size).toBe(1);
    expect(results.filter((one) => one.outcome === 'opened')).toHaveLength(1);
    const rows = await db.selectFrom('cases').select('id').where('person_id', '=', personId).execute();
    expect(rows).toHaveLength(1);
    const [row] = rows;
    const state = await loadCase(db, row?.id ?? '', 1);
    const { effective_at: shown } = await db
      .selectFrom('cases')
      .select('effective_at')
      .where('id', '=', row?.id ?? '')
      .executeTakeFirstOrThrow();
    expect(shown).toBe(state.effectiveAt);
  });

  test('one open offboarding per person is held by the database itself', async () => {
    const personId = await insertPerson(db);
    const { caseId } = await leave(personId, 'event', T0);
    const row = await db.selectFrom('cases').selectAll().where('id', '=', caseId).executeTakeFirstOrThrow();
    const { gates: _gates, blocked_by: _blocked, ...copy } = row;
    await expect(
      db
        .insertInto('cases')
        .values({ ...copy, id: 'case_second' })
        .execute(),
    ).rejects.toThrow(/cases_one_open_offboarding/u);
  });

  test('moves the scheduled case when its date changes, and wakes it', async () => {
    const personId = await insertPerson(db);
    const { caseId } = await leave(personId, 'first', T0);
    expect(await leave(personId, 'second', T0 + DAY)).toEqual({ caseId, outcome: 'moved' });
    const state = await loadCase(db, caseId, 1);
    expect(state.effectiveAt).toBe(iso(T0 + DAY));
    expect(await wakesOf(`case:${caseId}:1`)).toBe(2);
  });

  test('with the same date changes nothing', async () => {
    const personId = await insertPerson(db);
    const { caseId } = await leave(personId, 'first', T0);
    expect(await leave(personId, 'again', T0)).toEqual({ caseId, outcome: 'unchanged' });
    expect(await readStream(db, `case:${caseId}`)).toHaveLength(1);
  });

  test('leaves a case that has begun as it is', async () => {
    const personId = await insertPerson(db);
    const { caseId } = await leave(personId, 'first', T0);
    await begin(caseId);
    expect(await leave(personId, 'later', T0 + 9 * DAY)).toEqual({ caseId, outcome: 'unchanged' });
    expect((await loadCase(db, caseId, 1)).effectiveAt).toBe(iso(T0));
  });

  test('of a person who left before is a new case', async () => {
    const personId = await insertPerson(db);
    const first = await leave(personId, 'first', T0);
    await db.transaction().execute((tx) => cancelCaseOf(tx, personId, 'rehired', 'hr', new Date()));
    const second = await leave(personId, 'second', T0 + 400 * DAY);
    expect(second.outcome).toBe('opened');
    expect(second.caseId).not.toBe(first.caseId);
  });

  test('of somebody unknown is an error, not a case', async () => {
    await expect(leave('per_nobody', 'event', T0)).rejects.toThrow(/no result/u);
  });
});

describe('a cancellation', () => {
  test('says what had happened by then and what had not', async () => {
    const one = await insertOpenCustody(db, POLICY, 'CANCEL01');
    const { deviceId, caseId, epoch } = one;
    await db.transaction().execute((tx) =>
      appendFacts(
        tx,
        [
          {
            stream: `case:${caseId}`,
            key: `cut:${caseId}`,
            type: 'access.cut',
            actor: 'handback',
            data: { generation: 1, connector: 'directory', externalId: 'u1', cutAt: iso(T0) },
          },
          {
            stream: `device:${deviceId}`,
            key: `scan:${deviceId}`,
            type: 'return.scanned',
            actor: 'token:dock',
            data: { epoch, scanId: 's', site: 'hq', condition: 'good' },
          },
        ],
        new Date(),
      ),
    );
    expect(await db.transaction().execute((tx) => cancelCase(tx, caseId, 'rehired', 'hr', new Date()))).toBe(
      true,
    );
    const { cancelled } = await loadCase(db, caseId, 1);
    expect([...(cancelled?.data.done ?? [])].toSorted()).toEqual(['access-cut', `return:${deviceId}`]);
    expect([...(cancelled?.data.notDone ?? [])].toSorted()).toEqual([
      'discovery',
      `itad-handoff:${deviceId}`,
      `wipe:${deviceId}`,
    ]);
    const custody = await db
      .selectFrom('custodies')
      .select('state')
      .where('device_id', '=', deviceId)
      .executeTakeFirstOrThrow();
    expect(custody.state).toBe('cancelled');
    const stream = await readStream(db, `device:${deviceId}`);
    expect(stream.at(-1)?.type).toBe('custody.cancelled');
    expect([await wakesOf(`case:${caseId}:1`), await wakesOf(`custody:${deviceId}:${epoch}`)]).toEqual([
      2, 2,
    ]);
  });

  test('happens once, however many ask', async () => {
    const personId = await insertPerson(db);
    const { caseId } = await leave(personId, 'event', T0);
    const results = await Promise.all(
      Array.from({ length: 12 }, () =>
        db.transaction().execute((tx) => cancelCase(tx, caseId, 'rehired', 'hr', new Date())),
      ),
    );
    expect(results.filter((done) => done)).toHaveLength(1);
    const facts = await readStream(db, `case:${caseId}`);
    expect(facts.filter((fact) => fact.type === 'case.cancelled')).toHaveLength(1);
  });

  test('of nothing open is none', async () => {
    const personId = await insertPerson(db);
    expect(
      await db.transaction().execute((tx) => cancelCaseOf(tx, personId, 'rehired', 'hr', new Date())),
    ).toBeNull();
  });
});
