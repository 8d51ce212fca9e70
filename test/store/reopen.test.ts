/** Closed is not forgotten: what opens a completed case again, and what does not. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { disposedAlive, signedInAfter, waiversRunOut } from '../../src/store/post-closure.ts';
import { reopenCase } from '../../src/store/reopen.ts';
import type { Reopening } from '../../src/store/reopen.ts';
import { loadCase } from '../../src/store/rule-facts.ts';
import { appendFacts } from '../../src/store/facts.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { POLICY } from '../unit/domain/support/history.ts';
import { insertOpenCustody } from './support/rows.ts';
import type { OpenCustody } from './support/rows.ts';
import { testVault } from '../support/person-keys.ts';

const CLOSED = new Date('2026-03-01T12:00:00Z');
const TERMS = { sources: [{ connector: 'okta', sourceKind: 'identity' }] } as const;
let database: TestDatabase;
let db: Database;
let serials = 0;

beforeAll(async () => {
  database = await testDatabase();
  db = openDatabase(database.url, { vault: testVault, connections: 4 });
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

/** A case that has completed, with its one device disposed of. */
async function completed(outcome: 'completed' | 'completed-with-waivers' = 'completed') {
  serials += 1;
  const serial = `RE${String(serials).padStart(6, '0')}X`;
  const custody = await insertOpenCustody(db, POLICY, serial);
  await db
    .updateTable('custodies')
    .set({ state: 'closed', closed_at: CLOSED })
    .where('device_id', '=', custody.deviceId)
    .execute();
  await db
    .updateTable('cases')
    .set({ state: outcome, closed_at: CLOSED })
    .where('id', '=', custody.caseId)
    .execute();
  return { ...custody, serial };
}

const reopen = (reopening: Reopening) =>
  db.transaction().execute((tx) => reopenCase(tx, reopening, TERMS, new Date()));

async function link({ personId }: OpenCustody, externalId: string): Promise<void> {
  await db
    .insertInto('person_links')
    .values({ connector: 'okta', external_id: externalId, person_id: personId, state: 'deactivated' })
    .execute();
}

describe('a completed case', () => {
  test('is opened again in a new generation, once for what was seen, with an exception that blocks', async () => {
    const { caseId } = await completed();
    const seen = { caseId, reason: 'leaver-signed-in', seen: 'okta:1' } as const;
    expect(await reopen(seen)).toBe(true);
    expect(await reopen(seen)).toBe(false);
    const state = await loadCase(db, caseId, 2);
    expect(state.exceptions.map(({ opened }) => opened.data)).toMatchObject([
      { code: 'leaver-signed-in', owner: 'security', blocking: true, round: 2 },
    ]);
    const row = await db.selectFrom('cases').selectAll().where('id', '=', caseId).executeTakeFirstOrThrow();
    expect(row).toMatchObject({ state: 'scheduled', generation: 2, closed_at: null });
    const queued = await db
      .selectFrom('outbox')
      .select('workflow_type')
      .where('workflow_id', '=', `case:${caseId}:2`)
      .execute();
    expect(queued).toEqual([{ workflow_type: 'offboardingCase' }]);
  });

  test('that was cancelled is not', async () => {
    const { caseId } = await completed();
    await db.updateTable('cases').set({ state: 'cancelled' }).where('id', '=', caseId).execute();
    expect(await reopen({ caseId, reason: 'leaver-signed-in', seen: 'x' })).toBe(false);
  });
});

describe('life from a device that was disposed of', () => {
  test('is seen by its serial, from an hour after the end on', async () => {
    const { caseId, deviceId, epoch, serial } = await completed();
    const at = (hours: number) => new Date(CLOSED.getTime() + hours * 3_600_000).toISOString();
    expect(await disposedAlive(db, [{ serial, lastSeenAt: at(0.5) }])).toEqual([]);
    expect(await disposedAlive(db, [{ serial: 'OTHER0001', lastSeenAt: at(2) }])).toEqual([]);
    expect(await disposedAlive(db, [{ serial, lastSeenAt: at(2) }])).toMatchObject([
      { caseId, reason: 'disposed-device-alive', seen: expect.stringContaining(`${deviceId}:${epoch}:`) },
    ]);
  });

  test('is nothing where it was redeployed, or is somebody’s again in a later epoch', async () => {
    const late = new Date(CLOSED.getTime() + 9 * 3_600_000).toISOString();
    const redeployed = await completed();
    await db
      .updateTable('custodies')
      .set({ route: 'redeploy' })
      .where('device_id', '=', redeployed.deviceId)
      .execute();
    const again = await completed();
    await db
      .insertInto('custodies')
      .values({
        device_id: again.deviceId,
        epoch: again.epoch + 1,
        case_id: again.caseId,
        generation: 2,
        route: 'dispose',
        state: 'cancelled',
        mdm_connector: null,
        mdm_id: null,
      })
      .execute();
    const seen = [redeployed, again].map(({ serial }) => ({ serial, lastSeenAt: late }));
    expect(await disposedAlive(db, seen)).toEqual([]);
  });
});

describe('a sign-in after the end', () => {
  const lastSignInAt = new Date(CLOSED.getTime() + 5 * 3_600_000).toISOString();

  test('is found by the account, and one before the end is not', async () => {
    const custody = await completed();
    await link(custody, 'u-1');
    const account = { connector: 'okta', externalId: 'u-1', lastSignInAt };
    expect(await signedInAfter(db, account)).toMatchObject({ caseId: custody.caseId });
    const before = new Date(CLOSED.getTime() - 1).toISOString();
    expect(await signedInAfter(db, { ...account, lastSignInAt: before })).toBeNull();
  });

  test('of somebody who was rehired is no activity of a leaver', async () => {
    const custody = await completed();
    await link(custody, 'u-2');
    await db
      .insertInto('lifecycle_events')
      .values({
        connector: 'hr',
        event_id: 'back',
        kind: 'rehire',
        person_id: custody.personId,
        external_id: 'E-2',
        occurred_at: new Date(),
        effective_at: new Date(),
        outcome: 'nothing-open',
      })
      .execute();
    expect(await signedInAfter(db, { connector: 'okta', externalId: 'u-2', lastSignInAt })).toBeNull();
  });
});

test('a waiver that has run out opens again what it closed, and one that counts does not', async () => {
  const { caseId, deviceId, epoch } = await completed('completed-with-waivers');
  const expiresAt = new Date('2026-04-01T00:00:00Z');
  const key = 'gate.waived:dcn_1';
  const data = {
    round: epoch,
    decisionId: 'dcn_1',
    gate: 'return',
    expiresAt: expiresAt.toISOString(),
  } as const;
  await db
    .transaction()
    .execute((tx) =>
      appendFacts(
        tx,
        [{ stream: `device:${deviceId}`, key, type: 'gate.waived', actor: 'token:b', data }],
        new Date(),
      ),
    );
  const about = async (now: Date) => (await waiversRunOut(db, now)).filter((one) => one.caseId === caseId);
  expect(await about(new Date(expiresAt.getTime() - 1))).toEqual([]);
  const [found] = await about(expiresAt);
  expect(found).toEqual({ caseId, reason: 'waiver-expired', seen: key });
  expect(found === undefined ? null : await reopen(found)).toBe(true);
  expect(await about(expiresAt)).toEqual([]);
});
