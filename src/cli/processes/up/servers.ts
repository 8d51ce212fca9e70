/** PostgreSQL and Temporal under `up`: its own, or those that the configuration names. */
import { findTemporalCli } from '../../../worker/embedded-temporal/find-temporal-cli.ts';
import { startEmbeddedTemporal } from '../../../worker/embedded-temporal/embedded-temporal.ts';
import type { EmbeddedTemporal } from '../../../worker/embedded-temporal/embedded-temporal.ts';
import { startEmbeddedPostgres } from '../../../store/embedded/postgres.ts';
import type { EmbeddedPostgres } from '../../../store/embedded/postgres.ts';
import type { EmbeddedLog } from '../../../store/embedded/supervision/supervise-server.ts';
import type { Config } from '../../../config/load.ts';
import type { Environment } from '../../../config/environment.ts';
import { CliError } from '../../errors.ts';
import { keepServer } from './keep-server.ts';
import type { KeptServer } from './keep-server.ts';

/** Both servers, ready. Disposing of it stops those that are ours, Temporal first. */
export interface Servers extends AsyncDisposable {
  databaseUrl(): string;
  /** host:port */
  temporalAddress(): string;
  /** `null` when it was not asked for, or the server is not ours. */
  temporalUi(): string | null;
  /** Called when a server had to be started again and has another address than before. */
  onMove(act: () => void): void;
}

export interface ServersOptions {
  readonly temporalUi: boolean;
  readonly env: Environment;
  readonly say: (line: string) => void;
}

/** @throws EmbeddedServerError, CliError when one cannot be started; then neither runs. */
export async function startServers(config: Config, options: ServersOptions): Promise<Servers> {
  const moved: (() => void)[] = [];
  const notify = (): void => moved.forEach((act) => act());
  const starts = await Promise.allSettled([
    keepPostgres(config, options, notify),
    keepTemporal(config, options, notify),
  ]);
  const [postgres, temporal] = starts;
  const failed = starts.find((start) => start.status === 'rejected');
  if (postgres.status === 'rejected' || temporal.status === 'rejected') {
    for (const start of [temporal, postgres]) if (start.status === 'fulfilled') await start.value?.stop();
    throw failed?.reason;
  }
  const [database, server] = [postgres.value, temporal.value];
  return {
    databaseUrl: () => config.database.url ?? database?.current().url ?? '',
    temporalAddress: () => config.temporal.address ?? server?.current().address ?? '',
    temporalUi: () => server?.current().uiAddress ?? null,
    onMove: (act) => void moved.push(act),
    async [Symbol.asyncDispose]() {
      await server?.stop();
      await database?.stop();
    },
  };
}

async function keepPostgres(
  config: Config,
  { say }: ServersOptions,
  notify: () => void,
): Promise<KeptServer<EmbeddedPostgres> | null> {
  if (config.database.url !== undefined) return null;
  let url: string | null = null;
  const start = async (): Promise<EmbeddedPostgres> =>
    startEmbeddedPostgres({ dataDir: config.dataDir, log: logTo(say) });
  const kept = await keepServer({
    name: 'PostgreSQL',
    start,
    say,
    onRestart: (server) => {
      if (server.url !== url) notify();
      url = server.url;
    },
  });
  ({ url } = kept.current());
  return kept;
}

async function keepTemporal(
  config: Config,
  { say, env, temporalUi }: ServersOptions,
  notify: () => void,
): Promise<KeptServer<EmbeddedTemporal> | null> {
  if (config.temporal.address !== undefined) return null;
  const cliPath = findTemporalCli(env);
  if (cliPath === null) {
    throw new CliError(
      'no Temporal server: set TEMPORAL_ADDRESS, install the `temporal` program, or run `npm run bootstrap` in the checkout',
    );
  }
  let address: string | null = null;
  const start = async (): Promise<EmbeddedTemporal> =>
    startEmbeddedTemporal({
      dataDir: config.dataDir,
      cliPath,
      log: logTo(say),
      namespace: config.temporal.namespace,
      ui: temporalUi,
      ...(config.http.port === 0
        ? {}
        : { uiCodecEndpoint: `http://127.0.0.1:${config.http.port}/api/v1/codec` }),
    });
  const kept = await keepServer({
    name: 'Temporal',
    start,
    say,
    onRestart: (server) => {
      if (server.address !== address) notify();
      address = server.address;
    },
  });
  ({ address } = kept.current());
  return kept;
}

/** Ups and downs as they are told here; what goes well needs no line. */
function logTo(say: (line: string) => void): EmbeddedLog {
  return { info: () => {}, warn: (_fields, message) => say(message) };
}
