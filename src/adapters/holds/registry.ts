/** Every hold source adapter by its kind in the configuration. */
import { adapter } from '../registry.ts';
import type { AdapterEntry } from '../registry.ts';
import type { HoldSource } from './port.ts';
import { createPurview, PurviewSettings } from './purview/index.ts';

export const HOLD_SOURCES = {
  purview: adapter({ settings: PurviewSettings, create: createPurview }),
} satisfies Readonly<Record<string, AdapterEntry<HoldSource>>>;
