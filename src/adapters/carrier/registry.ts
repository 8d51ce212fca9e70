/** Every carrier adapter by its kind in the configuration. */
import { adapter } from '../registry.ts';
import type { AdapterEntry } from '../registry.ts';
import {
  createEasypost,
  createEasypostHookVerifier,
  EasypostSettings,
  readEasypostHook,
} from './easypost/index.ts';
import type { Carrier } from './port.ts';
import { createShippo, createShippoHookVerifier, readShippoHook, ShippoSettings } from './shippo/index.ts';

export const CARRIERS = {
  easypost: adapter({
    settings: EasypostSettings,
    create: createEasypost,
    hooks: { verifier: createEasypostHookVerifier, reader: readEasypostHook },
  }),
  shippo: adapter({
    settings: ShippoSettings,
    create: createShippo,
    hooks: { verifier: createShippoHookVerifier, reader: readShippoHook },
  }),
} satisfies Readonly<Record<string, AdapterEntry<Carrier>>>;
