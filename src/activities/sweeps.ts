/** Sweeps over people and fleets, read in bulk on a schedule. */
import { sql } from 'kysely';
import { keepManager } from '../store/managers.ts';
import { linkPerson } from '../store/people.ts';
import type { DeviceSighting } from '../domain/sighting.ts';
import { normaliseSerial } from '../domain/serial.ts';
import { disposedAlive, signedInAfter } from '../store/post-closure.ts';
import type { SeenAlive } from '../store/post-closure.ts';
import type { EngineContext } from './context.ts';
import { connectorOf } from './context.ts';
import { pollIdentity } from './poll.ts';
import { reopenFor } from './reopening.ts';
import { withHealth } from './with-health.ts';
import { inTransaction } from '../store/transactions.ts';

type Beat = () => void;

/** Polls one identity provider and renews its push channel. */
export async function sweepIdentity(
  context: EngineContext,
  { connector }: { readonly connector: string },
  beat: Beat,
): Promise<void> {
  const { port, mode } = connectorOf(context.connectors.identity, connector);
  await withHealth(context, connector, async () => {
    if (mode === 'enforce') await port.keepSubscribed?.();
    await pollIdentity(context, { connector }, beat);
  });
}

/** Takes the nightly snapshot: everybody at the provider, linked to a person, and the devices each of them holds by it. */
export async function snapshotDirectory(
  context: EngineContext,
  { connector }: { readonly connector: string },
  beat: Beat,
): Promise<{ readonly people: number }> {
  const { port } = connectorOf(context.connectors.identity, connector);
  return withHealth(context, connector, async () => {
    let people = 0;
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof port.listPersons>> = await port.listPersons(cursor);
      for (const person of page.items) {
        beat();
        await inTransaction(context.db, async (tx) => {
          const linked = await linkPerson(
            tx,
            { connector, externalId: person.externalId, state: person.state, leaveAt: person.leaveAt },
            { ...person, timeZone: null },
            context.linkBy,
          );
          if (typeof linked === 'string') await keepManager(tx, linked, connector, person.managerExternalId);
        });
        if (person.lastSignInAt !== undefined && person.lastSignInAt !== null) {
          const account = { connector, externalId: person.externalId, lastSignInAt: person.lastSignInAt };
          const signedIn = await signedInAfter(context.db, account);
          await reopenFor(context, signedIn === null ? [] : [signedIn]);
        }
        // A deactivated account's links may be gone already: what was known before stays.
        if (person.state === 'active') await snapshot(context, connector, person.externalId);
        people += 1;
      }
      cursor = page.next;
    } while (cursor !== null);
    return { people };
  });
}

/** Counts one device manager's fleet: what the wipe limit's share is a share of. */
export async function countFleet(
  context: EngineContext,
  { connector }: { readonly connector: string },
  beat: Beat,
): Promise<{ readonly devices: number }> {
  const { port } = connectorOf(context.connectors.devices, connector);
  return withHealth(context, connector, async () => {
    let devices = 0;
    let cursor: string | null = null;
    do {
      beat();
      const page: Awaited<ReturnType<typeof port.listDevices>> = await port.listDevices(cursor);
      devices += page.items.length;
      await reopenFor(context, await disposedAlive(context.db, page.items.flatMap(seenAlive)));
      cursor = page.next;
    } while (cursor !== null);
    await sql`
      insert into connector_state (connector, fleet_size, last_full_at) values (${connector}, ${devices}, now())
      on conflict (connector) do update set fleet_size = excluded.fleet_size, last_full_at = now()`.execute(
      context.db,
    );
    return { devices };
  });
}

function seenAlive({ serial, lastSeenAt }: DeviceSighting): readonly SeenAlive[] {
  const key = normaliseSerial(serial);
  return key === null || lastSeenAt === null ? [] : [{ serial: key, lastSeenAt }];
}

async function snapshot(context: EngineContext, connector: string, externalId: string): Promise<void> {
  const { port } = connectorOf(context.connectors.identity, connector);
  const sightings = JSON.stringify(await port.listDevicesOf(externalId));
  await context.db
    .insertInto('directory_snapshots')
    .values({ connector, external_id: externalId, taken_at: context.clock(), sightings })
    .onConflict((conflict) =>
      conflict.columns(['connector', 'external_id']).doUpdateSet({ taken_at: context.clock(), sightings }),
    )
    .execute();
}
