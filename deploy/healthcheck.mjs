/**
 * Whether the process of a container is well: exit code 0 or 1. The worker listens to nothing; it touches
 * HANDBACK_HEALTH_FILE every few seconds for as long as its event loop turns. Others answer HANDBACK_HEALTH_URL.
 */
import { stat } from 'node:fs/promises';

const STALE_MS = 30_000;
const TIME_LIMIT_MS = 4_000;

const { HANDBACK_HEALTH_FILE: file, HANDBACK_HTTP_PORT: port = '4100' } = process.env;
const { HANDBACK_HEALTH_URL: url = `http://127.0.0.1:${port}/readyz` } = process.env;

async function problem() {
  if (file) {
    const { mtimeMs } = await stat(file);
    return Date.now() - mtimeMs > STALE_MS ? `${file} was not touched for ${STALE_MS} ms` : null;
  }
  const response = await fetch(url, { signal: AbortSignal.timeout(TIME_LIMIT_MS) });
  return response.ok ? null : `${url} answers ${response.status}: ${await response.text()}`;
}

const found = await problem().catch((error) => String(error.cause ?? error));
if (found !== null) {
  process.stderr.write(`${found}\n`);
  process.exitCode = 1;
}
