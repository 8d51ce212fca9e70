/** Labels that nobody will use, with both carriers as they are: given back once, as a fact, and never one that may be needed. */
import { describe, expect, it } from 'vitest';
import { makeLabel } from '../../src/activities/returns.ts';
import { custodyRuleContext } from '../../src/activities/rule-context.ts';
import { takeTracking } from '../../src/activities/tracking.ts';
import { REFUND_WITHIN_MS } from '../../src/domain/rules/label-refunds.ts';
import { appendFacts } from '../../src/store/facts.ts';
import { lockStream } from '../../src/store/held-streams.ts';
import { newId } from '../../src/store/ids.ts';
import { loadCustody } from '../../src/store/rule-facts.ts';
import { useCarriers } from './support/carriers.ts';
import type { CarrierName } from './support/carriers.ts';
import { sentLabels } from './support/sent-labels.ts';
import type { Sent } from './support/sent-labels.ts';
import { useWipes } from './support/wipes.ts';

const database = useWipes();
const carriers = useCarriers(() => database().db);
const NAMES = ['easypost', 'shippo'] as const satisfies readonly CarrierName[];
const WITHIN_HOURS = REFUND_WITHIN_MS / 3_600_000;

const { sent, within, sweep, scan, dropOff, cancel, route, asked } = sentLabels(
  () => database().db,
  carriers,
);

describe.each(NAMES)('labels of %s that nobody will use', (name) => {
  it.each([
    ['scanned in by hand', (one: Sent) => scan(one), 'scanned-in'],
    ['handed in at an office', dropOff, 'dropped-off'],
    ['kept by somebody who stays', cancel, 'cancelled'],
    ['sold', (one: Sent) => route(one, 'employee-sale'), 'no-return'],
    ['declared lost', (one: Sent) => route(one, 'lost', 'lost.declared'), 'no-return'],
  ] as const)('are given back once, and that is a fact, when a device is %s', async (_what, happens, why) => {
    const custody = await sent(name);
    await happens(custody);
    await sweep(custody);
    await sweep(custody);
    expect(await carriers().refunds(custody)).toHaveLength(1);
    expect(await asked(custody)).toMatchObject([
      {
        connector: name,
        trackingCode: custody.code,
        why,
        outcome: 'asked',
        policyDigest: custody.policyDigest,
      },
    ]);
  });

  it('are given back with the box that the carrier has not taken, and without one that is under way', async () => {
    const [waiting, moving] = [await sent(name, 'box'), await sent(name, 'box')];
    const { box } = await loadCustody(database().db, moving.deviceId, moving.epoch);
    await carriers().scans(name, box?.data.trackingCode ?? '', 'in_transit');
    await Promise.all([cancel(waiting), cancel(moving)]);
    await sweep(waiting);
    expect((await asked(waiting)).map(({ outcome }) => outcome)).toEqual(['asked', 'asked']);
    expect((await asked(moving)).map(({ trackingCode }) => trackingCode)).toEqual([moving.code]);
    expect(await carriers().refunds(moving)).toHaveLength(1);
  });

  it('are kept while they may be the way home, also when the device is only reported lost or kept for its data', async () => {
    const [usual, reported, retained] = [await sent(name), await sent(name), await sent(name)];
    await within((tx) =>
      appendFacts(
        tx,
        [
          {
            stream: `device:${reported.deviceId}`,
            key: `lost.reported:${reported.deviceId}`,
            type: 'lost.reported',
            actor: 'token:desk',
            data: { epoch: 1, reportId: 'rep_1', kind: 'lost' },
          },
        ],
        new Date(),
      ),
    );
    await route(retained, 'legal-retention');
    await sweep(usual);
    for (const custody of [usual, reported, retained]) {
      expect(await asked(custody)).toEqual([]);
      expect(await carriers().refunds(custody)).toEqual([]);
    }
  });

  it('are kept where the parcel moved by the carrier’s word, told before or found only now', async () => {
    const [told, found] = [await sent(name), await sent(name)];
    const word = { status: 'in_transit', occurredAt: '2026-03-02T10:00:00.000Z' } as const;
    await takeTracking(carriers().context(0), name, { trackingCode: told.code, ...word });
    await Promise.all([cancel(told), cancel(found)]);
    // It began to move after the custody had ended: nobody polled for it, and no webhook came.
    await carriers().scans(name, found.code, 'in_transit');
    await sweep(found);
    expect([await asked(told), await asked(found)]).toEqual([[], []]);
    expect([await carriers().refunds(told), await carriers().refunds(found)]).toEqual([[], []]);
    const { tracked } = await loadCustody(database().db, found.deviceId, found.epoch);
    expect(tracked?.data).toMatchObject({ trackingCode: found.code, status: 'in_transit' });
  });

  it('are kept where the unit came out of that very parcel, whatever the carrier says', async () => {
    const [own, others] = [await sent(name), await sent(name)];
    await scan(own, own.code);
    // Sent under the label of the first: its own was not used.
    await scan(others, own.code);
    await sweep(own);
    expect(await asked(own)).toEqual([]);
    expect((await asked(others)).map(({ trackingCode }) => trackingCode)).toEqual([others.code]);
  });

  it('are kept where their parcel held another unit', async () => {
    const [victim, other] = [await sent(name), await sent(name)];
    await scan(other, victim.code);
    await cancel(victim);
    await sweep(victim);
    expect((await asked(victim)).length).toBe(0);
    expect((await asked(other)).map(({ trackingCode }) => trackingCode)).toEqual([other.code]);
  });

  it('are refused where the carrier saw the parcel between our question and our request, which is a fact as well', async () => {
    const custody = await sent(name);
    await cancel(custody);
    const context = carriers().context(2, {
      between: (port) => ({
        ...port,
        readTracker: async (parcel, options) => {
          const word = await port.readTracker(parcel, options);
          if (parcel.trackingCode === custody.code) await carriers().scans(name, custody.code, 'in_transit');
          return word;
        },
      }),
    });
    await sweep(custody, context);
    await sweep(custody);
    expect((await asked(custody)).map(({ outcome }) => outcome)).toEqual(['refused']);
    expect(await carriers().refunds(custody)).toEqual([]);
  });

  it('are given back by the next sweep after the carrier was down', async () => {
    const custody = await sent(name);
    await cancel(custody);
    const { id } = await carriers().control.post<{ id: string }>('/faults', {
      instance: name,
      fault: { type: 'down' },
    });
    await expect(sweep(custody)).rejects.toMatchObject({ code: 'retryable' });
    expect(await asked(custody)).toEqual([]);
    await carriers().control.delete(`/faults/${id}`);
    await sweep(custody);
    expect([await asked(custody), await carriers().refunds(custody)]).toMatchObject([
      [{ outcome: 'asked' }],
      [{}],
    ]);
  });

  it('are given back once when the answer is lost, and the others are not held up by it', async () => {
    const both = [await sent(name), await sent(name)] as const;
    for (const custody of both) await cancel(custody);
    await carriers().control.post('/faults', {
      instance: name,
      match: { method: 'POST', path: '/refund' },
      fault: { type: 'drop-after-effect' },
      times: 1,
    });
    await sweep(both[0]);
    expect((await Promise.all(both.map(asked))).flat()).toHaveLength(1);
    await sweep(both[0]);
    for (const custody of both) {
      expect((await asked(custody)).map(({ outcome }) => outcome)).toEqual(['asked']);
      expect(await carriers().refunds(custody)).toHaveLength(1);
    }
  });

  it('are given back once when the process ends between the request and its record', async () => {
    const custody = await sent(name);
    await cancel(custody);
    const killed = carriers().context(2, {
      between: (port) => ({
        ...port,
        refundLabel: async (shipmentId, options) => {
          await port.refundLabel(shipmentId, options);
          throw new Error('the process ends here');
        },
      }),
    });
    await expect(sweep(custody, killed)).rejects.toThrow('ends here');
    expect(await asked(custody)).toEqual([]);
    await sweep(custody);
    expect(await asked(custody)).toMatchObject([{ outcome: 'asked' }]);
    expect(await carriers().refunds(custody)).toHaveLength(1);
  });

  it('are given back once by sweeps that run beside each other', async () => {
    const custody = await sent(name);
    await cancel(custody);
    await Promise.all([sweep(custody), sweep(custody), sweep(custody)]);
    expect(await asked(custody)).toMatchObject([{ outcome: 'asked' }]);
    expect(await carriers().refunds(custody)).toHaveLength(1);
  });

  it('are given back once also where another sweep was faster and the reason is another by now', async () => {
    const custody = await sent(name);
    await dropOff(custody);
    const slow = carriers().context(2, {
      between: (port) => ({
        ...port,
        refundLabel: async () => {
          await scan(custody);
          await sweep(custody);
          return 'refused';
        },
      }),
    });
    await sweep(custody, slow);
    expect(await asked(custody)).toMatchObject([{ why: 'dropped-off', outcome: 'asked' }]);
    expect(await carriers().refunds(custody)).toHaveLength(1);
  });

  it('are given back of a device whose custody has ended, which waited for none of it', async () => {
    const custody = await sent(name);
    const { deviceId, epoch, caseId, policyDigest } = custody;
    await scan(custody);
    await within(async (tx) => {
      const stream = `device:${deviceId}`;
      const { seq } = await lockStream(tx, stream);
      const judged = { rulesVersion: '1', policyDigest };
      const data = { ...judged, epoch, caseId, disposition: 'destroyed', factCount: seq + 1 } as const;
      const key = `custody.closed:${deviceId}:${epoch}`;
      await appendFacts(tx, [{ stream, key, type: 'custody.closed', actor: 'handback', data }], new Date());
      await tx
        .updateTable('custodies')
        .set({ state: 'closed', closed_at: new Date() })
        .where('device_id', '=', deviceId)
        .execute();
    });
    await sweep(custody);
    expect(await asked(custody)).toMatchObject([{ why: 'scanned-in', outcome: 'asked' }]);
  });

  it('are not asked about sooner than an hour, later than any carrier takes them, switched off, or while it only watches', async () => {
    const custody = await sent(name);
    await cancel(custody);
    const { context } = carriers();
    for (const quiet of [
      context(0.9),
      context(WITHIN_HOURS + 1),
      context(2, { refundLabels: false }),
      context(2, { mode: 'observe' }),
      context(2, { mode: 'recommend' }),
    ])
      expect((await sweep(custody, quiet)).givenBack).toBe(0);
    expect(await carriers().refunds(custody)).toEqual([]);
    expect((await sweep(custody)).givenBack).toBe(1);
  });
});

describe('a device that is to come back after all', () => {
  /** As the workflow does: by the carrier that the rules name. */
  async function make(custody: Sent): Promise<void> {
    const state = await loadCustody(database().db, custody.deviceId, custody.epoch);
    const { carrier } = await custodyRuleContext(carriers().context(2), database().db, state, Date.now());
    if (carrier !== null) await makeLabel(carriers().context(2), { ...custody, connector: carrier });
  }

  const numberOfLabels = async ({ deviceId, epoch }: Sent) =>
    (await loadCustody(database().db, deviceId, epoch)).purchases.length;

  it('gets another label and box for those that were given back, once', async () => {
    const custody = await sent('easypost', 'box');
    await route(custody, 'employee-sale');
    await sweep(custody);
    await route(custody, 'dispose');
    await make(custody);
    await make(custody);
    const { label, box, purchases } = await loadCustody(database().db, custody.deviceId, custody.epoch);
    expect([label?.data.number, box?.data.number, purchases.length]).toEqual([2, 2, 4]);
  });

  it('is looked at again where that was decided while its label was given back', async () => {
    const custody = await sent('easypost');
    await route(custody, 'employee-sale');
    const workflow = `custody:${custody.deviceId}:1`;
    const woken = () =>
      database().db.selectFrom('outbox').select('id').where('workflow_id', '=', workflow).execute();
    await database().db.deleteFrom('outbox').where('workflow_id', '=', workflow).execute();
    const context = carriers().context(2, {
      between: (port) => ({
        ...port,
        refundLabel: async (shipmentId, options) => {
          await route(custody, 'dispose');
          return port.refundLabel(shipmentId, options);
        },
      }),
    });
    await sweep(custody, context);
    expect([(await asked(custody)).length, (await woken()).length]).toEqual([1, 1]);
  });

  it('is told by the carrier whether its label is void where the answer had been lost before that was decided', async () => {
    const custody = await sent('shippo');
    await route(custody, 'employee-sale');
    await carriers().control.post('/faults', {
      instance: 'shippo',
      match: { method: 'POST', path: '/refund' },
      fault: { type: 'drop-after-effect' },
      times: 1,
    });
    await sweep(custody);
    await route(custody, 'dispose');
    // Nobody knows yet, so none is bought.
    await make(custody);
    expect([await asked(custody), await numberOfLabels(custody)]).toEqual([[], 1]);
    await sweep(custody);
    await make(custody);
    expect((await asked(custody)).map(({ outcome }) => outcome)).toEqual(['asked']);
    expect([(await carriers().refunds(custody)).length, await numberOfLabels(custody)]).toEqual([1, 2]);
  });

  it('wakes nothing where nothing follows from it', async () => {
    const custody = await sent('easypost');
    await dropOff(custody);
    const workflow = `custody:${custody.deviceId}:1`;
    await database().db.deleteFrom('outbox').where('workflow_id', '=', workflow).execute();
    await sweep(custody);
    expect(await asked(custody)).toHaveLength(1);
    expect(
      await database().db.selectFrom('outbox').select('id').where('workflow_id', '=', workflow).execute(),
    ).toEqual([]);
  });
});

it('a purchase that nobody knows the end of is not asked about', async () => {
  const custody = await sent('easypost');
  const { deviceId, epoch } = custody;
  const { label } = await loadCustody(database().db, deviceId, epoch);
  // A second one, whose answer was lost for good.
  const intentId = newId('intent');
  await within(async (tx) => {
    await tx
      .insertInto('intents')
      .values({
        id: intentId,
        kind: 'label',
        device_id: deviceId,
        epoch,
        number: 2,
        approval_id: null,
        connector: 'easypost',
        target: 'shp_00000000000000000000000000000000',
        action_hash: '',
        created_at: new Date(),
        send_started_at: new Date(),
      })
      .execute();
    const data = { epoch, intentId, connector: 'easypost', number: 2 };
    const key = `return.label-unknown:${intentId}`;
    const stream = `device:${deviceId}`;
    await appendFacts(
      tx,
      [{ stream, key, type: 'return.label-unknown', actor: 'handback', data }],
      new Date(),
    );
  });
  await cancel(custody);
  await sweep(custody);
  expect((await asked(custody)).map((one) => one.intentId)).toEqual([label?.data.intentId]);
});
