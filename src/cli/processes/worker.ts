import { runWorker } from '../../worker/main.ts';
import { installSdkLog } from '../../worker/sdk-log.ts';
import type { GlobalOptions, Io } from '../io.ts';
import {
  databaseUrlOf,
  readInstalledConfig,
  payloadKeysOf,
  temporalAddressOf,
} from '../local/configuration.ts';
import { readKeyRing } from '../local/key-source.ts';
import { personVaultOf } from '../local/person-keys.ts';
import { describe } from './description.ts';
import { serve } from './serve.ts';

/** `handback worker`: runs workflows, activities, relays and sweeps until it is told to stop. */
export function workerProcess(options: GlobalOptions, io: Io): Promise<number> {
  return serve(
    'worker',
    async () => {
      const config = await readInstalledConfig(options, io);
      // The worker takes them from the configuration; without any it could read nothing.
      payloadKeysOf(config);
      installSdkLog(config.log.level);
      const keys = readKeyRing(config, io.now());
      return runWorker(config, {
        databaseUrl: databaseUrlOf(config),
        temporalAddress: temporalAddressOf(config),
        env: io.env,
        keys,
        vault: personVaultOf(config),
        description: describe(config, keys),
      });
    },
    io,
  );
}
