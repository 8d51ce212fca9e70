/** Every device manager adapter by its kind in the configuration. */
import { adapter } from '../registry.ts';
import type { AdapterEntry } from '../registry.ts';
import { createIntune, IntuneSettings } from './intune/index.ts';
import type { DeviceManager } from './port.ts';

export const DEVICE_MANAGERS = {
  intune: adapter({ settings: IntuneSettings, create: createIntune }),
} satisfies Readonly<Record<string, AdapterEntry<DeviceManager>>>;
