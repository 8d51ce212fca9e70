/** The one PostgreSQL of a test run, started when the first test file asks for a database. */
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import pg from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../../src/store/embedded/postgres.ts';
import { TEMPLATE } from './provided.ts';
import { quiet } from './quiet.ts';
import { newRunDirectory, removeRunDirectory, sweepAbandonedRuns } from './run-directory.ts';

interface SharedServer {
  /** Answers with the server's URL. */
  readonly doorUrl: string;
  users: number;
  close(): Promise<void>;
}

// Each vitest project evaluates its global set-up anew, in the same process: they share this.
const SLOT = Symbol.for('handback.test.shared-postgres');

/**
 * Opens the door of the shared server: whoever fetches the returned URL is answered with the
 * server's, and the first to do so has it started. A run without database tests never starts it.
 */
export async function openSharedServer(): Promise<string> {
  const slot = globalThis as { [SLOT]?: Promise<SharedServer> };
  slot[SLOT] ??= openDoor();
  const shared = await slot[SLOT];
  shared.users += 1;
  return shared.doorUrl;
}

/** Stops and deletes the shared server once nobody uses it any more. */
export async function closeSharedServer(): Promise<void> {
  const slot = globalThis as { [SLOT]?: Promise<SharedServer> };
  const shared = await slot[SLOT];
  if (!shared) return;
  shared.users -= 1;
  if (shared.users > 0) return;
  delete slot[SLOT];
  await shared.close();
}

async function openDoor(): Promise<SharedServer> {
  const path = `/${randomBytes(16).toString('hex')}`;
  let started: Promise<StartedServer> | undefined;
  const door = createServer((request, response) => {
    if (request.url !== path) return void response.writeHead(404).end();
    started ??= startMigrated();
    started.then(
      ({ postgres }) => response.end(postgres.url),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  const port = await listen(door);
  return {
    doorUrl: `http://127.0.0.1:${port}${path}`,
    users: 0,
    close: async () => {
      door.closeAllConnections();
      await new Promise((resolve) => door.close(resolve));
      const server = await started?.catch(() => undefined);
      if (server) await removeServer(server);
    },
  };
}

interface StartedServer {
  readonly postgres: EmbeddedPostgres;
  readonly directory: string;
}

async function startMigrated(): Promise<StartedServer> {
  await sweepAbandonedRuns();
  const directory = newRunDirectory();
  const postgres = await startEmbeddedPostgres({ dataDir: directory, log: quiet, durability: 'test' });
  const server = { postgres, directory };
  try {
    await buildTemplate(postgres.url);
    return server;
  } catch (error) {
    await removeServer(server);
    throw error;
  }
}

async function removeServer(server: StartedServer): Promise<void> {
  await server.postgres.stop('immediate');
  await removeRunDirectory(server.directory);
}

async function buildTemplate(url: string): Promise<void> {
  const { migrateToLatest } = await import('../../../src/store/migrate.ts');
  const template = new URL(url);
  template.pathname = `/${TEMPLATE}`;
  await asAdmin(url, `create database ${TEMPLATE}`);
  await migrateToLatest(template.href);
  // A copy can only be made of a database that nobody is connected to.
  await asAdmin(url, `alter database ${TEMPLATE} allow_connections false`);
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function listen(door: Server): Promise<number> {
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const address = door.address();
  if (address === null || typeof address === 'string') throw new Error('the door has no port');
  return address.port;
}
