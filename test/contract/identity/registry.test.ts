import { IDENTITY_PROVIDERS } from '../../../src/adapters/identity/registry.ts';
import { itNamesEveryFolder } from '../support/registry.ts';

itNamesEveryFolder('identity', IDENTITY_PROVIDERS);
