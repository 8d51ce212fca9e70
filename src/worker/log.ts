import { pino } from 'pino';
import type { Logger as SdkLogger, LogLevel } from '@temporalio/worker';
import type { Log } from '../activities/context.ts';

/** JSON lines on stderr: ids, codes and counts. `sdk` takes what the Temporal SDK says, without its attributes' texts. */
export function createLog(level: string, process: string): Log & { readonly sdk: SdkLogger } {
  const logger = pino({ level, base: { process } }, pino.destination({ dest: 2, sync: false }));
  const say = (severity: 'debug' | 'info' | 'warn' | 'error', message: string) =>
    logger[severity]({ from: 'temporal-sdk' }, message);
  const sdk: SdkLogger = {
    log: (severity: LogLevel, message) =>
      say(severity === 'ERROR' ? 'error' : severity === 'WARN' ? 'warn' : 'debug', message),
    trace: (message) => say('debug', message),
    debug: (message) => say('debug', message),
    info: (message) => say('debug', message),
    warn: (message) => say('warn', message),
    error: (message) => say('error', message),
  };
  return {
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    sdk,
  };
}
