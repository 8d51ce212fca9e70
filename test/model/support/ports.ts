/** The estate behind the engine's own ports: what an adapter and a vendor's server are together, without the wire. */
import { ConnectorError } from '../../../src/adapters/errors.ts';
import type { ConnectorErrorCode } from '../../../src/adapters/errors.ts';
import type { Connectors, ConnectorMode } from '../../../src/adapters/connectors.ts';
import type { DeviceManager, ManagedDevice, WipeTarget } from '../../../src/adapters/devices/port.ts';
import type { HoldSource } from '../../../src/adapters/holds/port.ts';
import type { DirectoryPerson, IdentityProvider } from '../../../src/adapters/identity/port.ts';
import type { Asset, Inventory } from '../../../src/adapters/inventory/port.ts';
import type { DeviceSighting } from '../../../src/domain/sighting.ts';
import type { WipeObservation } from '../../../src/domain/wipe.ts';
import { SHOWN_LATE_MS } from './estate.ts';
import type { BookedAsset, Estate, ManagedRecord, Wiped } from './estate.ts';

export const DIRECTORY = 'directory';
export const MDM = 'mdm';
export const BOOKS = 'books';
export const LEGAL = 'legal';

/** Until the device manager's listing is to be believed. */
export const SETTLE_MS = 15_000;
/** How far the device manager's clock may be from ours. */
const CLOCK_TOLERANCE_MS = 60_000;

export function idOf(person: string): string {
  return `u-${person}`;
}

export function addressOf(person: string): string {
  return `${person}@model.example`;
}

/** `modes`: of the device manager, read with every call. */
export function connectorsOf(estate: Estate, modeOf: () => ConnectorMode): Connectors {
  const mdm = deviceManager(estate);
  return {
    identity: new Map([
      [DIRECTORY, { name: DIRECTORY, mode: 'enforce', port: directory(estate), reader: null }],
    ]),
    devices: new Map([
      [
        MDM,
        {
          name: MDM,
          get mode() {
            return modeOf();
          },
          port: mdm,
          reader: null,
          peopleFrom: DIRECTORY,
        },
      ],
    ]),
    inventory: new Map([[BOOKS, { name: BOOKS, mode: 'enforce', port: inventory(estate), reader: null }]]),
    enrolment: new Map(),
    holds: new Map([[LEGAL, { name: LEGAL, mode: 'observe', port: holdSource(estate), reader: null }]]),
    disposition: new Map(),
    carrier: new Map(),
    notify: new Map(),
    hr: new Map(),
  };
}

function failing(code: ConnectorErrorCode, connector: string): ConnectorError {
  return new ConnectorError(code, connector, 'call');
}

/** A source that is down answers no reading. */
function reading(estate: Estate, connector: string): void {
  if (estate.down.has(connector)) throw failing('retryable', connector);
}

const unasked = (): Promise<never> => Promise.reject(new Error('not asked for here'));

const SIGHTING = {
  manufacturer: null,
  model: null,
  assetTag: null,
  platform: 'unknown',
  ownership: 'unknown',
  holderExternalId: null,
  heldBySubject: false,
  lastSeenAt: null,
} as const;

function directory(estate: Estate): IdentityProvider {
  const personOf = (externalId: string) => [...estate.accounts].find(([key]) => idOf(key) === externalId);
  const shown = ([key, state]: [string, DirectoryPerson['state']]): DirectoryPerson => ({
    externalId: idOf(key),
    state,
    employeeNumber: `E-${key}`,
    workEmail: null,
    login: addressOf(key),
    displayName: null,
    country: null,
    managerExternalId: null,
    leaveAt: null,
  });
  const access = (externalId: string) => {
    const cut = personOf(externalId)?.[1] === 'deactivated' ? 'cut' : 'open';
    return [{ item: 'account', state: cut, basis: 'read-back', since: null } as const];
  };
  return {
    goneRule: 'hard',
    async readPerson(externalId) {
      reading(estate, DIRECTORY);
      const person = personOf(externalId);
      return person === undefined ? null : shown(person);
    },
    findPersons: async () => [],
    listPersons: unasked,
    async listDevicesOf(externalId) {
      reading(estate, DIRECTORY);
      const key = personOf(externalId)?.[0] ?? '';
      return [...(estate.links.get(key) ?? [])].map((serial): DeviceSighting => ({
        ...SIGHTING,
        externalId: `link-${serial}`,
        serial,
        holderExternalId: externalId,
        heldBySubject: true,
      }));
    },
    async cutAccess(externalId) {
      const person = personOf(externalId);
      if (person !== undefined) estate.accounts.set(person[0], 'deactivated');
      return access(externalId);
    },
    readAccess: async (externalId) => access(externalId),
    changesSince: unasked,
    probe: unasked,
  };
}

function holdSource(estate: Estate): HoldSource {
  const all = () =>
    [...estate.outsideHolds].map((key) => ({ externalId: `matter-${key}`, addresses: [addressOf(key)] }));
  return {
    freshness: 'live',
    async holdsOn({ addresses }) {
      reading(estate, LEGAL);
      return all().filter((hold) => hold.addresses.some((address) => addresses.includes(address)));
    },
    async listHolds() {
      reading(estate, LEGAL);
      return { items: all(), next: null };
    },
    probe: unasked,
  };
}

function inventory(estate: Estate): Inventory {
  const shown = (asset: BookedAsset, ids: readonly string[]): Asset => {
    const holder = asset.holder === null ? null : idOf(asset.holder);
    return {
      ...SIGHTING,
      externalId: asset.id,
      serial: asset.serial,
      ownership: asset.ownership,
      holderExternalId: holder,
      heldBySubject: holder !== null && ids.includes(holder),
      state: 'in-use',
      label: 'in use',
      disposalReference: null,
    };
  };
  return {
    closes: true,
    async listAssetsOf({ externalIds }) {
      reading(estate, BOOKS);
      return [...estate.assets.values()]
        .map((asset) => shown(asset, externalIds))
        .filter((asset) => asset.heldBySubject);
    },
    async findBySerial(serial, person) {
      reading(estate, BOOKS);
      return [...estate.assets.values()]
        .filter((asset) => asset.serial === serial)
        .map((asset) => shown(asset, person?.externalIds ?? []));
    },
    async readAsset(externalId) {
      const asset = estate.assets.get(externalId);
      return asset === undefined ? null : shown(asset, []);
    },
    closeAsset: unasked,
    isClosed: () => false,
    listAssets: unasked,
    probe: unasked,
  };
}

function deviceManager(estate: Estate): DeviceManager {
  const iso = (ms: number) => new Date(ms).toISOString();
  const wordOf = (wiped: Wiped): WipeObservation => ({
    state: wiped.state,
    startedAt: iso(wiped.at),
    updatedAt: iso(wiped.updatedAt),
    lastSeenAt: null,
  });
  const shown = (record: ManagedRecord): ManagedDevice => {
    const wipes = record.wipes.filter((one) => one.shownAt <= estate.clock()).map(wordOf);
    return {
      ...SIGHTING,
      externalId: record.id,
      serial: record.serial,
      platform: record.platform,
      ownership: record.ownership,
      holderExternalId: record.holder === null ? null : idOf(record.holder),
      lastWipe: wipes.at(-1) ?? null,
      wipes,
      retires: [],
      locks: [],
      unreadable: false,
    };
  };
  const ourWipe = (device: ManagedDevice, target: WipeTarget): WipeObservation | null => {
    const prior = target.priorWipeStartedAt === null ? 0 : Date.parse(target.priorWipeStartedAt);
    const from = Date.parse(target.sendStartedAt) - CLOCK_TOLERANCE_MS;
    return (
      device.wipes.find(({ startedAt }) => Date.parse(startedAt) > prior && Date.parse(startedAt) >= from) ??
      null
    );
  };
  async function read(mdmId: string): Promise<ManagedDevice | null> {
    reading(estate, MDM);
    const record = estate.records.get(mdmId);
    return record === undefined ? null : shown(record);
  }
  return {
    lostAnswer: { kind: 'authoritative-readback', settleMs: SETTLE_MS },
    capabilities: () => ({ can: ['wipe', 'retire'], lockCutsOffWipe: true, removalMaySend: 'nothing' }),
    async listDevicesOf(externalId) {
      reading(estate, MDM);
      return [...estate.records.values()]
        .filter(({ holder }) => holder !== null && idOf(holder) === externalId)
        .map((record) => ({ ...shown(record), heldBySubject: true }));
    },
    readDevice: read,
    async wipe(mdmId, parameters, commandId) {
      estate.asked += 1;
      const record = estate.records.get(mdmId);
      const fault = estate.takeFault();
      if (record === undefined) throw failing('not-found', MDM);
      if (parameters.keepUserData || parameters.keepEnrollmentData) throw failing('refused', MDM);
      if (fault === 'refused') throw failing('refused', MDM);
      if (fault === 'busy') throw failing('retryable', MDM);
      if (fault === 'lost-before') throw failing('outcome-unknown', MDM);
      if (fault === 'breaks-before') throw new Error('the process stumbled');
      const lag = fault === null ? 0 : SHOWN_LATE_MS;
      await estate.wipe(record, commandId, estate.clock() + lag);
      if (fault === 'lost-after') throw failing('outcome-unknown', MDM);
      if (fault === 'garbled') throw failing('unexpected-answer', MDM);
      if (fault === 'breaks-after') throw new Error('the process stumbled');
    },
    ourWipe,
    async readWipe(target) {
      const device = await read(target.mdmId);
      return device === null ? null : ourWipe(device, target);
    },
    async listDevices() {
      reading(estate, MDM);
      return { items: [...estate.records.values()].map(shown), next: null };
    },
    retire: unasked,
    ourRetire: () => null,
    readRetire: async () => null,
    lock: unasked,
    readLock: async () => null,
    releaseActivationLock: unasked,
    readActivationLock: async () => 'unreadable',
    releaseAutopilot: unasked,
    readAutopilot: async () => 'unreadable',
    removeRecord: unasked,
    probe: unasked,
  };
}
