import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { PayloadCodec } from './payload-codec.ts';
import type { PayloadKey } from './payload-codec.ts';

export const failureConverterPath = fileURLToPath(new URL('./failure-converter.ts', import.meta.url));

/** The one converter of client, worker and replay. */
export function createDataConverter(keys: readonly PayloadKey[]): DataConverter {
  return {
    payloadCodecs: [new PayloadCodec(keys)],
    failureConverterPath,
  };
}
