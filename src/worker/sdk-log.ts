import { makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { createLog } from './log.ts';

/**
 * Sends what the Temporal SDK and its native core say through our log, without the attributes that may quote a payload. Once
 * per process, before anything of the SDK is used.
 */
export function installSdkLog(level: string): void {
  Runtime.install({
    logger: createLog(level, 'worker').sdk,
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }), forward: {} },
    },
  });
}
