/** Which API a command talks to, and with which token. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { cliEnvironment } from '../../config/cli-environment.ts';
import type { Environment } from '../../config/environment.ts';
import { isLoopback } from '../../config/loopback.ts';
import { CliError, reasonOf } from '../errors.ts';
import type { ApiAccess, Tokens } from './api-client.ts';
import { signInFile } from './sign-ins.ts';
import { signedInTokens } from './signed-in-tokens.ts';

const DEFAULT_URL = 'http://127.0.0.1:4100';

const Places = z.object({ apiUrl: z.string() });

/**
 * HANDBACK_URL and HANDBACK_TOKEN, else whom `handback login` signed in at that very API, else what `handback up` left in
 * the data directory. The token of a data directory goes to that directory's own API, or to one that was named together with
 * it, on this machine; never to a foreign host.
 */
export function apiAccess(env: Environment): ApiAccess {
  const { token, dataDir, userDir } = cliEnvironment(env);
  const url = apiUrl(env);
  if (token !== undefined) return { url, tokens: always(token, 'environment') };
  const installed = always(isLoopback(url) ? textOf(join(dataDir, 'admin-token')) : null, 'installation');
  if (userDir === undefined) return { url, tokens: installed };
  return { url, tokens: signedInTokens(signInFile(userDir), url, env, installed) };
}

/** Where the API is, without a trailing slash. @throws CliError when HANDBACK_URL is no URL. */
export function apiUrl(env: Environment): string {
  const { url: named, dataDir } = cliEnvironment(env);
  const url = named ?? placedUrl(dataDir) ?? DEFAULT_URL;
  if (/^https?:\/\/./u.test(url) && URL.canParse(url)) return url;
  throw new CliError(`HANDBACK_URL is not a URL: it should look like ${DEFAULT_URL}`);
}

/** A token that is as it is. */
function always(token: string | null, from: 'environment' | 'installation'): Tokens {
  return {
    current: async () => (token === null ? null : { token, from }),
    renewed: async () => null,
  };
}

function placedUrl(dataDir: string): string | null {
  const text = textOf(join(dataDir, 'places.json'));
  if (text === null) return null;
  try {
    return Places.safeParse(JSON.parse(text)).data?.apiUrl ?? null;
  } catch {
    return null;
  }
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim() || null;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new CliError(`${file} cannot be read (${reasonOf(error)}): set HANDBACK_TOKEN`, { cause: error });
  }
}
