/** A dock beside an inventory that is asked live: the real API, the real adapter over its simulator, and whoever asks called by hand. */
import { createSnipeit as createSimulator } from '../../../sandbox/snipeit/index.ts';
import { askInventory } from '../../../src/activities/ask-inventory.ts';
import type { EngineContext } from '../../../src/activities/context.ts';
import { importVendorDocuments } from '../../../src/activities/pickup.ts';
import type { Inventory } from '../../../src/adapters/inventory/port.ts';
import { createSnipeit, SnipeitSettings } from '../../../src/adapters/inventory/snipeit/index.ts';
import { startVendor } from '../../contract/support/sandbox.ts';
import type { VendorSandbox } from '../../contract/support/sandbox.ts';
import { testDatabase } from '../../support/postgres/test-database.ts';
import { itemsIn, listIn, startApi } from './api.ts';
import type { Answer, TestApi } from './api.ts';
import { pickupDesk } from './pickups.ts';
import type { PickupDesk } from './pickups.ts';
import { contextWith, TestVendor } from './vendor.ts';

const CONNECTORS = [
  { name: 'itad', kind: 'generic', port: 'disposition', mode: 'enforce' },
  { name: 'snipeit', kind: 'snipeit', port: 'inventory', mode: 'enforce' },
] as const;

/** What stands in a record; the rest is as most are. */
export interface Booked {
  readonly model?: string;
  /** Key of a person; only `heir` is known. */
  readonly assignedTo?: string | null;
  /** Name of a status label. */
  readonly status?: string;
}

export interface LiveDock extends Omit<PickupDesk, 'types'> {
  readonly api: TestApi;
  readonly books: VendorSandbox;
  readonly port: Inventory;
  /** How long a confirmation waits for answers from now on, milliseconds. */
  patience(ms: number): void;
  /** Asks the inventory about everything that waits. */
  live(): Promise<void>;
  /** Puts these records into the inventory. */
  book(records: Readonly<Record<string, Booked>>): Promise<void>;
  /** Kind and serial of whatever is open at a pickup, but for what is merely not scanned yet. */
  open(pickupId: string): Promise<readonly string[]>;
  /** The last exception of that kind at a pickup. @throws when there is none. */
  exceptionOf(pickupId: string, kind: string): Promise<Readonly<Record<string, unknown>>>;
  /** The answer to one scan. */
  scanned(pickupId: string, serial: string): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** The vendor's driver scans that serial. */
  vendorScans(pickupId: string, serial: string): Promise<void>;
  inventory(pickupId: string, only?: 'all' | 'differing'): Promise<Answer>;
  /** About how many serials the inventory was asked; another spelling of one is no other question. */
  asked(): number;
  stop(): Promise<void>;
}

export async function startLiveDock(): Promise<LiveDock> {
  const database = await testDatabase();
  const books = await startVendor('snipeit', createSimulator, { throttlePerMinute: 100_000 });
  let patienceMs = 0;
  const api = await startApi(database.url, { connectors: CONNECTORS });
  // Read by each confirmation anew.
  Object.defineProperty(api.deps, 'answerPatienceMs', { get: () => patienceMs });
  const settings = { baseUrl: books.url, token: 'snipeit-sandbox-token' };
  const port = createSnipeit(
    'snipeit',
    SnipeitSettings.parse({ ...settings, requestsPerSecond: 1000, burst: 1000 }),
  );
  async function contextOf(vendor: TestVendor): Promise<EngineContext> {
    const base = await contextWith(api.db, vendor);
    const inventory = new Map([
      ['snipeit', { name: 'snipeit', mode: 'enforce', port, reader: null }],
    ] as const);
    return { ...base, connectors: { ...base.connectors, inventory } };
  }
  const context = await contextOf(new TestVendor());
  const desk = pickupDesk(() => api);
  return {
    ...desk,
    api,
    books,
    port,
    patience(ms) {
      patienceMs = ms;
    },
    live: () => askInventory(context, { connector: 'snipeit' }),
    async book(records) {
      const heir = { givenName: 'H', familyName: 'Eir', workEmail: 'heir@example.com', externalId: 'E-HEIR' };
      await books.seed({
        people: [{ key: 'heir', ...heir }],
        devices: Object.entries(records).map(([serial, { model = 'ThinkPad T14', assignedTo = null }]) => ({
          key: serial.toLowerCase(),
          serial,
          manufacturer: 'Lenovo',
          model,
          platform: 'windows',
          ownership: 'corporate',
          assignedTo,
        })),
      });
      for (const [serial, { status }] of Object.entries(records))
        if (status !== undefined) await books.act(`/assets/${serial}/change`, { status });
    },
    async open(pickupId) {
      return listIn(await desk.look(pickupId), 'discrepancies')
        .filter(({ outcome, kind }) => outcome === null && kind !== 'missing')
        .map(({ kind, serial }) => `${String(kind)} ${String(serial)}`);
    },
    async exceptionOf(pickupId, kind) {
      const path = `/api/v1/exceptions?pickupId=${pickupId}&code=${kind}&state=all`;
      const last = itemsIn(await api.call('GET', path, { as: 'viewer' })).at(-1);
      if (last === undefined) throw new Error(`no exception ${kind}`);
      return last;
    },
    async scanned(pickupId, serial) {
      const path = `/api/v1/pickups/${pickupId}/scans`;
      return listIn(await api.call('POST', path, { as: 'dock', body: { serial } }), 'scans')[0];
    },
    async vendorScans(pickupId, serial) {
      const vendor = new TestVendor();
      const at = { scannedAt: '2026-03-04T10:00:00.000Z', scannedBy: 'crew-7' };
      vendor.scan = [{ pickupId, serial, model: 'T14', ...at }];
      await importVendorDocuments(await contextOf(vendor), { connector: 'itad', pickupId, what: 'scanned' });
    },
    inventory: (pickupId, only = 'all') =>
      api.call('GET', `/api/v1/pickups/${pickupId}/inventory?only=${only}`, { as: 'dock' }),
    asked: () => books.requests().filter((line) => /\/byserial\/[A-Z0-9]+\b(?!-)/u.test(line)).length,
    async stop() {
      await api.stop();
      await books.stop();
      await database.drop();
    },
  };
}
