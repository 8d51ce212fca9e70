import { resolve } from 'node:path';
import type { Environment } from './environment.ts';

/** What the `handback` command reads from the environment besides the configuration. */
export interface CliEnvironment {
  /** Where the API answers, without a trailing slash; absent: that of the data directory, else the default. */
  readonly url?: string;
  readonly token?: string;
  /** Absolute path of the data directory. */
  readonly dataDir: string;
  /** https://no-color.org: any value but the empty one. */
  readonly noColour: boolean;
  /** The file that a process touches for as long as it is well. */
  readonly healthFile?: string;
}

export function cliEnvironment(env: Environment): CliEnvironment {
  const url = env['HANDBACK_URL']?.replace(/\/+$/u, '');
  const token = env['HANDBACK_TOKEN'];
  const healthFile = env['HANDBACK_HEALTH_FILE'];
  return {
    ...(url ? { url } : {}),
    ...(token ? { token } : {}),
    dataDir: dataDirOf(env),
    noColour: (env['NO_COLOR'] ?? '') !== '',
    ...(healthFile ? { healthFile } : {}),
  };
}

/** The data directory of an embedded installation, absolute. */
export function dataDirOf(env: Environment): string {
  return resolve(env['HANDBACK_DATA'] || '.handback');
}
