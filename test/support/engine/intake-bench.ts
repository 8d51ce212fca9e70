/**
 * Intake alone: a database and directories whose accounts and events a test sets by hand. The sandbox cannot tell events of
 * another time, out of order, or twice under new ids.
 */
import { PolicySchema } from '../../../src/config/policy-schema.ts';
import type { ConnectorError } from '../../../src/adapters/errors.ts';
import type { Connectors, ConnectorMode } from '../../../src/adapters/connectors.ts';
import type {
  DirectoryPerson,
  IdentityProvider,
  LifecycleHint,
} from '../../../src/adapters/identity/port.ts';
import type { HookReader } from '../../../src/adapters/webhook.ts';
import type { EngineContext } from '../../../src/activities/context.ts';
import { takeHint } from '../../../src/activities/lifecycle.ts';
import { openDatabase } from '../../../src/store/database.ts';
import type { Database } from '../../../src/store/database.ts';
import { appendFacts } from '../../../src/store/facts.ts';
import { inForce } from '../../support/postgres/in-force.ts';
import { NO_NOTICES } from './no-notices.ts';
import { testDatabase } from '../postgres/test-database.ts';
import { testVault } from '../person-keys.ts';

/** A directory of a test's own making. Calls that it has no answer for fail. */
export interface FakeDirectory {
  readonly accounts: Map<string, DirectoryPerson>;
  /** Thrown when the account is read. */
  readonly failures: Map<string, ConnectorError>;
  /** What the next polls answer, one after the other; then nothing new. */
  readonly pages: { readonly hints: readonly LifecycleHint[]; readonly cursor: string }[];
  subscribed: number;
  polls: number;
  readonly connected: {
    readonly name: string;
    readonly mode: ConnectorMode;
    readonly port: IdentityProvider;
    readonly reader: HookReader;
  };
}

export interface IntakeBench {
  readonly db: Database;
  readonly context: EngineContext;
  readonly okta: FakeDirectory;
  readonly entra: FakeDirectory;
  readonly logged: { readonly fields: object; readonly message: string }[];
  /** The engine's time, which the test sets. */
  now: Date;
  stop(): Promise<void>;
}

export async function intakeBench(
  options: { readonly mode?: ConnectorMode; readonly readers?: Readonly<Record<string, HookReader>> } = {},
): Promise<IntakeBench> {
  const { mode = 'enforce', readers = {} } = options;
  const database = await testDatabase();
  const db = openDatabase(database.url, { vault: testVault, onIdleError: () => undefined });
  const okta = fakeDirectory('okta', 'hard', mode, readers['okta']);
  const entra = fakeDirectory('entra', 'dated', mode, readers['entra']);
  const none = new Map<string, never>();
  const hr = { name: 'hr', mode: 'enforce', port: {}, reader: readers['hr'] ?? unreadable } as never;
  const connectors: Connectors = {
    identity: new Map([okta, entra].map(({ connected }) => [connected.name, connected])),
    devices: none,
    enrolment: none,
    holds: none,
    inventory: none,
    disposition: none,
    carrier: none,
    hr: new Map([['hr', hr]]),
    notify: none,
  };
  const logged: IntakeBench['logged'] = [];
  const note = (fields: object, message: string) => void logged.push({ fields, message });
  await inForce(db, PolicySchema.parse({}));
  const bench: IntakeBench = {
    db,
    okta,
    entra,
    logged,
    now: new Date(),
    context: {
      db,
      connectors,
      terms: { sources: [] },
      linkBy: ['employeeNumber', 'workEmail'],
      peopleModes: [],
      returns: { to: null, weightGrams: 3000, boxWeightGrams: 1, carriers: {}, refundLabels: true },
      retryCapMs: 60_000,
      notices: NO_NOTICES,
      clock: () => bench.now,
      log: { info: note, warn: note },
      crash: () => undefined,
    },
    async stop() {
      await db.destroy();
      await database.drop();
    },
  };
  return bench;
}

const unreadable: HookReader = () => ({ kind: 'unparseable', why: 'nothing is sent here' });

function fakeDirectory(
  name: string,
  goneRule: 'hard' | 'dated',
  mode: ConnectorMode,
  reader: HookReader = unreadable,
): FakeDirectory {
  const refuse = () => {
    throw new Error('not asked for in this test');
  };
  const directory: FakeDirectory = {
    accounts: new Map(),
    failures: new Map(),
    pages: [],
    subscribed: 0,
    polls: 0,
    connected: {
      name,
      mode,
      reader,
      port: {
        goneRule,
        async readPerson(externalId) {
          const failure = directory.failures.get(externalId);
          if (failure !== undefined) throw failure;
          return directory.accounts.get(externalId) ?? null;
        },
        async changesSince(cursor) {
          directory.polls += 1;
          const page = directory.pages.shift();
          return { hints: [], cursor: cursor ?? 'start', ...page, more: page !== undefined, resync: false };
        },
        async keepSubscribed() {
          directory.subscribed += 1;
        },
        findPersons: refuse,
        listPersons: refuse,
        listDevicesOf: refuse,
        cutAccess: refuse,
        readAccess: refuse,
        probe: refuse,
      },
    },
  };
  return directory;
}

/** An account with the number `E-<key>`. */
export function account(key: string, changes: Partial<DirectoryPerson> = {}): DirectoryPerson {
  return {
    externalId: key,
    state: 'active',
    employeeNumber: `E-${key}`,
    workEmail: `${key}@example.com`,
    login: null,
    displayName: null,
    country: null,
    managerExternalId: null,
    leaveAt: null,
    ...changes,
  };
}

let told = 0;

/** A hint about the account of that id, under an event id of its own. */
export function hint(
  kind: LifecycleHint['kind'],
  key: string,
  occurredAt: string,
  more: Partial<LifecycleHint> = {},
): LifecycleHint {
  told += 1;
  return { eventId: `event-${told}`, kind, externalId: key, occurredAt, effectiveAt: null, ...more };
}

/** HR's word on the person with the number `E-<key>`. */
export function hrHint(
  kind: LifecycleHint['kind'],
  key: string,
  occurredAt: string,
  effectiveAt: string,
): LifecycleHint {
  const { employeeNumber, workEmail, displayName, country, managerExternalId } = account(key);
  const person = { employeeNumber, workEmail, displayName, country, managerExternalId, timeZone: null };
  return hint(kind, key, occurredAt, { effectiveAt, person });
}

/** Takes the hint in at that time. @returns What was made of it. */
export async function take(
  bench: IntakeBench,
  connector: string,
  one: LifecycleHint,
  at?: string,
): Promise<string> {
  bench.now = new Date(at ?? one.occurredAt);
  await takeHint(bench.context, connector, one);
  const { outcome } = await bench.db
    .selectFrom('lifecycle_events')
    .select('outcome')
    .where('connector', '=', connector)
    .where('event_id', '=', one.eventId)
    .executeTakeFirstOrThrow();
  return outcome;
}

/** The case has begun at that time, and its access was cut at the connector. */
export async function begin(bench: IntakeBench, at: string, cutAt?: string): Promise<string> {
  const { id } = await bench.db
    .selectFrom('cases')
    .select('id')
    .where('state', '=', 'scheduled')
    .executeTakeFirstOrThrow();
  await bench.db.updateTable('cases').set({ state: 'open', started_at: at }).where('id', '=', id).execute();
  if (cutAt !== undefined) {
    const data = { generation: 1, connector: cutAt, externalId: 'x', cutAt: at };
    const stream = `case:${id}`;
    const fact = {
      stream,
      key: `access.cut:${id}:${cutAt}`,
      type: 'access.cut',
      actor: 'handback',
      data,
    } as const;
    await bench.db.transaction().execute((tx) => appendFacts(tx, [fact], new Date(at)));
  }
  return id;
}

/** Open exceptions by code, oldest first. */
export async function openCodes(bench: IntakeBench): Promise<readonly string[]> {
  const rows = await bench.db
    .selectFrom('exceptions')
    .select('code')
    .where('resolved_at', 'is', null)
    .orderBy('opened_at')
    .execute();
  return rows.map(({ code }) => code);
}

/** The states of all cases, oldest first. */
export async function caseStates(bench: IntakeBench): Promise<readonly string[]> {
  const rows = await bench.db.selectFrom('cases').select('state').orderBy('opened_at').execute();
  return rows.map(({ state }) => state);
}
