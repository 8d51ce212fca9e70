/** Which API a command talks to, and with which token. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { cliEnvironment } from '../../config/cli-environment.ts';
import type { Environment } from '../../config/environment.ts';
import { CliError, reasonOf } from '../errors.ts';
import type { ApiAccess } from './api-client.ts';

const DEFAULT_URL = 'http://127.0.0.1:4100';

const Places = z.object({ apiUrl: z.string() });

/**
 * HANDBACK_URL and HANDBACK_TOKEN, else what `handback up` left in the data directory. The token of a data directory goes
 * to that directory's own API, or to one that was named together with it, on this machine; never to a foreign host.
 */
export function apiAccess(env: Environment): ApiAccess {
  const { url: named, token, dataDir } = cliEnvironment(env);
  const url = named ?? placedUrl(dataDir) ?? DEFAULT_URL;
  if (!/^https?:\/\/./u.test(url)) {
    throw new CliError(`HANDBACK_URL is not a URL: it should look like ${DEFAULT_URL}`);
  }
  return { url, token: token ?? (isLocal(url) ? textOf(join(dataDir, 'admin-token')) : null) };
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

function isLocal(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim() || null;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new CliError(`${file} cannot be read (${reasonOf(error)}): set HANDBACK_TOKEN`, { cause: error });
  }
}
