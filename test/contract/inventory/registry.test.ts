import { INVENTORIES } from '../../../src/adapters/inventory/registry.ts';
import { itNamesEveryFolder } from '../support/registry.ts';

itNamesEveryFolder('inventory', INVENTORIES);
