/** Sweeps: vendor states read in bulk on a schedule; only what changed wakes somebody. No poller per device. */
import { sql } from 'kysely';
import { ConnectorError } from '../adapters/errors.ts';
import type { ManagedDevice } from '../adapters/devices/port.ts';
import type { WipeObservation } from '../domain/wipe.ts';
import { caseWorkflowId, custodyWorkflowId } from '../domain/ids.ts';
import { wakeCustody } from '../store/cases.ts';
import { linkPerson } from '../store/people.ts';
import { pendingWipes, recordObservation, settleWipes } from '../store/wipe-intents.ts';
import { readPolicy } from '../store/rule-facts.ts';
import { queueWakes } from '../store/outbox.ts';
import type { EngineContext } from './context.ts';
import { connectorOf } from './context.ts';
import { noteHealth, pollIdentity } from './poll.ts';

type Beat = () => void;
type PendingWipe = Awaited<ReturnType<typeof pendingWipes>>[number];

/** Apple devices may come to life after `done`: their wipes are watched a little longer than the silence that proves them. */
const APPLE = new Set(['macos', 'ios']);

/** Reads the state of every pending wipe of one device manager, page by page over its own listing. */
export async function sweepWipes(
  context: EngineContext,
  { connector }: { readonly connector: string },
  beat: Beat,
): Promise<{ readonly pending: number; readonly changed: number }> {
  const pending = await pendingWipes(context.db, connector);
  if (pending.length === 0) return { pending: 0, changed: 0 };
  const byTarget = new Map<string, PendingWipe[]>();
  for (const wipe of pending) byTarget.set(wipe.target, [...(byTarget.get(wipe.target) ?? []), wipe]);
  const { port } = connectorOf(context.connectors.devices, connector);
  return withHealth(context, connector, async () => {
    let changed = 0;
    let cursor: string | null = null;
    do {
      beat();
      const page: Awaited<ReturnType<typeof port.listDevices>> = await port.listDevices(cursor);
      for (const device of page.items) {
        for (const wipe of byTarget.get(device.externalId) ?? [])
          changed += (await observe(context, connector, wipe, device)) ? 1 : 0;
      }
      cursor = page.next;
    } while (cursor !== null);
    return { pending: pending.length, changed };
  });
}

/** @returns Whether the observation was new. A new terminal state wakes the custody. */
async function observe(
  context: EngineContext,
  connector: string,
  wipe: PendingWipe,
  device: ManagedDevice,
): Promise<boolean> {
  const { id: intentId, device_id: deviceId, epoch, target, send_started_at, prior_started_at } = wipe;
  if (send_started_at === null) return false;
  const seen = connectorOf(context.connectors.devices, connector).port.ourWipe(device, {
    mdmId: target,
    sendStartedAt: send_started_at,
    priorWipeStartedAt: prior_started_at,
  });
  if (seen === null) return false;
  const now = context.clock();
  return context.db.transaction().execute(async (tx) => {
    const isNew = await recordObservation(tx, { deviceId, epoch, intentId, connector }, seen, now);
    const terminal = seen.state !== 'pending' && seen.state !== 'active';
    if (isNew && terminal) await wakeCustody(tx, deviceId, epoch);
    if (terminal && !(await isStillWatched(context, deviceId, epoch, seen, now)))
      await settleWipes(tx, [intentId], now);
    return isNew;
  });
}

async function isStillWatched(
  context: EngineContext,
  deviceId: string,
  epoch: number,
  seen: WipeObservation,
  now: Date,
): Promise<boolean> {
  const row = await context.db
    .selectFrom('custodies')
    .innerJoin('devices', 'devices.id', 'custodies.device_id')
    .innerJoin('cases', 'cases.id', 'custodies.case_id')
    .select(['devices.platform', 'cases.policy_digest'])
    .where('custodies.device_id', '=', deviceId)
    .where('custodies.epoch', '=', epoch)
    .executeTakeFirst();
  if (row === undefined || !APPLE.has(row.platform) || seen.state !== 'done') return false;
  const { wipe } = await readPolicy(context.db, row.policy_digest);
  return now.getTime() < Date.parse(seen.updatedAt) + wipe.appleSilenceMs;
}

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
        await context.db
          .transaction()
          .execute((tx) =>
            linkPerson(
              tx,
              { connector, externalId: person.externalId, state: person.state, leaveAt: person.leaveAt },
              { ...person, timeZone: null },
              context.linkBy,
            ),
          );
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

/** Wakes every open case and custody; those without a running workflow are started by that. */
export async function reconcileWorkflows(context: EngineContext): Promise<{ readonly subjects: number }> {
  return context.db.transaction().execute(async (tx) => {
    const cases = await tx
      .selectFrom('cases')
      .select(['id', 'generation'])
      .where('state', 'in', ['scheduled', 'open'])
      .execute();
    const custodies = await tx
      .selectFrom('custodies')
      .select(['device_id', 'epoch'])
      .where('state', '=', 'open')
      .execute();
    const pickups = await tx.selectFrom('pickups').select('id').where('state', '=', 'draft').execute();
    await queueWakes(tx, [
      ...cases.map(
        (row) =>
          ({ workflowId: caseWorkflowId(row.id, row.generation), workflowType: 'offboardingCase' }) as const,
      ),
      ...custodies.map(
        (row) =>
          ({
            workflowId: custodyWorkflowId(row.device_id, row.epoch),
            workflowType: 'deviceCustody',
          }) as const,
      ),
      ...pickups.map((row) => ({ workflowId: `pickup:${row.id}`, workflowType: 'itadPickup' }) as const),
    ]);
    return { subjects: cases.length + custodies.length + pickups.length };
  });
}

async function withHealth<T>(context: EngineContext, connector: string, sweep: () => Promise<T>): Promise<T> {
  try {
    const result = await sweep();
    await noteHealth(context, connector, null);
    return result;
  } catch (error) {
    await noteHealth(context, connector, error instanceof ConnectorError ? error.code : 'internal');
    throw error;
  }
}
