/** The API process: constructs the application from the configuration, listens, and drains when told to stop. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { PayloadCodec } from '@temporalio/common';
import type { Logger } from 'pino';
import { CONNECTOR_KINDS } from '../adapters/connector-kinds.ts';
import type { HookVerifier } from '../adapters/webhook.ts';
import type { Environment } from '../config/environment.ts';
import type { Config, ConnectorConfig } from '../config/load.ts';
import type { OidcConfig } from '../config/oidc-schema.ts';
import type { Description } from '../domain/installation-facts.ts';
import type { KeyRing } from '../ledger/key-ring.ts';
import { documentPlace } from '../outside/document-bucket.ts';
import { timestampAuthority } from '../outside/timestamp-authority.ts';
import type { CaseTerms } from '../store/cases.ts';
import { beat, BEAT_EVERY_MS, describeProcess } from '../store/audits/installation.ts';
import { openDatabase } from '../store/database.ts';
import { givenVault } from '../store/personal/key-file.ts';
import type { PersonVault } from '../store/personal/vault.ts';
import { createApi } from './app.ts';
import type { ApiDeps, Oidc } from './deps.ts';
import { createLog } from './log.ts';
import { oidcVerifier } from './oidc/verifier.ts';

/** What only the caller can give. */
export interface RunDeps {
  readonly databaseUrl: string;
  /** The codec of the installation's Temporal payloads; without it the codec endpoint is not available. */
  readonly codec?: PayloadCodec;
  /** Who signs checkpoints and packs. Absent: nobody does. */
  readonly keys?: KeyRing;
  /** Opens personal data. Absent: what the configuration's own keys open. */
  readonly vault?: PersonVault;
  /** What it runs as, for the record. Absent: nothing is recorded of it. */
  readonly description?: Description;
  /** Every process is given these two; the API talks to no Temporal server and reads no variable. */
  readonly temporalAddress?: string;
  readonly env?: Environment;
  /** Origin of the Temporal UI that may use the codec from a browser. */
  readonly codecOrigin?: string;
  readonly log?: Logger;
  readonly clock?: () => Date;
}

export interface RunningApi {
  /** Where it listens, without a trailing slash. */
  readonly url: string;
  /** Resolves with the error when it cannot go on; stays pending otherwise. */
  readonly failed: Promise<Error>;
  /** Stops accepting, finishes what runs, closes the database. Safe to call twice. */
  stop(): Promise<void>;
}

/** How long requests may go on after the process was told to stop. */
const DRAIN_MS = 10_000;
/** Webhooks are one short statement each; what commits side by side shares one write to the disk. */
const HOOK_CONNECTIONS = 16;

/** Listens on the configured address. @throws the system's error when the port is taken. */
export async function runApi(config: Config, run: RunDeps): Promise<RunningApi> {
  const url = run.databaseUrl;
  const log = run.log ?? createLog(config.log.level);
  const onIdleError = () => log.warn({}, 'database connection lost');
  const vault = run.vault ?? givenVault(config.personKeys);
  const opening = vault === null ? {} : { vault };
  const db = openDatabase(url, { connections: config.database.connections, onIdleError, ...opening });
  const hookDb = openDatabase(url, { connections: HOOK_CONNECTIONS, onIdleError, ...opening });
  let accepting = true;
  const deps = {
    ...fromConfig(config),
    db,
    hookDb,
    codec: run.codec ?? null,
    ...(run.keys === undefined ? {} : { keys: run.keys }),
    ledgerOrigin: config.ledger.origin ?? null,
    documents: documentPlace(config.documents),
    stampAuthority:
      config.ledger.timestamps === undefined ? null : timestampAuthority(config.ledger.timestamps),
    codecOrigin: run.codecOrigin ?? null,
    log,
    clock: run.clock ?? (() => new Date()),
    isAccepting: () => accepting,
  };
  const server = createServer(createApi(deps));
  try {
    server.listen(config.http.port, config.http.host);
    await once(server, 'listening');
  } catch (error) {
    await Promise.all([db.destroy(), hookDb.destroy()]);
    throw error;
  }
  // A database that is away then is for the health check to tell: the next start records it.
  if (run.description !== undefined)
    await describeProcess(db, { process: 'api', ...run.description }, deps.clock()).catch(() =>
      log.warn({}, 'what this process runs as could not be recorded'),
    );
  const heart = setInterval(() => void beat(db, 'api', deps.clock()).catch(() => undefined), BEAT_EVERY_MS);
  void beat(db, 'api', deps.clock()).catch(() => undefined);
  let stopped: Promise<void> | undefined;
  async function stop(): Promise<void> {
    accepting = false;
    clearInterval(heart);
    await drain(server);
    await Promise.all([db.destroy(), hookDb.destroy()]);
  }
  const failed = new Promise<Error>((resolve) => server.on('error', resolve));
  return { url: addressOf(server, config.http.host), failed, stop: () => (stopped ??= stop()) };
}

async function drain(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  // Connections that are kept open end with the answer they wait for.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const patience = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(patience);
}

function addressOf(server: Server, host: string): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}

type FromConfig = Pick<
  ApiDeps,
  'tokens' | 'oidc' | 'verifiers' | 'connectors' | 'policy' | 'terms' | 'rules' | 'importLimits'
>;

/** What the configuration alone decides. */
export function fromConfig({ tokens, oidc, connectors, policy, imports }: Config): FromConfig {
  return {
    tokens,
    oidc: oidc === undefined ? null : oidcOf(oidc),
    verifiers: new Map(connectors.flatMap(verifierOf)),
    connectors: connectors.map(({ name, kind, port, mode }) => ({ name, kind, port, mode })),
    policy,
    importLimits: imports,
    terms: { sources: sourcesOf(connectors) },
    rules: {
      carrier: connectors.find(({ port, mode }) => port === 'carrier' && mode === 'enforce')?.name ?? null,
      inventory: namesOf(connectors, 'inventory')[0] ?? null,
    },
  };
}

function oidcOf(config: OidcConfig): Oidc {
  const { issuer, audience, audienceParameter, clientId, scopes } = config;
  const parameters = audienceParameter === 'none' ? {} : { [audienceParameter]: audience };
  return {
    verifier: oidcVerifier(config),
    signIn: { issuer, clientId: clientId ?? null, scopes, parameters },
  };
}

function verifierOf({
  name,
  kind,
  settings,
}: ConnectorConfig): [string, { kind: string; verify: HookVerifier }][] {
  const hooks = CONNECTOR_KINDS[kind]?.hooks;
  return hooks === undefined ? [] : [[name, { kind, verify: hooks.verifier(settings) }]];
}

const SOURCES = [
  ['identity', 'identity'],
  ['devices', 'mdm'],
  ['inventory', 'inventory'],
] as const;

/** Everything that must answer at discovery, in a fixed order. */
function sourcesOf(connectors: readonly ConnectorConfig[]): CaseTerms['sources'] {
  return SOURCES.flatMap(([port, sourceKind]) =>
    namesOf(connectors, port).map((connector) => ({ connector, sourceKind })),
  );
}

function namesOf(connectors: readonly ConnectorConfig[], port: string): readonly string[] {
  return connectors
    .filter((connector) => connector.port === port)
    .map(({ name }) => name)
    .toSorted();
}
