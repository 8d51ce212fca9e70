/** What the guard is asked: everything that is read from outside, at that moment. */
import type { ConnectedDevices, ConnectorMode } from '../adapters/connectors.ts';
import type { ManagedDevice } from '../adapters/devices/port.ts';
import { ConnectorError } from '../adapters/errors.ts';
import type { IdentityProvider } from '../adapters/identity/port.ts';
import type { CustodyState } from '../domain/custody-state.ts';
import type { NamedHolder } from '../domain/fact-parts.ts';
import type { GuardInput, HolderReading } from '../domain/guard.ts';
import { recordIn } from '../domain/rules/standing.ts';
import { normaliseSerial } from '../domain/serial.ts';
import type { Serial } from '../domain/serial.ts';
import type { DeviceSighting } from '../domain/sighting.ts';
import { leaverOf } from '../domain/fact-parts.ts';
import { readIdentity } from '../store/people.ts';
import type { PersonIdentity } from '../store/people.ts';
import { loadCase } from '../store/rule-facts.ts';
import { actionHash } from '../store/wipe-intents.ts';
import type { LockedFacts } from '../store/wipe-intents.ts';
import { connectorOf } from './context.ts';
import type { EngineContext } from './context.ts';
import { isPassing, tryAgain } from './failures.ts';
import { modeFor } from './modes.ts';
import { readOutsideHolds } from './outside-holds.ts';
import type { OutsideHolds } from './outside-holds.ts';
import { accountsAt, addressesOf, keysOf, presenceOf, readAccounts } from './person-accounts.ts';
import { raiseOnCustody } from './raise.ts';
import { wipeActionOf } from '../domain/wipe-action.ts';

/** Everything that is read from outside for the guard, now. */
export interface LiveReading {
  readonly device: ManagedDevice | null;
  readonly holders: readonly HolderReading[];
  readonly person: 'gone' | 'present';
  /** By the sources of holds outside; those placed here are read under lock. */
  readonly outsideHolds: OutsideHolds;
  /** Of the device manager about this person. */
  readonly mode: ConnectorMode;
}

/** Reads it all; `null` when a source refuses: then an exception is open, and nothing may be sent. */
export async function readLive(
  context: EngineContext,
  manager: ConnectedDevices,
  custody: CustodyState,
): Promise<LiveReading | null> {
  try {
    const { personId, caseId, generation } = custody.opened.data;
    const person = await readIdentity(context.db, leaverOf({ personId }));
    const state = await loadCase(context.db, caseId, generation);
    const byProviderOnly = context.connectors.identity.has(state.opened.data.source);
    const leaveAt = byProviderOnly ? null : Date.parse(state.effectiveAt);
    const device = await manager.port.readDevice(recordIn(custody, 'mdm')?.externalId ?? '');
    const holders = await readHolders(context, manager, custody, device, person);
    const accounts = await readAccounts(context, person);
    const outsideHolds = await readOutsideHolds(
      context,
      leaverOf({ personId }),
      addressesOf(person, accounts),
    );
    const mode = await modeFor(context, manager, personId);
    return { device, holders, person: presenceOf(context, accounts, leaveAt), outsideHolds, mode };
  } catch (error) {
    if (error instanceof ConnectorError && !isPassing(error)) {
      // A source refuses us, or cannot be read: fail-closed, and somebody's to mend.
      await raiseOnCustody(context, custody, { code: 'guard-unreadable', gate: 'wipe', owner: 'operator' });
      return null;
    }
    context.log.warn({ deviceId: custody.deviceId }, 'the guard could not read what it needs');
    throw tryAgain(context, error);
  }
}

/** Whom each source names as holder now. */
async function readHolders(
  context: EngineContext,
  manager: ConnectedDevices,
  custody: CustodyState,
  device: ManagedDevice | null,
  person: PersonIdentity,
): Promise<readonly HolderReading[]> {
  const serial = normaliseSerial(custody.opened.data.serial);
  const readings: HolderReading[] = [];
  const provider = connectorOf(context.connectors.identity, manager.peopleFrom);
  const { ids } = await accountsAt(context, manager.peopleFrom, provider.port, person);
  if (device !== null) readings.push(readingOf(manager.name, device.holderExternalId, ids));
  for (const { name, port } of context.connectors.inventory.values()) {
    const assets = serial === null ? [] : await port.findBySerial(serial, keysOf(person));
    readings.push(
      ...assets.map((asset) =>
        asset.heldBySubject
          ? ({ connector: name, holder: 'leaver' } as const)
          : readingOf(name, asset.holderExternalId, []),
      ),
    );
  }
  for (const { name, port } of context.connectors.identity.values()) {
    const accounts = person.accounts
      .filter((account) => account.connector === name)
      .map((account) => account.externalId);
    const held = (await Promise.all(accounts.map((id) => listOrNone(port, id)))).flat();
    readings.push({
      connector: name,
      holder: held.some((one) => isSame(one, serial, device)) ? 'leaver' : 'nobody',
    });
  }
  return readings;
}

/** The directory's record is the device by its serial, or, where it keeps none, by its own id that the device manager knows. */
function isSame(one: DeviceSighting, serial: Serial | null, device: ManagedDevice | null): boolean {
  const other = normaliseSerial(one.serial);
  if (other !== null) return other === serial;
  return one.directoryDeviceId !== undefined && one.directoryDeviceId === device?.directoryDeviceId;
}

/** A deleted account lists nothing, and so names nobody. */
async function listOrNone(port: IdentityProvider, id: string): Promise<readonly DeviceSighting[]> {
  try {
    return await port.listDevicesOf(id);
  } catch (error) {
    if (error instanceof ConnectorError && error.code === 'not-found') return [];
    throw error;
  }
}

function readingOf(connector: string, holder: string | null, ids: readonly string[]): HolderReading {
  if (holder === null) return { connector, holder: 'nobody' };
  return ids.includes(holder)
    ? { connector, holder: 'leaver' }
    : { connector, holder: 'other', other: holder };
}

/** Whom sources name as holder instead of the leaver. */
export function othersIn({ holders }: LiveReading): readonly NamedHolder[] {
  return holders.flatMap(({ connector, other }) => (other === undefined ? [] : [{ connector, other }]));
}

/** Those placed here and those of outside sources together: what is not known is not none. */
export function holdsOf(here: 'none' | 'held', outside: OutsideHolds): GuardInput['holds'] {
  if (here === 'held' || outside === 'placed') return 'held';
  return outside;
}

/** The guard's question: what was read live, beside what the database holds under lock. */
export function guardInput(
  manager: ConnectedDevices,
  custody: CustodyState,
  live: LiveReading,
  locked: LockedFacts,
  now: number,
): GuardInput {
  const { serial, records, ownership } = custody.opened.data;
  const action = wipeActionOf(custody);
  return {
    killSwitch: locked.killSwitch,
    connectorMode: live.mode,
    caseOpen: locked.caseOpen,
    custodyOpen: locked.custodyOpen,
    expected: { serial, mdmId: action.mdmId, actionHash: actionHash(action) },
    approval: locked.approval,
    canWipe: manager.port.capabilities(custody.opened.data.platform).can.includes('wipe'),
    parameters: action.parameters,
    mismatch: custody.mismatchApproved?.data ?? null,
    route: locked.route,
    live:
      live.device === null
        ? null
        : { mdmId: live.device.externalId, serial: live.device.serial, ownership: live.device.ownership },
    ownership,
    holdersAtDiscovery: records.map((record) => ({
      connector: record.connector,
      holder: record.namesLeaver === true ? 'leaver' : record.namesLeaver === null ? 'nobody' : 'other',
    })),
    holdersNow: live.holders,
    person: live.person,
    // Intune's API tells no use by another person beyond the holder it names.
    recentUse: 'unknown',
    holds: holdsOf(locked.holds, live.outsideHolds),
    limitLeft: locked.limitLeft,
    now,
  };
}
