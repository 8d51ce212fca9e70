/** Pickups that a vendor has something to say about, asked about one by one: what a webhook dropped is news all the same. */
import type { EngineContext } from './context.ts';
import { connectorOf } from './context.ts';
import type { Announced } from '../adapters/disposition/port.ts';
import { pickupsAwaiting } from '../store/awaited-lists.ts';
import type { AwaitingPickup } from '../store/awaited-lists.ts';
import { isAboutOne } from './failures.ts';
import { takeVendorDocument } from './pickup.ts';
import { withHealth } from './with-health.ts';

const BATCH = 200;

/** What a pickup in that state waits for, beside reports of what became of its units. */
const AWAITED = {
  booked: ['scanned'],
  confirmed: ['scanned', 'receipt', 'certificates'],
  received: ['receipt', 'certificates'],
  certified: [],
} as const satisfies Record<AwaitingPickup['state'], readonly Announced[]>;

/**
 * Asks one disposal vendor for the lists that its pickups wait for, and takes in what is new, as after a webhook. A list that
 * is not there yet, or that nobody can read (an exception of the pickup by then), holds up no other.
 *
 * @returns How many pickups were asked about, and how many lists there were.
 * @throws ConnectorError while the vendor cannot be asked at all.
 */
export async function sweepPickups(
  context: EngineContext,
  { connector }: { readonly connector: string },
  beat: () => void,
): Promise<{ readonly pickups: number; readonly lists: number }> {
  connectorOf(context.connectors.disposition, connector);
  return withHealth(context, connector, async () => {
    let [pickups, lists, after] = [0, 0, ''];
    for (;;) {
      const batch = await pickupsAwaiting(context.db, { connector, after, limit: BATCH }, context.clock());
      for (const pickup of batch) {
        const { id: pickupId } = pickup;
        pickups += 1;
        for (const what of awaitedOf(pickup)) {
          beat();
          if (await isThere(() => takeVendorDocument(context, { connector, pickupId, what }))) lists += 1;
        }
      }
      const last = batch.at(-1);
      if (last === undefined || batch.length < BATCH) return { pickups, lists };
      after = last.id;
    }
  });
}

function awaitedOf({ state, isReportAwaited }: AwaitingPickup): readonly Announced[] {
  return isReportAwaited ? [...AWAITED[state], 'dispositions'] : AWAITED[state];
}

async function isThere(take: () => Promise<void>): Promise<boolean> {
  try {
    await take();
    return true;
  } catch (error) {
    if (isAboutOne(error)) return false;
    throw error;
  }
}
