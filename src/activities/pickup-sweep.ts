/** Pickups that a vendor has something to say about, asked about one by one: what a webhook dropped is news all the same. */
import type { EngineContext } from './context.ts';
import { connectorOf } from './context.ts';
import { isAboutOne } from './failures.ts';
import { takeVendorDocument } from './pickup.ts';
import type { VendorNews } from './pickup.ts';
import { withHealth } from './with-health.ts';

const BATCH = 200;

/** What a pickup in that state waits for. Once all of it is certified, nothing. */
const AWAITED = {
  booked: ['scanned'],
  confirmed: ['scanned', 'receipt', 'certificates'],
  received: ['receipt', 'certificates'],
} as const satisfies Record<string, readonly VendorNews['what'][]>;

type Waiting = keyof typeof AWAITED;
const WAITING = Object.keys(AWAITED) as Waiting[];

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
      const batch = await waiting(context, connector, after);
      for (const { id: pickupId, state } of batch) {
        pickups += 1;
        for (const what of AWAITED[state]) {
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

async function isThere(take: () => Promise<void>): Promise<boolean> {
  try {
    await take();
    return true;
  } catch (error) {
    if (isAboutOne(error)) return false;
    throw error;
  }
}

/** Booked at the vendor: of others it knows nothing. */
async function waiting(
  { db }: EngineContext,
  connector: string,
  after: string,
): Promise<readonly { readonly id: string; readonly state: Waiting }[]> {
  return db
    .selectFrom('pickups')
    .select(['id', 'state'])
    .where('connector', '=', connector)
    .where('reference', 'is not', null)
    .where('state', 'in', WAITING)
    .where('id', '>', after)
    .orderBy('id')
    .limit(BATCH)
    .$narrowType<{ state: Waiting }>()
    .execute();
}
