import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { configurationDocument } from '../../../scripts/generate/configuration-reference.ts';
import { guardDocument } from '../../../scripts/generate/guard-reference.ts';
import { documentUrl, rendered } from '../../../scripts/generate/lib/generated-part.ts';
import { POLICY_MEANINGS } from '../../../scripts/generate/lib/policy-meanings.ts';
import { settingRows } from '../../../scripts/generate/lib/setting-rows.ts';
import { policyDocument } from '../../../scripts/generate/policy-reference.ts';
import { PolicySchema } from '../../../src/config/policy-schema.ts';

describe('generated parts of docs', () => {
  it.each([
    ['policy', policyDocument],
    ['configuration', configurationDocument],
    ['guard', guardDocument],
  ])('say what the code says (%s); otherwise run npm run generate', async (_name, make) => {
    const document = await make();
    expect(await readFile(documentUrl(document), 'utf8')).toBe(await rendered(document));
  });

  it('explain no key of the policy that is gone', () => {
    const keys = new Set(settingRows(PolicySchema).map(({ path }) => path));
    expect(Object.keys(POLICY_MEANINGS).filter((key) => !keys.has(key))).toEqual([]);
  });
});
