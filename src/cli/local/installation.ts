/**
 * What an embedded installation keeps in its data directory besides its servers: the payload key, the administrator's
 * token, and while it runs, where things are. Files are readable by their owner only.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Config } from '../../config/load.ts';
import { ROLES } from '../../config/schema.ts';
import { readJsonState, readStateFile, writeStateFile } from '../../store/embedded/supervision/state-file.ts';

type PayloadKeys = NonNullable<Config['payloadKeys']>;
type Token = Config['tokens'][number];

const Keys = z.array(z.object({ id: z.string(), secret: z.string() })).min(1);
const Places = z.object({
  databaseUrl: z.string(),
  temporalAddress: z.string(),
  apiUrl: z.string().optional(),
});

/** Where a running `handback up` has its servers. */
export type Places = z.infer<typeof Places>;

const ADMIN = 'embedded-admin';

/** Path of the file with the administrator's token. */
export function tokenFile(dataDir: string): string {
  return join(dataDir, 'admin-token');
}

/** Makes the directory, the payload key and the token, where they are not there yet. */
export function prepareInstallation(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  if (readStateFile(keyFile(dataDir)) === null) {
    const keys = [{ id: 'embedded-1', secret: randomBytes(32).toString('base64') }] satisfies PayloadKeys;
    writeStateFile(keyFile(dataDir), `${JSON.stringify(keys)}\n`);
  }
  if (readStateFile(tokenFile(dataDir)) === null) {
    writeStateFile(tokenFile(dataDir), `${randomBytes(32).toString('base64url')}\n`);
  }
}

/** The configuration with what the data directory adds: a payload key where none is configured, and its token. */
export function withInstallation(config: Config): Config {
  const keys = config.payloadKeys ?? readJsonState(keyFile(config.dataDir), Keys) ?? undefined;
  const token = adminToken(config.dataDir);
  const admin: Token[] = token === null ? [] : [{ id: ADMIN, token, roles: [...ROLES] }];
  return {
    ...config,
    ...(keys === undefined ? {} : { payloadKeys: keys }),
    tokens: [...config.tokens.filter(({ id }) => id !== ADMIN), ...admin],
  };
}

/** The administrator's token of a data directory; `null` when it has none. */
export function adminToken(dataDir: string): string | null {
  return readStateFile(tokenFile(dataDir))?.trim() || null;
}

/** Says where things are, for commands in other processes. */
export function writePlaces(dataDir: string, places: Places): void {
  writeStateFile(placesFile(dataDir), `${JSON.stringify(places)}\n`);
}

export function forgetPlaces(dataDir: string): void {
  rmSync(placesFile(dataDir), { force: true });
}

/** Where the servers of a data directory are, as its `up` last said; `null` when none runs. */
export function readPlaces(dataDir: string): Places | null {
  return readJsonState(placesFile(dataDir), Places);
}

function keyFile(dataDir: string): string {
  return join(dataDir, 'payload-keys.json');
}

function placesFile(dataDir: string): string {
  return join(dataDir, 'places.json');
}
