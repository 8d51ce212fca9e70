import { pino } from 'pino';
import type { Logger } from 'pino';

/** Lines of JSON on standard output: ids, codes and counts. What looks like a secret is struck out all the same. */
export function createLog(level: string): Logger {
  return pino({
    name: 'handback-api',
    level,
    base: null,
    redact: { paths: ['authorization', '*.authorization', 'token.token'], censor: '[redacted]' },
  });
}
