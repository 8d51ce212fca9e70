import { NOTIFIERS } from '../../../src/adapters/notify/registry.ts';
import { itNamesEveryFolder } from '../support/registry.ts';

itNamesEveryFolder('notify', NOTIFIERS);
