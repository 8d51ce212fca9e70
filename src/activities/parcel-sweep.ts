/** Parcels that are under way, asked about one by one: what a webhook dropped is news all the same. And labels that no parcel will use. */
import type { ParcelRef } from '../adapters/carrier/port.ts';
import type { EngineContext } from './context.ts';
import { connectorOf } from './context.ts';
import { isAboutOne } from './failures.ts';
import { giveLabelsBack } from './label-refunds.ts';
import { takeTracking } from './tracking.ts';
import { withHealth } from './with-health.ts';

/** After these a carrier says nothing more. */
const LAST_WORDS = ['delivered', 'cancelled', 'return_to_sender', 'failure', 'error'];
const BATCH = 200;

/**
 * Asks one carrier about every parcel of an open custody that has not come yet. One that it does not know (any more), or that
 * it refuses to tell of, holds up no other. With all that is known then, gives back the labels that will not be used.
 *
 * @throws ConnectorError while the carrier cannot be asked at all.
 */
export async function sweepParcels(
  context: EngineContext,
  { connector }: { readonly connector: string },
  beat: () => void,
): Promise<{ readonly parcels: number; readonly changed: number; readonly givenBack: number }> {
  const { port } = connectorOf(context.connectors.carrier, connector);
  return withHealth(context, connector, async () => {
    let parcels = 0;
    let changed = 0;
    let after = '';
    for (;;) {
      const batch = await underWay(context, connector, after);
      for (const parcel of batch) {
        const { trackingCode } = parcel;
        beat();
        parcels += 1;
        const word = await readOne(() => port.readTracker(parcel));
        if (word !== null && (await takeTracking(context, connector, { trackingCode, ...word })))
          changed += 1;
      }
      const last = batch.at(-1);
      if (last === undefined || batch.length < BATCH)
        return { parcels, changed, givenBack: await giveLabelsBack(context, { connector }, beat) };
      after = last.trackingCode;
    }
  });
}

async function readOne<T>(read: () => Promise<T | null>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (isAboutOne(error)) return null;
    throw error;
  }
}

async function underWay(
  context: EngineContext,
  connector: string,
  after: string,
): Promise<readonly ParcelRef[]> {
  const rows = await context.db
    .selectFrom('trackers')
    .innerJoin('custodies', (join) =>
      join
        .onRef('custodies.device_id', '=', 'trackers.device_id')
        .onRef('custodies.epoch', '=', 'trackers.epoch'),
    )
    .leftJoin('intents', 'intents.id', 'trackers.intent_id')
    .select(['tracking_code', 'intents.target'])
    .where('trackers.connector', '=', connector)
    .where('custodies.state', '=', 'open')
    .where('trackers.status', 'not in', LAST_WORDS)
    .where('tracking_code', '>', after)
    .orderBy('tracking_code')
    .limit(BATCH)
    .execute();
  return rows.map((row) => ({ trackingCode: row.tracking_code, shipmentId: row.target }));
}
