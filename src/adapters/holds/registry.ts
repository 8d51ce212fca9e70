/** Every hold source adapter by its kind in the configuration. */
import type { AdapterEntry } from '../registry.ts';
import type { HoldSource } from './port.ts';

export const HOLD_SOURCES = {} satisfies Readonly<Record<string, AdapterEntry<HoldSource>>>;
