/** Every disposal vendor's adapter by its kind in the configuration. */
import { adapter } from '../registry.ts';
import type { AdapterEntry } from '../registry.ts';
import {
  createGeneric,
  createGenericHookVerifier,
  GenericSettings,
  readGenericHook,
} from './generic/index.ts';
import type { DispositionVendor } from './port.ts';

export const DISPOSITION_VENDORS = {
  generic: adapter({
    settings: GenericSettings,
    create: createGeneric,
    hooks: { verifier: createGenericHookVerifier, reader: readGenericHook },
  }),
} satisfies Readonly<Record<string, AdapterEntry<DispositionVendor>>>;
