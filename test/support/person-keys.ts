/** Keys of personal data, the same in every test: engines, processes and tests open one another's rows. */
import { personVault } from '../../src/store/personal/key-file.ts';
import type { PersonVault } from '../../src/store/personal/vault.ts';

export const TEST_PERSON_KEYS = {
  wrapping: [{ id: 'test', secret: Buffer.alloc(32, 8).toString('base64') }],
  index: Buffer.alloc(32, 9).toString('base64'),
};

/** Opens what tests write. */
export const testVault: PersonVault = personVault(TEST_PERSON_KEYS);
