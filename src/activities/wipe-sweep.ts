/**
 * The sweep over pending wipes: one listing of the device manager for all of them. Only what changed is written, so that ten
 * thousand wipes nobody has carried out yet cost reads alone.
 */
import { ConnectorError } from '../adapters/errors.ts';
import type { DeviceManager, ManagedDevice } from '../adapters/devices/port.ts';
import { deviceStream } from '../domain/fact.ts';
import type { WipeObservation } from '../domain/wipe.ts';
import { announceCustody } from '../store/custody-news.ts';
import { readStream } from '../store/streams.ts';
import { readPolicy } from '../store/rule-facts.ts';
import { observationDigest, recordObservation, settleWipes } from '../store/wipe-answers.ts';
import { pendingWipes } from '../store/pending-wipes.ts';
import type { PendingWipe } from '../store/pending-wipes.ts';
import type { EngineContext } from './context.ts';
import { connectorOf } from './context.ts';
import { sweepRetires } from './retire.ts';
import { raiseOnWipe, withoutException } from './wipe-sweep-exceptions.ts';
import { withHealth } from './with-health.ts';
import { inTransaction } from '../store/transactions.ts';

type Beat = () => void;

/** Apple devices may come to life after `done`: their wipes are watched a little longer than the silence that proves them. */
const APPLE: ReadonlySet<string> = new Set(['macos', 'ios']);

/** What one sweep has at hand. */
interface Sweep {
  readonly context: EngineContext;
  readonly connector: string;
  readonly port: DeviceManager;
}

/** Reads the state of every pending wipe of one device manager, page by page over its own listing. */
export async function sweepWipes(
  context: EngineContext,
  { connector }: { readonly connector: string },
  beat: Beat,
): Promise<{ readonly pending: number; readonly changed: number }> {
  const retired = await withHealth(context, connector, () => sweepRetires(context, connector));
  const pending = await pendingWipes(context.db, connector);
  if (pending.length === 0) return { pending: 0, changed: retired };
  const { port } = connectorOf(context.connectors.devices, connector);
  const sweep: Sweep = { context, connector, port };
  const byTarget = Map.groupBy(pending, (wipe) => wipe.mdmId);
  const absent = new Set(pending);
  const unreadable: PendingWipe[] = [];
  return withHealth(context, connector, async () => {
    let changed = 0;
    let cursor: string | null = null;
    do {
      beat();
      const page: Awaited<ReturnType<typeof port.listDevices>> = await port.listDevices(cursor);
      for (const device of page.items) {
        for (const wipe of byTarget.get(device.externalId) ?? []) {
          absent.delete(wipe);
          if (device.unreadable) unreadable.push(wipe);
          else if (await observe(sweep, wipe, device)) {
            changed += 1;
            beat();
          }
        }
      }
      cursor = page.next;
    } while (cursor !== null);
    for (const wipe of await withoutException(context.db, 'wipe-target-vanished', absent)) {
      beat();
      const became = await lookForAbsent(sweep, wipe);
      if (became === 'unreadable') unreadable.push(wipe);
      if (became === 'changed') changed += 1;
    }
    for (const wipe of await withoutException(context.db, 'wipe-state-unreadable', unreadable))
      await raiseOnWipe(context, wipe, await readPolicy(context.db, wipe.policyDigest), {
        code: 'wipe-state-unreadable',
        owner: 'operator',
      });
    return { pending: pending.length, changed: changed + retired };
  });
}

/** @returns Whether the observation was new. A new final state wakes the custody. */
async function observe(sweep: Sweep, wipe: PendingWipe, device: ManagedDevice): Promise<boolean> {
  const { context, connector, port } = sweep;
  const { intentId, deviceId, epoch } = wipe;
  const seen = port.ourWipe(device, wipe);
  if (seen === null) return false;
  const now = context.clock();
  const over = isFinal(seen.state) && !(await isStillWatched(sweep, wipe, seen, now));
  const known = observationDigest(seen) === wipe.observedDigest;
  if (known && !over) return false;
  return inTransaction(context.db, async (tx) => {
    const isNew =
      !known && (await recordObservation(tx, { deviceId, epoch, intentId, connector }, seen, now));
    if (isNew && isFinal(seen.state)) await announceCustody(tx, deviceId, epoch, now);
    if (over) await settleWipes(tx, [intentId], now);
    return isNew;
  });
}

async function isStillWatched(
  { context }: Sweep,
  { platform, policyDigest }: PendingWipe,
  seen: WipeObservation,
  now: Date,
): Promise<boolean> {
  if (!APPLE.has(platform) || seen.state !== 'done') return false;
  const { wipe } = await readPolicy(context.db, policyDigest);
  return now.getTime() < Date.parse(seen.updatedAt) + wipe.appleSilenceMs;
}

/**
 * The listing lacks the device: it is asked for by its id. That there is none (any more) proves no erasure, so somebody must
 * look, unless the end of the wipe was seen before.
 */
async function lookForAbsent(sweep: Sweep, wipe: PendingWipe): Promise<'changed' | 'unreadable' | null> {
  const { context, port } = sweep;
  // What became of a lost answer is read back by the custody itself.
  if (!wipe.custodyOpen || (wipe.answer !== 'accepted' && wipe.observedDigest === null)) return null;
  let device: ManagedDevice | null;
  try {
    device = await port.readDevice(wipe.mdmId);
  } catch (error) {
    if (error instanceof ConnectorError && error.code === 'unexpected-answer') return 'unreadable';
    throw error;
  }
  if (device !== null) return (await observe(sweep, wipe, device)) ? 'changed' : null;
  if (await hasEnded(sweep, wipe)) {
    await inTransaction(context.db, (tx) => settleWipes(tx, [wipe.intentId], context.clock()));
    return null;
  }
  await raiseOnWipe(context, wipe, await readPolicy(context.db, wipe.policyDigest), {
    code: 'wipe-target-vanished',
    owner: 'approver',
  });
  return 'changed';
}

async function hasEnded({ context }: Sweep, { deviceId, intentId }: PendingWipe): Promise<boolean> {
  const facts = await readStream(context.db, deviceStream(deviceId));
  return facts.some(
    (fact) =>
      fact.type === 'wipe.observed' &&
      fact.data.intentId === intentId &&
      isFinal(fact.data.observation.state),
  );
}

function isFinal(state: WipeObservation['state']): boolean {
  return state !== 'pending' && state !== 'active';
}
