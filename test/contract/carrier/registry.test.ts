import { CARRIERS } from '../../../src/adapters/carrier/registry.ts';
import { itNamesEveryFolder } from '../support/registry.ts';

itNamesEveryFolder('carrier', CARRIERS);
