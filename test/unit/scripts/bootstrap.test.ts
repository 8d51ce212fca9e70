/** The bootstrap: where it keeps things, that two of them take turns, that a killed one leaves no trap. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cacheDir } from '../../../scripts/bootstrap/cache-dir.mjs';
import { withLock } from '../../../scripts/bootstrap/lock.mjs';
import { isFresh } from '../../../scripts/bootstrap/modules.mjs';
import { installOnce } from '../../../scripts/bootstrap/staging.mjs';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'handback-bootstrap-'));
});

afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

describe('the cache directory', () => {
  test.each([
    ['an own choice', { HANDBACK_CACHE: '/data/hb', HOME: '/home/a' }, 'linux', '/data/hb'],
    ['XDG', { XDG_CACHE_HOME: '/xdg', HOME: '/home/a' }, 'linux', '/xdg/handback'],
    [
      'a relative XDG path, which is ignored',
      { XDG_CACHE_HOME: 'xdg', HOME: '/home/a' },
      'linux',
      '/home/a/.cache/handback',
    ],
    ['Linux', { HOME: '/home/a' }, 'linux', '/home/a/.cache/handback'],
    ['macOS', { HOME: '/Users/a' }, 'darwin', '/Users/a/Library/Caches/handback'],
  ] as const)('%s', (_what, env, platform, expected) => {
    expect(cacheDir(env, platform)).toBe(expected);
  });
});

describe('the lock', () => {
  test('lets one work at a time, across processes', async () => {
    const log = join(dir, 'log');
    const workers = [1, 2, 3, 4].map(() => runWorker(log));
    expect(await Promise.all(workers)).toEqual([0, 0, 0, 0]);
    const lines = (await readFile(log, 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(8);
    for (let index = 0; index < lines.length; index += 2) {
      expect(lines[index]?.replace('in', 'out')).toBe(lines[index + 1]);
    }
  });

  test('of a killed holder is taken over', async () => {
    const lock = join(dir, 'lock');
    await writeFile(lock, JSON.stringify({ pid: await endedPid(), host: hostname(), token: 'x' }));
    expect(await withLock(lock, 'a thing', () => Promise.resolve('done'))).toBe('done');
    expect(await readdir(dir)).toEqual([]);
  });

  test('is given back when the work fails', async () => {
    const lock = join(dir, 'lock');
    await expect(withLock(lock, 'a thing', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(lock)).toBe(false);
  });

  function runWorker(log: string): Promise<number | null> {
    const module = fileURLToPath(new URL('../../../scripts/bootstrap/lock.mjs', import.meta.url));
    const program = `
      import { appendFileSync } from 'node:fs';
      import { setTimeout as sleep } from 'node:timers/promises';
      const { withLock } = await import(${JSON.stringify(module)});
      await withLock(${JSON.stringify(join(dir, 'lock'))}, 'a thing', async () => {
        appendFileSync(${JSON.stringify(log)}, 'in ' + process.pid + '\\n');
        await sleep(50);
        appendFileSync(${JSON.stringify(log)}, 'out ' + process.pid + '\\n');
      });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'ignore' });
    return new Promise((resolve) => child.on('exit', resolve));
  }

  async function endedPid(): Promise<number> {
    const child = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' });
    await new Promise((resolve) => child.on('exit', resolve));
    return child.pid ?? 0;
  }
});

describe('an item of the cache', () => {
  const item = () => {
    const destination = join(dir, 'bin', 'thing');
    return {
      cache: dir,
      name: 'thing',
      purpose: 'a thing',
      destination,
      isThere: () => existsSync(destination),
    };
  };

  test('appears whole, and is built once', async () => {
    let built = 0;
    const build = async (staging: string): Promise<string> => {
      built += 1;
      await writeFile(join(staging, 'file'), 'whole');
      expect(existsSync(item().destination)).toBe(false);
      return join(staging, 'file');
    };
    await Promise.all([installOnce(item(), build), installOnce(item(), build)]);
    expect(built).toBe(1);
    expect(await readFile(item().destination, 'utf8')).toBe('whole');
  });

  test('leaves nothing behind when it cannot be built, and what a killed bootstrap left is removed', async () => {
    await mkdir(join(dir, 'tmp', 'thing-left'), { recursive: true });
    await expect(installOnce(item(), () => Promise.reject(new Error('no network')))).rejects.toThrow(
      'no network',
    );
    expect(await readdir(join(dir, 'tmp'))).toEqual([]);
    expect(existsSync(item().destination)).toBe(false);
  });
});

describe('node_modules', () => {
  const packages = {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '2.0.0', dev: true },
  };

  test('is not fresh when it is missing', async () => {
    await writeLockfile(packages);
    expect(isFresh(dir, true)).toBe(false);
  });

  test('is fresh when npm installed what the lockfile says, and stale after the lockfile changed', async () => {
    await writeLockfile(packages);
    await writeInstalled(packages);
    expect(isFresh(dir, true)).toBe(true);
    await writeLockfile({ ...packages, 'node_modules/a': { version: '1.0.1' } });
    expect(isFresh(dir, true)).toBe(false);
  });

  test('may lack optional packages of other platforms, but no development dependency where one is needed', async () => {
    await writeLockfile({ ...packages, 'node_modules/c': { version: '3.0.0', optional: true } });
    await writeInstalled({ 'node_modules/a': { version: '1.0.0' } });
    expect(isFresh(dir, true)).toBe(false);
    expect(isFresh(dir, false)).toBe(true);
  });

  test('of another platform is not fresh, though the lockfile is the same', async () => {
    await writeLockfile(packages);
    await writeInstalled(packages);
    expect(isFresh(dir, true)).toBe(true);
    const stamp = join(dir, 'node_modules', '.handback-stamp');
    await writeFile(stamp, (await readFile(stamp, 'utf8')).replace(process.platform, 'beos'));
    expect(isFresh(dir, true)).toBe(false);
  });

  async function writeLockfile(content: object): Promise<void> {
    await writeFile(join(dir, 'package-lock.json'), JSON.stringify({ packages: content }));
  }

  async function writeInstalled(content: object): Promise<void> {
    await mkdir(join(dir, 'node_modules'), { recursive: true });
    await writeFile(join(dir, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: content }));
  }
});
