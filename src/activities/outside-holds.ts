/** Legal holds that other systems keep: read live before anything is taken from a device, and swept for everybody. */
import { sql } from 'kysely';
import { ConnectorError } from '../adapters/errors.ts';
import { freeHeldWipes } from '../store/held-wipes.ts';
import {
  actorOf,
  comparable,
  holdsNotNamed,
  liftSourceHold,
  personsByAddress,
  placeSourceHold,
} from '../store/source-holds.ts';
import { inTransaction } from '../store/transactions.ts';
import { connectorOf } from './context.ts';
import type { EngineContext } from './context.ts';
import { noteHealth } from './poll.ts';
import { withHealth } from './with-health.ts';

/** `placed`: a hold of a source is in force here from now on; `unreadable`: a source did not answer whole. */
export type OutsideHolds = 'none' | 'placed' | 'unreadable';

/**
 * Asks every hold source about the person, now. What one of them names is placed here, as in a sweep, so that the rules see it.
 *
 * @param addresses Every address that is known of the person. Without any, no source can be asked, and nothing may be sent.
 */
export async function readOutsideHolds(
  context: EngineContext,
  personId: string,
  addresses: readonly string[],
): Promise<OutsideHolds> {
  const sources = [...context.connectors.holds.values()];
  if (sources.length === 0) return 'none';
  if (addresses.length === 0) return 'unreadable';
  const found: OutsideHolds[] = await Promise.all(
    sources.map(async ({ name, port }) => {
      const { freshness } = port;
      // What it says of them stands here since that reading.
      if (freshness !== 'live')
        return (await wasSweptSince(context, name, freshness.sweptWithinMs)) ? 'none' : 'unreadable';
      try {
        const holds = await port.holdsOn({ addresses });
        for (const { externalId } of holds)
          await inTransaction(context.db, (tx) =>
            placeSourceHold(tx, { source: name, externalId, personId }, context.clock()),
          );
        return holds.length > 0 ? 'placed' : 'none';
      } catch (error) {
        if (!(error instanceof ConnectorError)) throw error;
        context.log.warn({ connector: name, code: error.code }, 'a source of holds did not answer');
        await noteHealth(context, name, error.code);
        return 'unreadable';
      }
    }),
  );
  // Who is held is not wiped, whatever another source would have said.
  return found.find((one) => one === 'placed') ?? found.find((one) => one === 'unreadable') ?? 'none';
}

async function wasSweptSince(
  { db, clock }: EngineContext,
  connector: string,
  withinMs: number,
): Promise<boolean> {
  const row = await db
    .selectFrom('connector_state')
    .select('last_full_at')
    .where('connector', '=', connector)
    .executeTakeFirst();
  const last = row?.last_full_at ?? null;
  return last !== null && Date.parse(last) >= clock().getTime() - withinMs;
}

/**
 * Brings the holds of one source to what it says now, and lets go what waited for its answer. A source that does not answer
 * whole lifts nothing.
 */
export async function sweepHolds(
  context: EngineContext,
  { connector }: { readonly connector: string },
  beat: () => void,
): Promise<{ readonly placed: number; readonly lifted: number }> {
  const { port } = connectorOf(context.connectors.holds, connector);
  return withHealth(context, connector, async () => {
    const since = context.clock();
    const named = new Set<string>();
    let placed = 0;
    let cursor: string | null = null;
    do {
      beat();
      const page: Awaited<ReturnType<typeof port.listHolds>> = await port.listHolds(cursor);
      const people = await personsByAddress(
        context.db,
        page.items.flatMap(({ addresses }) => addresses),
      );
      for (const { externalId, addresses } of page.items) {
        named.add(externalId);
        const meant = new Set(addresses.map(comparable));
        for (const { personId } of people.filter(({ address }) => meant.has(address))) {
          const hold = { source: connector, externalId, personId };
          if (await inTransaction(context.db, (tx) => placeSourceHold(tx, hold, context.clock())))
            placed += 1;
        }
      }
      cursor = page.next;
    } while (cursor !== null);
    let lifted = 0;
    for (const holdId of await holdsNotNamed(context.db, connector, named, since)) {
      beat();
      if (await inTransaction(context.db, (tx) => liftSourceHold(tx, connector, holdId, context.clock())))
        lifted += 1;
    }
    await sql`insert into connector_state (connector, last_full_at) values (${connector}, ${since})
      on conflict (connector) do update set last_full_at = ${since}`.execute(context.db);
    await inTransaction(context.db, (tx) =>
      freeHeldWipes(tx, actorOf(connector), context.clock(), 'holds-unreadable'),
    );
    return { placed, lifted };
  });
}
