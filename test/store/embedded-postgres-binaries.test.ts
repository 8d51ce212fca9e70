import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  installedPackage,
  postgresBinaries,
  type InstalledPackage,
} from '../../src/store/embedded/postgres-binaries.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'handback-binaries-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** The package as npm leaves it when it may not run install scripts: without library links. */
function withoutInstallScript(): InstalledPackage {
  const installed = installedPackage();
  const native = join(directory, 'package', 'native');
  cpSync(installed.native, native, { recursive: true, verbatimSymlinks: true });
  for (const { target } of installed.links) rmSync(join(dirname(native), target), { force: true });
  return { ...installed, native };
}

test('programs whose install script was blocked run from a copy, and the package stays as it is', async () => {
  const installed = withoutInstallScript();
  expect(() =>
    execFileSync(join(installed.native, 'bin', 'postgres'), ['--version'], { stdio: 'pipe' }),
  ).toThrow();
  const binaries = await postgresBinaries(join(directory, 'staged'), false, installed);
  expect(binaries.postgres.startsWith(join(directory, 'staged'))).toBe(true);
  expect(execFileSync(binaries.postgres, ['--version'], { encoding: 'utf8' })).toContain('PostgreSQL) 18.');
  expect(execFileSync(binaries.initdb, ['--version'], { encoding: 'utf8' })).toContain('PostgreSQL) 18.');
  expect(existsSync(join(dirname(installed.native), installed.links[0]?.target ?? ''))).toBe(false);
});

test('a copy of a clone that is closed to others is open to them', async () => {
  const installed = installedPackage();
  const native = join(directory, 'package', 'native');
  cpSync(installed.native, native, { recursive: true, verbatimSymlinks: true });
  chmodSync(join(native, 'bin'), 0o700);
  chmodSync(join(native, 'bin', 'postgres'), 0o700);
  const binaries = await postgresBinaries(join(directory, 'staged'), true, { ...installed, native });
  expect(statSync(dirname(binaries.postgres)).mode & 0o777).toBe(0o755);
  expect(statSync(binaries.postgres).mode & 0o777).toBe(0o755);
});
