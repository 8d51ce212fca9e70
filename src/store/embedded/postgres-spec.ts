import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterPlace } from './cluster-place.ts';
import { POSTGRES_ENV } from './initialise-cluster.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { postgresArguments, type Durability } from './postgres-settings.ts';
import { probePostgres } from './probe-postgres.ts';
import type { Ports } from './supervision/kept-ports.ts';
import { findByArguments, hasArguments, processMark } from './supervision/process-table.ts';
import type { EmbeddedLog, ServerSpec } from './supervision/supervise-server.ts';

/** What the supervision of one cluster's server depends on. */
export interface PostgresSpecInput {
  readonly place: ClusterPlace;
  readonly binaries: PostgresBinaries;
  readonly password: string;
  readonly durability: Durability;
  readonly log: EmbeddedLog;
}

/** A pid that no system gives out. */
const NOBODY = 2_147_483_647;

/** How supervision runs, finds and stops a PostgreSQL. */
export function postgresSpec(input: PostgresSpecInput): ServerSpec {
  const { place, binaries, password, durability, log } = input;
  const marks = ['-D', place.data];
  return {
    name: 'postgres',
    home: place.home,
    logFile: join(place.home, 'postgres.log'),
    portNames: ['sql'],
    command: (ports) => ({
      file: binaries.postgres,
      args: postgresArguments(place.data, portOf(ports), durability),
      cwd: place.data,
      env: POSTGRES_ENV,
      ...(place.runAs ? { runAs: place.runAs } : {}),
    }),
    probe: (ports) => probePostgres(portOf(ports), password, place.data),
    findStray: () => findByArguments(marks),
    clearRemains: () => unblockPidFile(join(place.data, 'postmaster.pid'), marks),
    stop: {
      // SIGINT: fast; SIGQUIT: immediate. SIGKILL leaves sessions behind, so it comes last.
      fast: [
        { signal: 'SIGINT', waitMs: 60_000 },
        { signal: 'SIGQUIT', waitMs: 10_000 },
        { signal: 'SIGKILL', waitMs: 5_000 },
      ],
      immediate: [
        { signal: 'SIGQUIT', waitMs: 10_000 },
        { signal: 'SIGKILL', waitMs: 5_000 },
      ],
    },
    readyWithinMs: 120_000,
    log,
  };
}

/** The port that PostgreSQL listens on. */
export function portOf(ports: Ports): number {
  const port = ports.sql;
  if (port === undefined) throw new Error('no port was chosen for PostgreSQL');
  return port;
}

/**
 * PostgreSQL refuses to start while the pid in its pid file is alive, even if that pid is another
 * program's by now. The pid is replaced; the rest stays, because by it PostgreSQL notices sessions
 * that outlived their postmaster, which two servers on one cluster must never have.
 */
function unblockPidFile(path: string, marks: readonly string[]): void {
  const text = readIfThere(path);
  if (text === null) return;
  const [first = '', ...rest] = text.split('\n');
  const pid = Number(first);
  if (processMark(pid) === null || hasArguments(pid, marks)) return;
  writeFileSync(path, [String(NOBODY), ...rest].join('\n'));
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
