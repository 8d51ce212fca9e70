import { runApi } from '../../api/main.ts';
import type { GlobalOptions, Io } from '../io.ts';
import {
  databaseUrlOf,
  readInstalledConfig,
  requirePayloadKeys,
  temporalAddressOf,
} from '../local/configuration.ts';
import { serve } from './serve.ts';

/** `handback api`: takes webhooks and serves the REST interface until it is told to stop. */
export function apiProcess(options: GlobalOptions, io: Io): Promise<number> {
  return serve(
    'api',
    async () => {
      const config = await readInstalledConfig(options, io);
      requirePayloadKeys(config);
      return runApi(config, {
        databaseUrl: databaseUrlOf(config),
        temporalAddress: temporalAddressOf(config),
        env: io.env,
      });
    },
    io,
  );
}
