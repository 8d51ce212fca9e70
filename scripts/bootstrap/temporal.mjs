/**
 * The Temporal CLI, whose `server start-dev` is the embedded server: from the PATH, the cache, the
 * official download or, where that is out of reach, built from source.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run, tail } from './child.mjs';
import { cachedTemporalCli, knownTemporalClis } from './known-servers.mjs';
import { officialDownload } from './official-download.mjs';
import { BootstrapError, say } from './say.mjs';
import { installOnce } from './staging.mjs';

/** Server 1.29.1. Newer tags of the CLI carry a `replace` directive, which `go install` refuses. */
const VERSION = 'v1.5.1';
const GO_LIMIT_MS = 30 * 60_000;

/**
 * @param {{ cache: string, node: string }} where
 * @returns {Promise<string>} path of the executable
 */
export async function ensureTemporalCli({ cache, node }) {
  for (const known of knownTemporalClis()) {
    if (await works(known)) return known;
    if (process.env.HANDBACK_TEMPORAL_CLI) {
      throw new BootstrapError(`HANDBACK_TEMPORAL_CLI names ${known}, which does not start.`, [
        'Point it at a Temporal CLI, or unset it to have one found or fetched.',
      ]);
    }
    say(`${known} does not start; leaving it aside`);
  }
  const destination = cachedTemporalCli(cache);
  rmSync(destination, { force: true });
  await installOnce(
    {
      cache,
      name: 'temporal',
      purpose: 'the Temporal server',
      destination,
      isThere: () => existsSync(destination),
    },
    async (dir) => (await download(dir, node)) ?? (await build(dir)),
  );
  return destination;
}

async function download(dir, node) {
  say(`getting the Temporal server: official download of ${VERSION} (10 s to 2 min)`);
  const doing = 'downloading the Temporal server';
  const result = await officialDownload({ node, artifact: 'cli', version: VERSION, dir, doing });
  if ('file' in result && (await works(result.file))) return result.file;
  say(`the download did not work out: ${result.problem ?? 'the program does not start here'}`);
  return undefined;
}

async function build(dir) {
  say(`building the Temporal server with \`go install\` (4 to 8 min on two cores, once per user)`);
  // With -v it names each package it compiles, so that the progress lines show progress.
  const result = await run(
    'go',
    ['install', '-v', '-ldflags=-s -w', `github.com/temporalio/cli/cmd/temporal@${VERSION}`],
    {
      cwd: dir,
      env: goEnv(dir),
      limitMs: GO_LIMIT_MS,
      doing: 'building the Temporal server (4 to 8 min)',
    },
  );
  const file = join(dir, process.platform === 'win32' ? 'temporal.exe' : 'temporal');
  if (result.ok && (await works(file))) return file;
  const problem = result.notFound
    ? 'There is no Temporal server here: the download is out of reach and Go is not installed.'
    : `The Temporal server could not be built: go ${result.problem || 'made a program that does not start'}.\n${tail(result.output)}`;
  throw new BootstrapError(problem, [
    'Point TEMPORAL_ADDRESS at a Temporal server that runs already (tests need one of their own),',
    'or put the Temporal CLI on the PATH (https://docs.temporal.io/cli),',
    'or install Go 1.24 or newer (https://go.dev/dl), with its module proxy in reach,',
    'or, behind a proxy, set HTTPS_PROXY so that temporal.download can be reached.',
  ]);
}

function goEnv(dir) {
  const env = { ...process.env, GOBIN: dir };
  // Go refuses GOBIN when it is told to build for another platform, and we want this one.
  delete env.GOOS;
  delete env.GOARCH;
  // Without a home directory Go knows no place for its caches.
  if (!env.HOME && !env.GOPATH && process.platform !== 'win32') {
    env.GOPATH = join(dir, 'go');
    env.GOCACHE = join(dir, 'go-build');
    env.GOFLAGS = `${env.GOFLAGS ?? ''} -modcacherw`.trim();
  }
  return env;
}

async function works(command) {
  const result = await run(command, ['--version'], { limitMs: 30_000 });
  return result.ok;
}
