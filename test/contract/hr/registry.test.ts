import { HR_SYSTEMS } from '../../../src/adapters/hr/registry.ts';
import { itNamesEveryFolder } from '../support/registry.ts';

itNamesEveryFolder('hr', HR_SYSTEMS);
