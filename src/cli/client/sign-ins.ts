/** Sign-ins by API: a token of one is never sent to another. Readable by their owner only. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { CliError, reasonOf } from '../errors.ts';

const SignIn = z.object({
  kind: z.enum(['person', 'program']),
  issuer: z.string(),
  clientId: z.string(),
  /** What the issuer was asked for, to ask for the same again. */
  parameters: z.record(z.string(), z.string()),
  accessToken: z.string(),
  expiresAt: z.iso.datetime(),
  refreshToken: z.string().optional(),
});
export type SignIn = z.infer<typeof SignIn>;

const SignIns = z.record(z.string(), SignIn);

export interface SignInFile {
  read(apiUrl: string): Promise<SignIn | null>;
  /**
   * Changes the sign-in at one API. Other processes wait meanwhile: a refresh token counts once.
   *
   * @param change Gets what is there now; `null` deletes. When it fails, everything stays as it was.
   */
  change<T extends SignIn | null>(apiUrl: string, change: (before: SignIn | null) => Promise<T>): Promise<T>;
}

const WAIT_MS = 30_000;
const POLL_MS = 100;
/** Whoever holds a lock for longer has ended without giving it back. */
const STALE_MS = 60_000;

/** @param userDir Made when something is kept. */
export function signInFile(userDir: string): SignInFile {
  const path = join(userDir, 'sign-ins.json');

  async function all(): Promise<z.infer<typeof SignIns>> {
    const text = await readFile(path, 'utf8').catch(noneOnly);
    if (text === null) return {};
    try {
      return SignIns.parse(JSON.parse(text));
    } catch (error) {
      throw new CliError(`${path} is damaged: delete it and sign in again (handback login)`, {
        cause: error,
      });
    }
  }

  return {
    read: async (apiUrl) => own(await all(), apiUrl),
    async change(apiUrl, change) {
      await mkdir(userDir, { recursive: true, mode: 0o700 });
      const unlock = await lock(`${path}.lock`);
      try {
        const before = await all();
        const after = await change(own(before, apiUrl));
        const { [apiUrl]: _old, ...others } = before;
        await replace(path, after === null ? others : { ...others, [apiUrl]: after });
        return after;
      } finally {
        await unlock();
      }
    },
  };
}

function own(all: z.infer<typeof SignIns>, apiUrl: string): SignIn | null {
  return Object.hasOwn(all, apiUrl) ? (all[apiUrl] ?? null) : null;
}

/** A reader sees the old or the new file, never half of one. */
async function replace(path: string, content: object): Promise<void> {
  const temporary = join(dirname(path), `.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await writeFile(temporary, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new CliError(`${path} cannot be written (${reasonOf(error)})`, { cause: error });
  }
}

async function lock(path: string): Promise<() => Promise<void>> {
  for (let waited = 0; waited <= WAIT_MS; waited += POLL_MS) {
    try {
      await (await open(path, 'wx', 0o600)).close();
      return () => rm(path, { force: true });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    const since = await stat(path).catch(noneOnly);
    if (since !== null && Date.now() - since.mtimeMs > STALE_MS) await rm(path, { force: true });
    await sleep(POLL_MS);
  }
  throw new CliError(`another handback command holds ${path}: try again, or delete it`);
}

/** A file that is not there is none; anything else is told. */
function noneOnly(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null;
  throw error;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null;
}
