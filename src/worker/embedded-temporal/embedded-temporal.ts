/**
 * The engine's own Temporal server (the CLI's development server), a supervised child. Used when
 * no address of a Temporal server is given.
 *
 * @module
 */
import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Ports } from '../../store/embedded/supervision/kept-ports.ts';
import { takeOwnerLock } from '../../store/embedded/supervision/owner-lock.ts';
import { findByArguments } from '../../store/embedded/supervision/process-table.ts';
import {
  superviseServer,
  type EmbeddedLog,
  type ServerExit,
  type ServerSpec,
  type StopMode,
} from '../../store/embedded/supervision/supervise-server.ts';
import { probeTemporal } from './probe-temporal.ts';
import {
  databaseArgument,
  temporalArguments,
  type SearchAttributeType,
  type TemporalServerSettings,
} from './temporal-arguments.ts';

/** What `startEmbeddedTemporal` needs. */
export interface EmbeddedTemporalOptions {
  /** The engine's data directory; Temporal's part is its sub-directory `temporal`. */
  readonly dataDir: string;
  /** The `temporal` program; see `findTemporalCli`. */
  readonly cliPath: string;
  readonly log: EmbeddedLog;
  /** Created when absent. Default `default`. */
  readonly namespace?: string;
  /** True (the default) keeps the state in a file, so that it survives a restart. */
  readonly dbFile?: boolean;
  /** Default false: no web UI. */
  readonly ui?: boolean;
  /** The URL of a codec endpoint for the web UI. */
  readonly uiCodecEndpoint?: string;
  /** Custom search attributes to register. */
  readonly searchAttributes?: Readonly<Record<string, SearchAttributeType>>;
}

/** A Temporal server that takes requests for its namespace. */
export interface EmbeddedTemporal {
  /** host:port, the same over restarts while the port is free. */
  readonly address: string;
  readonly namespace: string;
  /** The web UI's URL, if it was asked for. */
  readonly uiAddress?: string;
  readonly pid: number;
  /** True when it was found running, left by an owner that was killed. */
  readonly adopted: boolean;
  /** Resolves when it is gone, asked for or not; the directory may then be started again. */
  readonly exited: Promise<ServerExit>;
  /** Waits for the end; repeatable. `immediate` is a SIGKILL. */
  stop(mode?: StopMode): Promise<void>;
}

/**
 * Starts the Temporal server of a data directory, or adopts it where a killed owner left it
 * running, and waits until it is ready.
 *
 * @throws EmbeddedServerError `owned` when a live process has it; see the codes for the rest.
 */
export async function startEmbeddedTemporal(options: EmbeddedTemporalOptions): Promise<EmbeddedTemporal> {
  const home = homeOf(options.dataDir);
  const { namespace = 'default', ui = false } = options;
  const settings = {
    namespace,
    ui,
    databaseFile: (options.dbFile ?? true) ? join(home, 'temporal.db') : null,
    searchAttributes: options.searchAttributes ?? {},
    ...(options.uiCodecEndpoint ? { uiCodecEndpoint: options.uiCodecEndpoint } : {}),
  } satisfies TemporalServerSettings;
  const lock = takeOwnerLock(home, 'temporal');
  const server = await superviseServer(specOf(home, options, settings), () => lock.release());
  const { pid, adopted, exited, stop } = server;
  const address = addressOf(server.ports);
  const uiPart = ui ? { uiAddress: `http://127.0.0.1:${server.ports.ui}` } : {};
  return { address, namespace, ...uiPart, pid, adopted, exited, stop };
}

function specOf(
  home: string,
  options: EmbeddedTemporalOptions,
  settings: TemporalServerSettings,
): ServerSpec {
  const { databaseFile } = settings;
  return {
    name: 'temporal',
    home,
    logFile: join(home, 'temporal.log'),
    portNames: settings.ui ? ['grpc', 'ui'] : ['grpc'],
    command: (ports) => ({
      file: options.cliPath,
      args: temporalArguments(settings, ports),
      cwd: home,
      // Go programs want to know a home; the user's own settings are none of the server's business.
      env: { PATH: '/usr/bin:/bin', HOME: home, TZ: 'UTC' },
    }),
    probe: (ports) => probeTemporal(addressOf(ports), settings.namespace),
    findStray: () =>
      databaseFile === null ? null : findByArguments(['start-dev', databaseArgument(databaseFile)]),
    clearRemains: () => {
      // SQLite recovers its own log, and the file locks of a dead process are gone with it.
    },
    stop: {
      fast: [
        { signal: 'SIGTERM', waitMs: 20_000 },
        { signal: 'SIGKILL', waitMs: 5_000 },
      ],
      immediate: [{ signal: 'SIGKILL', waitMs: 5_000 }],
    },
    readyWithinMs: 60_000,
    log: options.log,
  };
}

function homeOf(dataDir: string): string {
  const home = join(dataDir, 'temporal');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  return realpathSync(home);
}

function addressOf(ports: Ports): string {
  return `127.0.0.1:${ports.grpc}`;
}
