import { HOLD_SOURCES } from '../../../src/adapters/holds/registry.ts';
import { itNamesEveryFolder } from '../support/registry.ts';

itNamesEveryFolder('holds', HOLD_SOURCES);
