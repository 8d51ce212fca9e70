import { DISPOSITION_VENDORS } from '../../../src/adapters/disposition/registry.ts';
import { itNamesEveryFolder } from '../support/registry.ts';

itNamesEveryFolder('disposition', DISPOSITION_VENDORS);
