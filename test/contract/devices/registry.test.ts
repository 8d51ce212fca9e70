import { DEVICE_MANAGERS } from '../../../src/adapters/devices/registry.ts';
import { itNamesEveryFolder } from '../support/registry.ts';

itNamesEveryFolder('devices', DEVICE_MANAGERS);
