/** The carrier's word: pushed or polled, in any order, as often as it likes. */
import { describe, expect, it } from 'vitest';
import type { Carrier, ParcelRef, TrackerStatus } from '../../src/adapters/carrier/port.ts';
import { ConnectorError } from '../../src/adapters/errors.ts';
import type { EngineContext } from '../../src/activities/context.ts';
import { sweepParcels } from '../../src/activities/parcel-sweep.ts';
import { takeTracking } from '../../src/activities/tracking.ts';
import { loadCustody } from '../../src/store/rule-facts.ts';
import { useWipes } from './support/wipes.ts';
import type { OpenCustody } from './support/rows.ts';

const database = useWipes();
type Word = { readonly status: TrackerStatus; readonly occurredAt: string };

let counter = 0;
async function parcel(
  purpose: 'return' | 'box' = 'return',
): Promise<OpenCustody & { readonly code: string }> {
  const custody = await database().custody();
  counter += 1;
  const code = `T${String(counter).padStart(6, '0')}`;
  const { deviceId: device_id, epoch } = custody;
  await database()
    .db.insertInto('trackers')
    .values({ tracking_code: code, connector: 'post', device_id, epoch, purpose })
    .execute();
  return { ...custody, code };
}

function contextWith(read: (code: string) => Promise<Word | null>): EngineContext {
  const port = {
    readTracker: ({ trackingCode }: ParcelRef) => read(trackingCode),
  } as unknown as Carrier;
  return {
    db: database().db,
    connectors: { carrier: new Map([['post', { name: 'post', mode: 'enforce', port }]]) },
    returns: { refundLabels: true },
    clock: () => new Date(),
  } as unknown as EngineContext;
}

const take = (code: string, status: TrackerStatus, occurredAt: string) =>
  takeTracking(
    contextWith(async () => null),
    'post',
    { trackingCode: code, status, occurredAt },
  );

const rowOf = (code: string) =>
  database()
    .db.selectFrom('trackers')
    .select(['status', 'occurred_at'])
    .where('tracking_code', '=', code)
    .executeTakeFirstOrThrow();

describe('tracking', () => {
  const words: readonly (readonly [TrackerStatus, string])[] = [
    ['pre_transit', '2026-03-01T08:00:00.000Z'],
    ['in_transit', '2026-03-02T08:00:00.000Z'],
    ['delivered', '2026-03-03T08:00:00.000Z'],
  ];

  it.each([[[0, 1, 2]], [[2, 1, 0]], [[1, 2, 0, 1, 2, 0]], [[2, 2, 0, 1, 1]]])(
    'in the order %j ends where the parcel is, each word once',
    async (order) => {
      const { code, deviceId, epoch } = await parcel();
      for (const index of order) {
        const [status, at] = words[index] ?? words[0] ?? (['unknown', ''] as const);
        await take(code, status, at);
      }
      expect(await rowOf(code)).toEqual({ status: 'delivered', occurred_at: words[2]?.[1] });
      const custody = await loadCustody(database().db, deviceId, epoch);
      expect(custody.tracked?.data.status).toBe('delivered');
      expect(custody.returned).toBeNull();
      const facts = await database()
        .db.selectFrom('facts')
        .select('id')
        .where('type', '=', 'return.tracked')
        .where('stream', '=', `device:${deviceId}`)
        .execute();
      expect(facts).toHaveLength(new Set(order).size);
    },
  );

  it('of the empty box is not that of the device', async () => {
    const { code, deviceId, epoch } = await parcel('box');
    await take(code, 'delivered', '2026-03-01T08:00:00.000Z');
    const custody = await loadCustody(database().db, deviceId, epoch);
    expect([custody.tracked, custody.boxTracked?.data.status]).toEqual([null, 'delivered']);
  });

  it('of a parcel that is not ours leaves nothing', async () => {
    expect(await take('not-ours', 'delivered', '2026-03-01T08:00:00.000Z')).toBe(false);
  });
});

describe('the sweep over parcels', () => {
  const word: Word = { status: 'in_transit', occurredAt: '2026-03-02T08:00:00.000Z' };
  const sweep = (read: (code: string) => Promise<Word | null>) =>
    sweepParcels(contextWith(read), { connector: 'post' }, () => {});

  it('finds what a webhook dropped, and the same again is no news', async () => {
    const { code } = await parcel();
    const read = async (asked: string) => (asked === code ? word : null);
    expect((await sweep(read)).changed).toBe(1);
    expect(await rowOf(code)).toEqual({ status: word.status, occurred_at: word.occurredAt });
    expect((await sweep(read)).changed).toBe(0);
  });

  it('asks no more about what has come, nor about what is in nobody’s custody any more', async () => {
    const [come, ended] = [await parcel(), await parcel()];
    await take(come.code, 'delivered', '2026-03-03T08:00:00.000Z');
    await database()
      .db.updateTable('custodies')
      .set({ state: 'closed' })
      .where('device_id', '=', ended.deviceId)
      .execute();
    const asked: string[] = [];
    await sweep(async (code) => {
      asked.push(code);
      return null;
    });
    expect(asked).not.toContain(come.code);
    expect(asked).not.toContain(ended.code);
  });

  it('is held up by no parcel that the carrier does not know, and stops where it cannot be asked at all', async () => {
    const [strange, known] = [await parcel(), await parcel()];
    await sweep(async (code) => {
      if (code === strange.code) throw new ConnectorError('not-found', 'post', 'read tracker');
      return code === known.code ? word : null;
    });
    expect((await rowOf(known.code)).status).toBe('in_transit');
    await expect(
      sweep(async () => {
        throw new ConnectorError('retryable', 'post', 'read tracker');
      }),
    ).rejects.toMatchObject({ code: 'retryable' });
  });
});
