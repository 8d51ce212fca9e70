import { CONNECTOR_KINDS } from '../../adapters/connector-kinds.ts';
import { loadConfig } from '../../config/load.ts';
import type { Config } from '../../config/load.ts';
import { CliError } from '../errors.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { readPlaces, withInstallation } from './installation.ts';

/** The configuration file alone, as written. @throws ConfigError with every wrong key. */
export function readConfig(options: GlobalOptions, io: Io): Promise<Config> {
  const file = options.config === undefined ? {} : { file: options.config };
  return loadConfig({ ...file, env: io.env, kinds: CONNECTOR_KINDS });
}

/** The configuration with what the data directory adds, and the addresses of the servers that run there. */
export async function readInstalledConfig(options: GlobalOptions, io: Io): Promise<Config> {
  const config = withInstallation(await readConfig(options, io));
  const places = readPlaces(config.dataDir);
  if (places === null) return config;
  return {
    ...config,
    database: { ...config.database, url: config.database.url ?? places.databaseUrl },
    temporal: { ...config.temporal, address: config.temporal.address ?? places.temporalAddress },
  };
}

/** @throws CliError when no database is configured and none is running in the data directory. */
export function databaseUrlOf(config: Config): string {
  const { url } = config.database;
  if (url !== undefined) return url;
  throw new CliError(
    `no database: set DATABASE_URL, or run \`handback up\`, which starts one of its own under ${config.dataDir}`,
  );
}

/** @throws CliError when no Temporal server is configured and none is running in the data directory. */
export function temporalAddressOf(config: Config): string {
  const { address } = config.temporal;
  if (address !== undefined) return address;
  throw new CliError(
    `no Temporal server: set TEMPORAL_ADDRESS, or run \`handback up\`, which starts one of its own under ${config.dataDir}`,
  );
}

/** Keys of the payload codec, the one in use first. @throws CliError when there is none. */
export function payloadKeysOf(config: Config): readonly { readonly id: string; readonly secret: Buffer }[] {
  if (config.payloadKeys !== undefined) {
    return config.payloadKeys.map(({ id, secret }) => ({ id, secret: Buffer.from(secret, 'base64') }));
  }
  throw new CliError(
    'no payload keys: set payloadKeys in the configuration (a secret is `openssl rand -base64 32`), the same for every api and worker',
  );
}
