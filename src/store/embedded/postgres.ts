/**
 * The engine's own PostgreSQL, a supervised child. Used when no `DATABASE_URL` is given.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  checkPlace,
  claimPlace,
  clusterPlace,
  hasCluster,
  markInitialised,
  type ClusterPlace,
} from './cluster-place.ts';
import { checkVersion, initialiseCluster } from './initialise-cluster.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import { portOf, postgresSpec } from './postgres-spec.ts';
import type { Durability } from './postgres-settings.ts';
import { databaseUrl } from './probe-postgres.ts';
import { EmbeddedServerError } from './supervision/errors.ts';
import { takeOwnerLock } from './supervision/owner-lock.ts';
import { readStateFile, writeStateFile } from './supervision/state-file.ts';
import {
  stopWhatRuns,
  superviseServer,
  type EmbeddedLog,
  type ServerExit,
  type StopMode,
} from './supervision/supervise-server.ts';
import type { RunAs } from './system-user.ts';

/** What `startEmbeddedPostgres` needs. */
export interface EmbeddedPostgresOptions {
  /** The engine's data directory; PostgreSQL's part is its sub-directory `postgres`. */
  readonly dataDir: string;
  readonly log: EmbeddedLog;
  /** Default `full`. */
  readonly durability?: Durability;
  /** As root only: the user to run as. Default: `postgres`, else `nobody`. */
  readonly runAs?: RunAs;
}

/** A PostgreSQL that is ready for connections. */
export interface EmbeddedPostgres {
  /** Of the engine's database, password included; the same over restarts while its port is free. */
  readonly url: string;
  /** Of the postmaster. */
  readonly pid: number;
  /** True when it was found running, left by an owner that was killed. */
  readonly adopted: boolean;
  /** Resolves when it is gone, asked for or not; the directory may then be started again. */
  readonly exited: Promise<ServerExit>;
  /**
   * `fast` (the default) rolls back open transactions and closes the cluster; `immediate` stops
   * like a crash, to be recovered at the next start. Waits for the end; repeatable.
   */
  stop(mode?: StopMode): Promise<void>;
}

/**
 * Starts the PostgreSQL of a data directory, or adopts it where a killed owner left it running, and
 * waits until it is ready.
 *
 * @throws EmbeddedServerError `owned` when a live process has it; see the codes for the rest.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { durability = 'full', log } = options;
  const place = clusterPlace(homeOf(options.dataDir), options.runAs);
  const release = lock(place);
  try {
    const binaries = await postgresBinaries(place.stagingDirectory, place.runAs !== undefined);
    const password = keptPassword(place);
    const spec = postgresSpec({ place, binaries, password, durability, log });
    if (!hasCluster(place)) {
      // What runs here was left by a data directory that has been deleted since.
      await stopWhatRuns(spec);
      await claimPlace(place);
      await initialiseCluster(place, binaries, password, durability === 'full');
      markInitialised(place);
    }
    checkPlace(place);
    checkVersion(place, binaries);
    const server = await superviseServer(spec, release);
    const { pid, adopted, exited, stop } = server;
    return { url: databaseUrl(portOf(server.ports), password), pid, adopted, exited, stop };
  } catch (error) {
    release();
    throw error;
  }
}

/**
 * Stops the PostgreSQL of a data directory, if it runs, and deletes its cluster and everything kept
 * about it. For throw-away directories; the staged programs stay, as others may use them.
 *
 * @throws EmbeddedServerError `owned` when a live process has it.
 */
export async function deleteEmbeddedPostgres(
  options: Pick<EmbeddedPostgresOptions, 'dataDir' | 'log'>,
): Promise<void> {
  const place = clusterPlace(homeOf(options.dataDir), undefined);
  const release = lock(place);
  try {
    const binaries = await postgresBinaries(place.stagingDirectory, place.runAs !== undefined);
    const { log } = options;
    await stopWhatRuns(postgresSpec({ place, binaries, password: '', durability: 'full', log }));
    for (const directory of [place.directory, place.home]) {
      await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    }
  } finally {
    release();
  }
}

function homeOf(dataDir: string): string {
  const home = join(dataDir, 'postgres');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  return realpathSync(home);
}

/** Both sides: whoever deletes the data directory under a running engine still meets its lock. */
function lock(place: ClusterPlace): () => void {
  const locks = [takeOwnerLock(place.home, 'postgres')];
  try {
    if (place.directory !== place.home) locks.push(takeOwnerLock(place.directory, 'postgres'));
  } catch (error) {
    locks[0]?.release();
    throw error;
  }
  return () => locks.forEach((each) => each.release());
}

function keptPassword(place: ClusterPlace): string {
  const file = join(place.home, 'password');
  const kept = readStateFile(file);
  if (kept !== null) return kept;
  if (hasCluster(place)) {
    throw new EmbeddedServerError(
      'postgres',
      'cluster-mismatch',
      `${file} is missing, so nobody can sign in to the cluster of ${place.home}`,
    );
  }
  const password = randomBytes(24).toString('hex');
  writeStateFile(file, password);
  return password;
}
