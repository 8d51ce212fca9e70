/** An API on a port of its own over a test database, with a token per role. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { PayloadCodec } from '@temporalio/common';
import { pino } from 'pino';
import type { DestinationStream } from 'pino';
import { createApi } from '../../../src/api/app.ts';
import type { ApiDeps } from '../../../src/api/deps.ts';
import { PolicySchema } from '../../../src/config/policy-schema.ts';
import { ROLES } from '../../../src/config/schema.ts';
import type { Role } from '../../../src/config/schema.ts';
import { openDatabase } from '../../../src/store/database.ts';
import type { Database } from '../../../src/store/database.ts';
import { inForce } from '../../support/postgres/in-force.ts';
import { testVault } from '../../support/person-keys.ts';

export const policy = PolicySchema.parse({});

export const SOURCES = [
  { connector: 'okta', sourceKind: 'identity' },
  { connector: 'intune', sourceKind: 'mdm' },
  { connector: 'snipeit', sourceKind: 'inventory' },
] as const;

/** A codec that marks what it encoded; enough to see that the API uses the one it is given. */
const MARK = Buffer.from('sealed:');
export const markingCodec: PayloadCodec = {
  encode: async (payloads) =>
    payloads.map((payload) => ({ ...payload, data: Buffer.concat([MARK, payload.data ?? Buffer.alloc(0)]) })),
  decode: async (payloads) =>
    payloads.map((payload) => {
      const data = Buffer.from(payload.data ?? []);
      if (!data.subarray(0, MARK.length).equals(MARK)) throw new Error('not sealed');
      return { ...payload, data: data.subarray(MARK.length) };
    }),
};

export function tokenOf(role: Role): string {
  return `${role}-token-for-tests-0123456789`;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // Tests read answers of every shape.
  readonly body: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export interface CallOptions {
  /** Default: the role is given by each call; `null` = no token. */
  readonly as?: Role | null;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TestApi {
  readonly url: string;
  readonly db: Database;
  readonly deps: ApiDeps;
  /** What was logged, as text. */
  readonly logged: () => string;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  stop(): Promise<void>;
}

export async function startApi(databaseUrl: string, overrides: Partial<ApiDeps> = {}): Promise<TestApi> {
  const db = openDatabase(databaseUrl, { vault: testVault, connections: 5 });
  const hookDb = openDatabase(databaseUrl, { vault: testVault, connections: 3 });
  const lines: string[] = [];
  const destination: DestinationStream = { write: (line: string) => void lines.push(line) };
  const deps: ApiDeps = {
    db,
    hookDb,
    tokens: ROLES.map((role) => ({
      id: `t-${role}`,
      token: tokenOf(role),
      roles: [role],
      ...(role === 'vendor' && { vendorOf: ['itad'] }),
    })),
    oidc: null,
    verifiers: new Map(),
    connectors: [],
    policy,
    terms: { sources: SOURCES },
    rules: { carrier: null, inventory: 'snipeit' },
    codec: markingCodec,
    codecOrigin: 'http://temporal-ui.test',
    log: pino({ level: 'debug' }, destination),
    clock: () => new Date(),
    checkAnswers: true,
    // No worker runs beside it that would ask an inventory.
    answerPatienceMs: 0,
    ...overrides,
  };
  const server = createServer(createApi(deps));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    db,
    deps,
    logged: () => lines.join(''),
    call: (method, path, options) => call(url, method, path, options),
    async stop() {
      server.close();
      server.closeAllConnections();
      await Promise.all([db.destroy(), hookDb.destroy()]);
    },
  };
}

/** The policy in force must be known before cases can be opened under it by hand. */
export async function withPolicy(db: Database): Promise<string> {
  return inForce(db, policy);
}

async function call(
  url: string,
  method: string,
  path: string,
  { as = null, body, headers = {} }: CallOptions = {},
): Promise<Answer> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(as !== null && { authorization: `Bearer ${tokenOf(as)}` }),
      ...(body !== undefined && !isRaw && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: isRaw ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parsed(text) };
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** A text in an answer. @throws when there is another thing, or none. */
export function textIn(answer: Answer, name: string): string {
  const value = answer.body[name];
  if (typeof value !== 'string') throw new Error(`no text ${name} in ${answer.text}`);
  return value;
}

/** The items of a list. */
export function itemsIn(answer: Answer): readonly Readonly<Record<string, unknown>>[] {
  return listIn(answer, 'items');
}

/** A list of objects in an answer. @throws when there is another thing, or none. */
export function listIn(answer: Answer, name: string): readonly Readonly<Record<string, unknown>>[] {
  const list = answer.body[name];
  if (!Array.isArray(list)) throw new Error(`no list ${name} in ${answer.text}`);
  return list;
}
