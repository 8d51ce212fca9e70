import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { ConnectorError } from '../../src/adapters/errors.ts';
import type { DeviceManager, ManagedDevice } from '../../src/adapters/devices/port.ts';
import type { EngineContext } from '../../src/activities/context.ts';
import { sweepWipes } from '../../src/activities/wipe-sweep.ts';
import { deviceStream } from '../../src/domain/fact.ts';
import type { WipeObservation } from '../../src/domain/wipe.ts';
import { openDatabase } from '../../src/store/database.ts';
import { readDocument } from '../../src/store/documents.ts';
import { resolveException } from '../../src/store/exceptions.ts';
import { pendingWipes } from '../../src/store/pending-wipes.ts';
import { readStream } from '../../src/store/streams.ts';
import { inTransaction } from '../../src/store/transactions.ts';
import { recordObservation } from '../../src/store/wipe-answers.ts';
import { useWipes } from './support/wipes.ts';
import type { OpenCustody } from './support/rows.ts';

const wipes = useWipes();
const STARTED = new Date(Date.now() + 1_000).toISOString();

/** A device manager that lists these records and shows each one's first wipe as ours. */
function managerOf(listed: readonly ManagedDevice[], read: DeviceManager['readDevice'] = async () => null) {
  const asked: string[] = [];
  const port = {
    listDevices: async () => ({ items: listed, next: null }),
    readDevice: async (mdmId: string) => {
      asked.push(mdmId);
      return read(mdmId);
    },
    ourWipe: (device: ManagedDevice) => device.wipes[0] ?? null,
  } as unknown as DeviceManager;
  return { port, asked };
}

function recordOf(mdmId: string, state: WipeObservation['state'] | null, over: Partial<ManagedDevice> = {}) {
  const wipe = state === null ? null : { state, startedAt: STARTED, updatedAt: STARTED, lastSeenAt: null };
  return {
    externalId: mdmId,
    lastWipe: wipe,
    wipes: wipe === null ? [] : [wipe],
    unreadable: false,
    ...over,
  } as ManagedDevice;
}

/** One connection: a query beside the transaction that holds it would wait for ever. */
async function sweep(port: DeviceManager): Promise<{ readonly pending: number; readonly changed: number }> {
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(wipes().db);
  const url = new URL(await urlOf());
  url.pathname = `/${rows[0]?.name}`;
  const db = openDatabase(url.href, { connections: 1 });
  const context = {
    db,
    connectors: { devices: new Map([['mdm', { name: 'mdm', mode: 'enforce', port }]]) },
    clock: () => new Date(),
    log: { info: () => {}, warn: () => {} },
    crash: () => {},
  } as unknown as EngineContext;
  try {
    return await sweepWipes(context, { connector: 'mdm' }, () => {});
  } finally {
    await db.destroy();
  }
}

async function urlOf(): Promise<string> {
  const { inject } = await import('vitest');
  const { DOOR } = await import('../support/postgres/provided.ts');
  return (await fetch(inject(DOOR) ?? '')).text();
}

/** A wipe that was sent and accepted, for a record of its own. */
async function sent(mdmId: string): Promise<OpenCustody> {
  const custody = await wipes().custody();
  const claimed = await wipes().claimNew(custody);
  await wipes().answer(custody, claimed, 'accepted');
  await wipes()
    .db.updateTable('intents')
    .set({ target: mdmId })
    .where('device_id', '=', custody.deviceId)
    .execute();
  await wipes().db.deleteFrom('outbox').execute();
  return custody;
}

const exceptionsOf = (code: string) =>
  wipes()
    .db.selectFrom('exceptions')
    .select(['id', 'device_id', 'owner', 'gate', 'blocking'])
    .where('code', '=', code)
    .execute();

/** The transactions that last wrote what a sweep may write. */
async function writers(): Promise<unknown> {
  const { rows } = await sql`
    select 's' || stream as what, xmin::text from streams union all
    select 'i' || id, xmin::text from intents order by what`.execute(wipes().db);
  return rows;
}

function never(): never {
  throw new Error('nothing was observed');
}

const woken = async () => (await wipes().db.selectFrom('outbox').select('workflow_id').execute()).map(String);

describe('the sweep over pending wipes', () => {
  beforeEach(async () => {
    const { db } = wipes();
    await db.updateTable('intents').set({ settled_at: new Date() }).execute();
    await db.updateTable('exceptions').set({ code: 'of-an-earlier-test' }).execute();
    await db.deleteFrom('outbox').execute();
  });

  it('writes what it saw once, and nothing while nothing changes', async () => {
    await sent('m1');
    const { port } = managerOf([recordOf('m1', 'pending'), recordOf('somebody-elses', 'done')]);
    expect(await sweep(port)).toEqual({ pending: 1, changed: 1 });
    const before = await writers();
    expect(await sweep(port)).toEqual({ pending: 1, changed: 0 });
    expect(await writers()).toEqual(before);
    expect(await woken()).toEqual([]);
  });

  it('keeps what the vendor answered beside the first fact of an observation, whatever words stand around it later', async () => {
    const { deviceId, epoch } = await sent('m1');
    const { db } = wipes();
    const seen = (mdmId: string, managementState: string) =>
      ({ ...recordOf(mdmId, 'active'), wipeAnswer: { id: mdmId, managementState } }) as ManagedDevice;
    const port = (record: ManagedDevice) => ({
      ...managerOf([record]).port,
      ourWipe: ({ wipes: [wipe], wipeAnswer }: ManagedDevice) =>
        wipe === undefined ? null : { ...wipe, ...(wipeAnswer && { answer: wipeAnswer }) },
    });
    expect(await sweep(port(seen('m1', 'wipeIssued')))).toEqual({ pending: 1, changed: 1 });
    const facts = await readStream(db, deviceStream(deviceId));
    const observed = facts.flatMap((fact) => (fact.type === 'wipe.observed' ? [fact.data] : []));
    expect(observed).toHaveLength(1);
    expect(Object.keys(observed[0]?.observation ?? {}).toSorted()).toEqual([
      'lastSeenAt',
      'startedAt',
      'state',
      'updatedAt',
    ]);
    const kept = await readDocument(db, null, observed[0]?.answerDigest ?? '');
    expect(JSON.parse(String(kept))).toEqual({ id: 'm1', managementState: 'wipeIssued' });
    const intentId = observed[0]?.intentId ?? '';
    const again = {
      ...(observed[0]?.observation ?? never()),
      answer: { id: 'm1', managementState: 'managed' },
    };
    const subject = { deviceId, epoch, intentId, connector: 'mdm' };
    expect(await inTransaction(db, (tx) => recordObservation(tx, subject, again, new Date()))).toBe(false);
    expect(await readStream(db, deviceStream(deviceId))).toEqual(facts);
    // Nor does a reading without words conflict with it.
    expect(await sweep(port(recordOf('m1', 'active')))).toEqual({ pending: 1, changed: 0 });
  });

  it('judges the custody with a final state, and watches it no more', async () => {
    const { deviceId } = await sent('m1');
    const gates = async () =>
      (
        await wipes()
          .db.selectFrom('custodies')
          .select('gates')
          .where('device_id', '=', deviceId)
          .executeTakeFirstOrThrow()
      ).gates;
    await sweep(managerOf([recordOf('m1', 'pending')]).port);
    expect(await gates()).toEqual({});
    expect(await sweep(managerOf([recordOf('m1', 'done')]).port)).toEqual({ pending: 1, changed: 1 });
    expect(Object.keys(await gates())).toContain('wipe');
    expect(await pendingWipes(wipes().db, 'mdm')).toEqual([]);
  });

  it('goes on watching an Apple device after its end until the silence is over, and writes nothing meanwhile', async () => {
    const { deviceId } = await sent('m1');
    await wipes().db.updateTable('devices').set({ platform: 'macos' }).where('id', '=', deviceId).execute();
    const { port } = managerOf([recordOf('m1', 'done')]);
    await sweep(port);
    expect(await pendingWipes(wipes().db, 'mdm')).toHaveLength(1);
    const before = await writers();
    await sweep(port);
    expect(await writers()).toEqual(before);
    // Long over: the same observation ends the watch.
    const old = recordOf('m1', 'done');
    const long = { ...old.wipes[0], updatedAt: '2020-01-01T00:00:00.000Z' } as WipeObservation;
    await sweep(managerOf([{ ...old, wipes: [long] }]).port);
    expect(await pendingWipes(wipes().db, 'mdm')).toEqual([]);
  });

  it('raises an exception, once, for a record whose wipe cannot be read, and observes the others', async () => {
    const first = await sent('m1');
    await sent('m2');
    const { port } = managerOf([
      recordOf('m1', null, { unreadable: true }),
      recordOf('m2', 'pending'),
      recordOf('not-ours', null, { unreadable: true }),
    ]);
    expect(await sweep(port)).toEqual({ pending: 2, changed: 1 });
    const raised = await exceptionsOf('wipe-state-unreadable');
    expect(raised).toMatchObject([
      { device_id: first.deviceId, owner: 'operator', gate: 'wipe', blocking: true },
    ]);
    expect(await woken()).toHaveLength(1);
    await sweep(port);
    const [one] = raised;
    await wipes()
      .db.transaction()
      .execute((tx) =>
        resolveException(
          tx,
          { exceptionId: one?.id ?? '', outcome: 'retry', reason: 'r', by: 'token:a' },
          new Date(),
        ),
      );
    await sweep(port);
    expect(await exceptionsOf('wipe-state-unreadable')).toHaveLength(1);
    expect(await woken()).toHaveLength(1);
  });

  it('raises an exception, once, for a record that is gone: that proves no erasure', async () => {
    const { deviceId } = await sent('m1');
    const { port, asked } = managerOf([]);
    await sweep(port);
    expect(await exceptionsOf('wipe-target-vanished')).toMatchObject([
      { device_id: deviceId, owner: 'approver', gate: 'wipe', blocking: true },
    ]);
    expect(await woken()).toHaveLength(1);
    await sweep(port);
    expect(await exceptionsOf('wipe-target-vanished')).toHaveLength(1);
    expect(asked).toEqual(['m1']);
    expect(await pendingWipes(wipes().db, 'mdm')).toHaveLength(1);
  });

  it('takes no record for gone that the listing only left out', async () => {
    await sent('m1');
    expect(await sweep(managerOf([], async () => recordOf('m1', 'active')).port)).toEqual({
      pending: 1,
      changed: 1,
    });
    expect(await exceptionsOf('wipe-target-vanished')).toEqual([]);
  });

  it('takes a record that cannot be read singly for unreadable, not for gone', async () => {
    await sent('m1');
    const unreadable = async () => {
      throw new ConnectorError('unexpected-answer', 'mdm', 'read device');
    };
    await sweep(managerOf([], unreadable).port);
    expect(await exceptionsOf('wipe-target-vanished')).toEqual([]);
    expect(await exceptionsOf('wipe-state-unreadable')).toHaveLength(1);
  });

  it('a record that goes after its wipe had ended is nobody’s to decide', async () => {
    const { deviceId } = await sent('m1');
    await wipes().db.updateTable('devices').set({ platform: 'ios' }).where('id', '=', deviceId).execute();
    await sweep(managerOf([recordOf('m1', 'done')]).port);
    await sweep(managerOf([]).port);
    expect(await exceptionsOf('wipe-target-vanished')).toEqual([]);
    expect(await pendingWipes(wipes().db, 'mdm')).toEqual([]);
  });

  it('leaves a wipe alone whose answer was lost: its custody reads back', async () => {
    const custody = await wipes().custody();
    await wipes().answer(custody, await wipes().claimNew(custody), 'unknown');
    const { port, asked } = managerOf([]);
    await sweep(port);
    expect(asked).toEqual([]);
    expect(await exceptionsOf('wipe-target-vanished')).toEqual([]);
  });
});
