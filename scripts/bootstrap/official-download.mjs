/**
 * The download service that Temporal's SDKs use for their local servers: a small JSON document names the
 * archive for this platform and the file in it.
 */
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './child.mjs';

const SERVICE = 'https://temporal.download';
/** Short: without internet access the next way is to be tried soon. */
const ASK_LIMIT_MS = 12_000;
const ARCHIVE_LIMIT_MS = 5 * 60_000;

const PLATFORMS = { linux: 'linux', darwin: 'darwin', win32: 'windows' };
const ARCHITECTURES = { x64: 'amd64', arm64: 'arm64' };

/**
 * @param {{ node: string, artifact: string, version: string, dir: string, doing: string, service?: string }} what
 * @returns {Promise<{ file: string } | { problem: string }>} the executable inside `dir`, or why not
 */
export async function officialDownload({ node, artifact, version, dir, doing, service = SERVICE }) {
  const platform = PLATFORMS[process.platform];
  const arch = ARCHITECTURES[process.arch];
  if (!platform || !arch) return { problem: `there is none for ${process.platform} on ${process.arch}` };

  const query = new URLSearchParams({
    arch,
    platform,
    'sdk-name': 'sdk-typescript',
    'sdk-version': '1.24.0',
  });
  if (artifact === 'cli') query.set('format', platform === 'windows' ? 'zip' : 'tar.gz');
  const answer = join(dir, 'answer.json');
  const asked = await fetchFile(node, `${service}/${artifact}/${version}?${query}`, answer, ASK_LIMIT_MS);
  if (!asked.ok) return { problem: reason(asked) };

  const { archiveUrl, fileToExtract } = readAnswer(answer);
  if (!archiveUrl || !fileToExtract) return { problem: `${service} gave an answer of an unknown shape` };
  const archive = join(dir, 'archive');
  const fetched = await fetchFile(node, archiveUrl, archive, ARCHIVE_LIMIT_MS, doing);
  if (!fetched.ok) return { problem: reason(fetched) };

  // The tar of Windows 10 and of macOS reads zip archives too; on Linux the archives are gzipped tars.
  const unpacked = await run('tar', ['-xf', archive, '-C', dir, fileToExtract], {
    limitMs: ARCHIVE_LIMIT_MS,
  });
  if (!unpacked.ok) return { problem: `tar ${unpacked.problem}: ${unpacked.output}` };
  const file = join(dir, fileToExtract);
  chmodSync(file, 0o755);
  return { file };
}

function fetchFile(node, url, file, limitMs, doing) {
  const script = fileURLToPath(new URL('fetch-file.mjs', import.meta.url));
  // Node 24 honours HTTPS_PROXY and NO_PROXY when asked to.
  const env = { ...process.env, NODE_USE_ENV_PROXY: '1' };
  return run(node, ['--no-warnings', script, url, file], { env, limitMs, ...(doing ? { doing } : {}) });
}

function readAnswer(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

function reason(result) {
  return result.output.split('\n').at(-1) || result.problem;
}
