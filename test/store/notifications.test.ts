import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tell } from '../../src/activities/notices/queue.ts';
import type { Connectors } from '../../src/adapters/connectors.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import type { Routed } from '../../src/domain/notices/route.ts';
import { deviceStream } from '../../src/domain/fact.ts';
import type { PeopleMode } from '../../src/domain/people-groups.ts';
import {
  claimNotification,
  lockNotification,
  nextDue,
  queueNotifications,
  recordOutcome,
  releaseNotification,
  resendNotification,
} from '../../src/store/notifications.ts';
import type { Notification, SendOutcome } from '../../src/store/notifications.ts';
import { readStream } from '../../src/store/streams.ts';
import { inTransaction } from '../../src/store/transactions.ts';
import { NO_NOTICES } from '../support/engine/no-notices.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { POLICY } from '../unit/domain/support/history.ts';
import { insertOpenCustody } from './support/rows.ts';
import type { OpenCustody } from './support/rows.ts';
import { testVault } from '../support/person-keys.ts';

let server: TestDatabase;
let db: Database;
let custody: OpenCustody;
let count = 0;
const NOW = new Date('2026-06-01T12:00:00Z');
const later = (ms: number): Date => new Date(NOW.getTime() + ms);

beforeAll(async () => {
  server = await testDatabase();
  db = openDatabase(server.url, { vault: testVault, connections: 12 });
});
beforeEach(async () => {
  count += 1;
  await db.deleteFrom('outbox').execute();
  custody = await insertOpenCustody(db, POLICY, `PFNOTICE${count}`);
});
afterAll(async () => {
  await db.destroy();
  await server.drop();
});

const MANAGER: Routed = {
  role: 'manager',
  place: 'manager',
  personId: null,
  connector: 'mail',
  target: null,
  template: 'return.manager',
  language: 'en',
  country: null,
  timeZone: 'UTC',
  suppressed: null,
};

async function queue(recipient: Partial<Routed> = {}, sendAfter = NOW, factKey = `fact:${count}`) {
  const occasion = {
    kind: 'gate-overdue',
    factKey,
    stream: deviceStream(custody.deviceId),
    round: 1,
    gate: 'return',
    exceptionId: null,
    caseId: custody.caseId,
    deviceId: custody.deviceId,
    dueAt: NOW.toISOString(),
  } as const;
  await inTransaction(db, (tx) =>
    queueNotifications(tx, occasion, [{ ...MANAGER, ...recipient, sendAfter }], NOW),
  );
}

const rows = () =>
  db
    .selectFrom('notifications')
    .selectAll()
    .where('device_id', '=', custody.deviceId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();

async function only(): Promise<Notification> {
  const [row, second] = await rows();
  if (row === undefined || second !== undefined) throw new Error('not one');
  return row;
}

const claim = (row: Notification) =>
  inTransaction(db, async (tx) => {
    const locked = await lockNotification(tx, row);
    return locked?.state === 'queued' && (await claimNotification(tx, row.id, 'digest', NOW));
  });
const record = (row: Notification, result: SendOutcome) =>
  inTransaction(db, (tx) => recordOutcome(tx, row, result, NOW));
const factsOf = async (type: string) =>
  (await readStream(db, deviceStream(custody.deviceId))).filter((fact) => fact.type === type);
const wakes = () =>
  db.selectFrom('outbox').select(['workflow_id', 'next_attempt_at']).orderBy('id').execute();

describe('queueing a message', () => {
  test('for the same thing and the same recipient happens once, whoever says it how often', async () => {
    await Promise.all(Array.from({ length: 10 }, () => queue()));
    expect(await rows()).toHaveLength(1);
    await queue({ role: 'security', place: 'security/0' });
    expect(await rows()).toHaveLength(2);
  });

  test('wakes the notifier, at the time when it may go out', async () => {
    await queue({ connector: 'night-mail' }, later(3_600_000));
    const woken = (await wakes()).filter((wake) => wake.workflow_id.startsWith('notices:'));
    expect(woken).toEqual([
      { workflow_id: 'notices:night-mail', next_attempt_at: later(3_600_000).toISOString() },
    ]);
    expect(await nextDue(db, 'night-mail', later(3_599_999))).toBeNull();
    expect(await nextDue(db, 'night-mail', later(3_600_000))).toMatchObject({ id: (await only()).id });
  });

  test('to nobody is written down with its reason, and wakes nobody', async () => {
    await queue({ connector: null, suppressed: 'manager-unknown' });
    expect(await only()).toMatchObject({ state: 'suppressed', why: 'manager-unknown' });
    expect((await wakes()).filter((wake) => wake.workflow_id.startsWith('notices:'))).toEqual([]);
  });

  test('goes with its transaction', async () => {
    await expect(
      inTransaction(db, async (tx) => {
        await queueNotifications(
          tx,
          {
            kind: 'gate-overdue',
            factKey: `fact:${count}`,
            stream: deviceStream(custody.deviceId),
            round: 1,
            gate: 'return',
            exceptionId: null,
            caseId: custody.caseId,
            deviceId: custody.deviceId,
            dueAt: NOW.toISOString(),
          },
          [{ ...MANAGER, sendAfter: NOW }],
          NOW,
        );
        throw new Error('the fact could not be recorded');
      }),
    ).rejects.toThrow('the fact');
    expect(await rows()).toEqual([]);
  });
});

describe('sending a message', () => {
  test('is claimed by one of 30 callers', async () => {
    await queue();
    const row = await only();
    const claims = await Promise.all(Array.from({ length: 30 }, () => claim(row)));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  test('a claim that is given back may be taken again, once; its time is the next try', async () => {
    await queue();
    const row = await only();
    await claim(row);
    await inTransaction(db, (tx) => releaseNotification(tx, row, later(5_000), NOW));
    expect(await only()).toMatchObject({
      state: 'queued',
      tries: 1,
      send_started_at: null,
      next_try_at: later(5_000).toISOString(),
      send_after: NOW.toISOString(),
    });
    const claims = await Promise.all(Array.from({ length: 10 }, () => claim(row)));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  test('what became of it is one fact, with role and channel and without a word of it', async () => {
    await queue();
    const row = await only();
    await claim(row);
    await Promise.all(Array.from({ length: 5 }, () => record(row, { outcome: 'sent' })));
    expect(await only()).toMatchObject({ state: 'sent', why: null });
    expect((await factsOf('notice.sent')).map(({ data }) => data)).toEqual([
      {
        notificationId: row.id,
        round: 1,
        role: 'manager',
        connector: 'mail',
        template: 'return.manager',
        language: 'en',
      },
    ]);
  });

  test('an answer that comes after all counts, but none turns a message that was sent into another', async () => {
    await queue();
    const row = await only();
    await claim(row);
    await record(row, { outcome: 'unknown', why: 'process-ended' });
    expect(await only()).toMatchObject({ state: 'unknown', why: 'process-ended', answered_at: null });
    await record(row, { outcome: 'sent' });
    await record(row, { outcome: 'failed', why: 'refused' });
    expect(await only()).toMatchObject({ state: 'sent' });
    expect(await factsOf('notice.failed')).toMatchObject([{ data: { outcome: 'unknown' } }]);
    expect(await factsOf('notice.sent')).toHaveLength(1);
  });

  test('the database itself has no message that is sent without a claim, or not sent without a reason', async () => {
    await queue();
    const { id } = await only();
    const set = (values: object) =>
      db.updateTable('notifications').set(values).where('id', '=', id).execute();
    await expect(set({ state: 'sent' })).rejects.toThrow(/check/u);
    await expect(set({ state: 'suppressed' })).rejects.toThrow(/check/u);
    await expect(set({ connector: null })).rejects.toThrow(/check/u);
  });
});

const tellAbout = (backfill: boolean, peopleModes: readonly PeopleMode[] = []) =>
  inTransaction(db, (tx) =>
    tell(
      tx,
      {
        connectors: { notify: new Map([['mail', { mode: 'enforce' }]]) } as unknown as Connectors,
        notices: { ...NO_NOTICES, roles: { security: [{ connector: 'mail', to: 'desk@it.example' }] } },
        peopleModes,
      },
      {
        kind: 'gate-overdue',
        factKey: `told:${count}`,
        stream: deviceStream(custody.deviceId),
        round: 1,
        gate: 'return',
        exceptionId: null,
        caseId: custody.caseId,
        deviceId: custody.deviceId,
        personId: custody.personId,
        role: 'security',
        backfill,
        dueAt: NOW.toISOString(),
      },
      POLICY,
      NOW,
    ),
  );

describe('telling', () => {
  test('a desk is queued at once, by its place and not by its address', async () => {
    await tellAbout(false);
    const row = await only();
    expect(row).toMatchObject({
      state: 'queued',
      role: 'security',
      target: 0,
      send_after: NOW.toISOString(),
    });
    expect(JSON.stringify(row)).not.toContain('@');
  });

  test('of what was found long after the leave nobody is told by themselves', async () => {
    await tellAbout(true);
    expect(await only()).toMatchObject({ state: 'suppressed', why: 'backfill', connector: 'mail' });
    expect((await wakes()).filter((wake) => wake.workflow_id.startsWith('notices:'))).toEqual([]);
  });
});

describe('telling about somebody whose group is only watched', () => {
  test('is written down and not sent', async () => {
    await db
      .updateTable('persons')
      .set({ group_name: 'watched' })
      .where('id', '=', custody.personId)
      .execute();
    await tellAbout(false, [{ groups: ['watched'], mode: 'observe' }]);
    expect(await only()).toMatchObject({ state: 'suppressed', why: 'mode-observe' });
  });
});

describe('sending again', () => {
  const resend = (id: string) => inTransaction(db, (tx) => resendNotification(tx, id, 'token:desk', NOW));

  test('is decided once for each message that failed or is unknown, under an id of its own', async () => {
    await queue();
    const row = await only();
    expect(await resend(row.id)).toEqual({ kind: 'not-failed' });
    await claim(row);
    await record(row, { outcome: 'unknown', why: 'outcome-unknown' });
    const answers = await Promise.all([1, 2, 3].map(() => resend(row.id)));
    expect(answers.map((answer) => String(answer?.kind)).toSorted()).toEqual([
      'ordered',
      'ordered-before',
      'ordered-before',
    ]);
    const again = (await rows()).find((one) => one.resend_of === row.id);
    expect(again).toMatchObject({ state: 'queued', ordered_by: 'token:desk', tries: 0, text_digest: null });
    expect(again?.id).not.toBe(row.id);
    expect(await factsOf('notice.resend-ordered')).toMatchObject([
      { actor: 'token:desk', data: { notificationId: again?.id, resendOf: row.id } },
    ]);
    expect((await wakes()).map((wake) => wake.workflow_id)).toContain('notices:mail');
  });

  test('lets out what a backfill held back, and nothing else that was suppressed', async () => {
    await queue({ suppressed: 'backfill' });
    await queue({ suppressed: 'mode-observe', place: 'operator/0' });
    const answers = [];
    for (const { id } of await rows()) answers.push((await resend(id))?.kind);
    expect(answers.toSorted((a, b) => String(a).localeCompare(String(b)))).toEqual(['not-failed', 'ordered']);
  });

  test('of what is not there is nothing', async () => {
    expect(await resend('ntf_none')).toBeNull();
  });
});
