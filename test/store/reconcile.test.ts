import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EngineContext } from '../../src/activities/context.ts';
import { reconcileWorkflows } from '../../src/activities/reconcile.ts';
import { caseWorkflowId, custodyWorkflowId } from '../../src/domain/ids.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { POLICY } from '../unit/domain/support/history.ts';
import { insertOpenCustody } from './support/rows.ts';
import type { OpenCustody } from './support/rows.ts';
import { testVault } from '../support/person-keys.ts';

let server: TestDatabase;
let db: Database;
let custody: OpenCustody;
const NOW = new Date('2026-06-01T12:00:00Z');

beforeAll(async () => {
  server = await testDatabase();
  db = openDatabase(server.url, { vault: testVault, connections: 4 });
  custody = await insertOpenCustody(db, POLICY, 'PFRECONCILE');
});
beforeEach(async () => {
  await db.deleteFrom('outbox').execute();
  await db.updateTable('custodies').set({ state: 'open', next_at: null }).execute();
  await db.updateTable('cases').set({ state: 'open', next_at: null }).execute();
});
afterAll(async () => {
  await db.destroy();
  await server.drop();
});

const reconcile = () =>
  reconcileWorkflows({
    db,
    clock: () => NOW,
    connectors: { notify: new Map([['mail', {}]]), inventory: new Map([['books', {}]]) },
  } as unknown as EngineContext);
const queued = () =>
  db
    .selectFrom('outbox')
    .select(['workflow_id', 'workflow_type', 'only_start'])
    .orderBy('workflow_type')
    .orderBy('only_start')
    .execute();

describe('reconciling workflows with rows', () => {
  it('starts whoever asks an inventory about scanned serials that wait; none for one that is not configured', async () => {
    const pickup = {
      id: 'pick_asked',
      connector: 'itad',
      site: 's',
      state: 'booked',
      created_by: 't',
    } as const;
    await db
      .insertInto('pickups')
      .values({ ...pickup, reference: null, confirmed_by: null, manifest_sent_revision: 1 })
      .execute();
    const ask = { pickup_id: pickup.id, spelled: 'S', queued_at: NOW, differs: '[]' } as const;
    await db
      .insertInto('inventory_asks')
      .values([
        { ...ask, serial: 'S1', connector: 'books', failure: null, known: null },
        { ...ask, serial: 'S2', connector: 'books', failure: null, known: null },
        { ...ask, serial: 'S1', connector: 'gone', failure: null, known: null },
      ])
      .execute();
    await db.updateTable('custodies').set({ state: 'closed' }).execute();
    await db.updateTable('cases').set({ state: 'completed' }).execute();
    await reconcile();
    await reconcile();
    expect(await queued()).toEqual([
      { workflow_id: 'asking:books', workflow_type: 'inventoryAsking', only_start: true },
    ]);
    await db.deleteFrom('inventory_asks').execute();
    await db.deleteFrom('pickups').execute();
  });

  it('starts the sender of a message that is due and was forgotten, beside a wake for later; none for one that is not', async () => {
    const told = (id: string, connector: string, nextTry: Date) =>
      db
        .insertInto('notifications')
        .values({
          id,
          key: id,
          fact_key: id,
          stream: `device:${custody.deviceId}`,
          round: 1,
          kind: 'return-chaser',
          gate: 'return',
          exception_id: null,
          case_id: custody.caseId,
          device_id: custody.deviceId,
          due_at: NOW,
          role: 'leaver',
          person_id: null,
          connector,
          target: null,
          template: 'return.leaver',
          language: 'en',
          state: 'queued',
          why: null,
          created_at: NOW,
          send_after: NOW,
          next_try_at: nextTry,
        })
        .execute();
    await told('ntf_due', 'mail', NOW);
    await told('ntf_later', 'mail', new Date(NOW.getTime() + 60_000));
    await told('ntf_gone', 'not-configured', NOW);
    await db
      .insertInto('outbox')
      .values({
        workflow_id: 'notices:mail',
        workflow_type: 'connectorNotices',
        next_attempt_at: new Date(Date.now() + 3_600_000),
      })
      .execute();
    await reconcile();
    await reconcile();
    const notices = (await queued()).filter((row) => row.workflow_type === 'connectorNotices');
    expect(notices.filter((row) => row.only_start)).toEqual([
      { workflow_id: 'notices:mail', workflow_type: 'connectorNotices', only_start: true },
    ]);
    await db.deleteFrom('notifications').execute();
  });

  const start = (onlyStart: boolean) => [
    {
      workflow_id: custodyWorkflowId(custody.deviceId, custody.epoch),
      workflow_type: 'deviceCustody',
      only_start: onlyStart,
    },
    {
      workflow_id: caseWorkflowId(custody.caseId, 1),
      workflow_type: 'offboardingCase',
      only_start: onlyStart,
    },
  ];

  it('queues mere starts for what is open, once while they wait', async () => {
    expect(await reconcile()).toEqual({ subjects: 2 });
    expect(await queued()).toEqual(start(true));
    expect(await reconcile()).toEqual({ subjects: 0 });
    expect(await queued()).toHaveLength(2);
  });

  it('queues nothing for what is over', async () => {
    await db.updateTable('custodies').set({ state: 'closed' }).execute();
    await db.updateTable('cases').set({ state: 'completed' }).execute();
    expect(await reconcile()).toEqual({ subjects: 0 });
  });

  it('wakes what is overdue for a look, not what came up just now, nor what lies ahead', async () => {
    for (const [at, woken] of [
      ['2026-06-01T11:59:29Z', 2],
      ['2026-06-01T11:59:31Z', 0],
      ['2026-06-01T12:05:00Z', 0],
    ] as const) {
      await db.deleteFrom('outbox').execute();
      await db.updateTable('custodies').set({ next_at: at }).execute();
      await db.updateTable('cases').set({ next_at: at }).execute();
      await reconcile();
      expect((await queued()).filter((row) => !row.only_start)).toHaveLength(woken);
    }
  });

  it('wakes what is overdue even while its start waits, and once', async () => {
    await reconcile();
    await db.updateTable('custodies').set({ next_at: '2026-06-01T00:00:00Z' }).execute();
    await reconcile();
    await reconcile();
    expect((await queued()).filter((row) => !row.only_start)).toEqual(start(false).slice(0, 1));
  });

  it('queues more subjects than a statement has parameters', async () => {
    await sql`
      insert into cases (id, kind, state, source, effective_at, policy_digest)
      select 'case_' || n, 'offboarding', 'scheduled', 'hr', now(), policy_digest
      from generate_series(1, 70000) as n, (select policy_digest from cases limit 1) as one`.execute(db);
    expect(await reconcile()).toEqual({ subjects: 70_002 });
    await sql`delete from cases where state = 'scheduled'`.execute(db);
  });
});
