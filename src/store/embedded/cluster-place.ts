/** Where a data directory's cluster lies, and whose it is. */
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { EmbeddedServerError } from './supervision/errors.ts';
import { readJsonState, writeStateFile } from './supervision/state-file.ts';
import { isRoot, systemDirectory, systemUser, type RunAs } from './system-user.ts';

/** A place for a cluster and for the programs that serve it. */
export interface ClusterPlace {
  /** Ours, in the data directory: password, ports, log, records. */
  readonly home: string;
  /** Holds `data`; the same as `home` unless we are root. */
  readonly directory: string;
  readonly data: string;
  readonly stagingDirectory: string;
  /** Absent: the server runs as the user we are. */
  readonly runAs?: RunAs;
}

const homeSchema = z.object({ clusterId: z.string(), initialised: z.boolean() });
const stagedSchema = z.object({ clusterId: z.string() });

/**
 * The place of the cluster that belongs to `home`, an existing directory by its real path. As root
 * the cluster lies under a system directory, by a name derived from that path.
 */
export function clusterPlace(home: string, runAs: RunAs | undefined): ClusterPlace {
  if (!isRoot()) {
    const stagingDirectory = join(home, 'programs');
    return { home, directory: home, data: join(home, 'data'), stagingDirectory };
  }
  const system = systemDirectory();
  const name = createHash('sha256').update(home).digest('hex').slice(0, 16);
  const directory = join(system, 'clusters', name);
  for (const path of [join(system, 'clusters'), directory]) {
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o755);
  }
  return {
    home,
    directory,
    data: join(directory, 'data'),
    stagingDirectory: join(system, 'programs'),
    runAs: runAs ?? systemUser(),
  };
}

/**
 * Prepares the place for a new cluster of this data directory. A staged cluster whose data
 * directory was deleted is set aside, and replaces the one set aside before: deleting the data
 * directory is how one begins anew, yet may have been a slip. No server may be running.
 */
export async function claimPlace(place: ClusterPlace): Promise<void> {
  if (place.directory === place.home) return;
  const mine = readJsonState(homeFile(place), homeSchema);
  if (existsSync(place.data)) {
    // Ours already, when the start that made it was interrupted just before it could note so.
    if (mine && isMine(place, mine.clusterId)) return;
    const previous = join(place.directory, 'data.previous');
    await rm(previous, { recursive: true, force: true });
    await rename(place.data, previous);
  }
  const clusterId = randomBytes(16).toString('hex');
  writeStateFile(homeFile(place), JSON.stringify({ clusterId, initialised: false }));
  writeStateFile(stagedFile(place), JSON.stringify({ clusterId, dataDirectory: place.home }));
}

/**
 * Makes sure that the cluster is there, and a staged one is the one that this data directory made: a silent fresh
 * start would look like lost data.
 *
 * @throws EmbeddedServerError `cluster-mismatch`.
 */
export function checkPlace(place: ClusterPlace): void {
  const staged = place.directory !== place.home;
  const mine = readJsonState(homeFile(place), homeSchema);
  if (mine && existsSync(place.data) && (!staged || isMine(place, mine.clusterId))) return;
  throw new EmbeddedServerError(
    'postgres',
    'cluster-mismatch',
    `the cluster of ${place.home} is not in ${place.directory}: the data directory was moved or copied, or its cluster deleted. ` +
      `Move it back, or delete ${place.home} to begin with an empty database`,
  );
}

/** True once a start from this data directory has completed the cluster. */
export function hasCluster(place: ClusterPlace): boolean {
  return readJsonState(homeFile(place), homeSchema)?.initialised === true;
}

/** Notes that the cluster is there, so that its absence is an error from now on. */
export function markInitialised(place: ClusterPlace): void {
  const mine = readJsonState(homeFile(place), homeSchema);
  if (mine?.initialised) return;
  const clusterId = mine?.clusterId ?? randomBytes(16).toString('hex');
  writeStateFile(homeFile(place), JSON.stringify({ clusterId, initialised: true }));
}

function homeFile(place: ClusterPlace): string {
  return join(place.home, 'cluster.json');
}

function stagedFile(place: ClusterPlace): string {
  return join(place.directory, 'identity.json');
}

function isMine(place: ClusterPlace, clusterId: string): boolean {
  return readJsonState(stagedFile(place), stagedSchema)?.clusterId === clusterId;
}
