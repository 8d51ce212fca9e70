import { join, resolve } from 'node:path';
import type { Environment } from './environment.ts';

/** What the `handback` command reads from the environment besides the configuration. */
export interface CliEnvironment {
  /** Where the API answers, without a trailing slash; absent: that of the data directory, else the default. */
  readonly url?: string;
  readonly token?: string;
  /** Where sign-ins are kept, absolute; absent where the user has no home. */
  readonly userDir?: string;
  /** A program's own credentials, for `handback login --client`. */
  readonly client?: { readonly id: string; readonly secret: string };
  /** The only issuer that may be signed in with. */
  readonly issuer?: string;
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
  const userDir = userDirOf(env);
  const [id, secret] = [env['HANDBACK_CLIENT_ID'], env['HANDBACK_CLIENT_SECRET']];
  const issuer = env['HANDBACK_ISSUER'];
  const healthFile = env['HANDBACK_HEALTH_FILE'];
  return {
    ...(url ? { url } : {}),
    ...(token ? { token } : {}),
    ...(userDir === null ? {} : { userDir }),
    ...(id && secret ? { client: { id, secret } } : {}),
    ...(issuer ? { issuer } : {}),
    dataDir: dataDirOf(env),
    noColour: (env['NO_COLOR'] ?? '') !== '',
    ...(healthFile ? { healthFile } : {}),
  };
}

/** The data directory of an embedded installation, absolute. */
export function dataDirOf(env: Environment): string {
  return resolve(env['HANDBACK_DATA'] || '.handback');
}

/** The user's own directory for settings: XDG's, or that of Windows. */
function userDirOf(env: Environment): string | null {
  const [xdg, home, windows] = [env['XDG_CONFIG_HOME'], env['HOME'], env['APPDATA']];
  const parent = xdg || (home ? join(home, '.config') : windows);
  return parent ? resolve(parent, 'handback') : null;
}
