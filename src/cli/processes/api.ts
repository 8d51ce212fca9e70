import { runApi } from '../../api/main.ts';
import { PayloadCodec } from '../../worker/payload-codec.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { databaseUrlOf, payloadKeysOf, readInstalledConfig } from '../local/configuration.ts';
import { readKeyRing } from '../local/key-source.ts';
import { personVaultOf } from '../local/person-keys.ts';
import { collectEarlier } from './bounded-heap.ts';
import { describe } from './description.ts';
import { serve } from './serve.ts';
import type { Service } from './serve.ts';

export interface ApiOptions extends GlobalOptions {
  /** Origin of the Temporal UI that may have payloads decoded from a browser. */
  readonly temporalUi?: string;
}

/** `handback api`: takes webhooks and serves the REST interface until it is told to stop. */
export function apiProcess(options: ApiOptions, io: Io): Promise<number> {
  return serve('api', () => start(options, io), io);
}

async function start(options: ApiOptions, io: Io): Promise<Service> {
  collectEarlier();
  const config = await readInstalledConfig(options, io);
  const keys = readKeyRing(config, io.now());
  const { url, stop } = await runApi(config, {
    databaseUrl: databaseUrlOf(config),
    keys,
    vault: personVaultOf(config),
    description: describe(config, keys),
    codec: new PayloadCodec(payloadKeysOf(config)),
    ...(options.temporalUi === undefined ? {} : { codecOrigin: new URL(options.temporalUi).origin }),
  });
  // A listener that was opened stays open; its faults are answers.
  return { url, stop, failed: new Promise<Error>(() => {}) };
}
