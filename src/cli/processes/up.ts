/** `handback up`: a whole installation on one machine. */
import { readConfig } from '../local/configuration.ts';
import {
  forgetPlaces,
  prepareInstallation,
  tokenFile,
  withInstallation,
  writePlaces,
} from '../local/installation.ts';
import { makeMissingKeys, readKeyRing } from '../local/key-source.ts';
import { migrateWithin, sealWithin } from '../local/migrate.ts';
import { makeMissingPersonKeys, personVaultOf } from '../local/person-keys.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { endRemembered } from './up/remembered.ts';
import { startServers } from './up/servers.ts';
import type { Servers } from './up/servers.ts';
import { startProcesses } from './up/processes.ts';
import { takeInstallation } from './up/take-installation.ts';
import { watchSignals } from './up/signals.ts';

export interface UpOptions extends GlobalOptions {
  /** Starts Temporal's web UI too. */
  readonly temporalUi?: boolean;
}

/** For a configured database that starts at the same time as we do. */
const DATABASE_WAIT_MS = 30_000;

/**
 * Starts PostgreSQL and Temporal (unless they are configured), brings the schema up to date, runs the api and the worker,
 * and keeps all of them running until a signal asks for the end.
 *
 * @returns 0 when everything was drained.
 * @throws CliError when another `up` has the data directory, or something does not start.
 */
export async function up(options: UpOptions, io: Io): Promise<number> {
  const say = (line: string): void => io.err(`handback: ${line}\n`);
  const signals = watchSignals(say);
  const config = await readConfig(options, io);
  const { dataDir } = config;

  await using stack = new AsyncDisposableStack();
  stack.use(takeInstallation(dataDir));
  prepareInstallation(dataDir);
  makeMissingKeys(config, io.now(), say);
  // What others can read is no secret any more: nothing is started with it.
  readKeyRing(config, io.now());
  makeMissingPersonKeys(config, io.now(), say);
  const vault = personVaultOf(config);
  await endRemembered(dataDir, say);
  say('starting; the first start takes some seconds longer');

  const servers = await startServers(config, { temporalUi: options.temporalUi ?? false, say, env: io.env });
  stack.use(servers);
  stack.defer(() => forgetPlaces(dataDir));
  await migrateWithin(servers.databaseUrl(), DATABASE_WAIT_MS);
  await sealWithin(servers.databaseUrl(), vault);
  writePlaces(dataDir, placesOf(servers));
  if (signals.asked()) return 0;

  const onApi = (apiUrl: string): void => writePlaces(dataDir, { ...placesOf(servers), apiUrl });
  const configured = withInstallation(config);
  const processes = startProcesses({ config: configured, options, servers, onApi, say, env: io.env });
  signals.onSecond(() => processes.kill());
  stack.use(processes);
  servers.onMove(() => {
    writePlaces(dataDir, placesOf(servers));
    processes.restart();
  });

  const apiUrl = await Promise.race([processes.ready, signals.first]);
  if (apiUrl === null) return 0;
  announce({ apiUrl, servers, dataDir }, options, io);
  await signals.first;
  say('stopping: what is under way is finished first (again to end at once)');
  return 0;
}

function placesOf(servers: Servers): { databaseUrl: string; temporalAddress: string } {
  return { databaseUrl: servers.databaseUrl(), temporalAddress: servers.temporalAddress() };
}

interface Running {
  readonly apiUrl: string;
  readonly servers: Servers;
  readonly dataDir: string;
}

function announce({ apiUrl, servers, dataDir }: Running, options: UpOptions, io: Io): void {
  const ready = {
    url: apiUrl,
    temporalAddress: servers.temporalAddress(),
    temporalUi: servers.temporalUi(),
    tokenFile: tokenFile(dataDir),
    dataDir,
    pid: process.pid,
  };
  if (options.json === true) return io.out(`${JSON.stringify(ready)}\n`);
  const ui = ready.temporalUi === null ? '' : `, its UI ${ready.temporalUi}`;
  io.out(
    `Handback is ready: ${ready.url} · Temporal ${ready.temporalAddress}${ui} · administrator's token in ${ready.tokenFile}\n`,
  );
}
