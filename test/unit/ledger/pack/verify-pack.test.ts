import { describe, expect, test } from 'vitest';
import { verifyPack } from '../../../../src/ledger/pack/verify/verify-pack.ts';
import { NOTHING_GIVEN } from '../../../../src/ledger/pack/verify/given.ts';
import type { Verification } from '../../../../src/ledger/pack/verify/report.ts';
import { CASE, contentOf, holding, newKeys, packOf } from '../../../support/packs/make-pack.ts';
import { playedCase } from '../../../support/packs/played-case.ts';

const keys = newKeys();

function failed({ checks }: Verification): readonly string[] {
  return checks.filter(({ status }) => status === 'failed').map(({ id }) => id);
}

describe('a pack as it was exported', () => {
  test.each([CASE, { kind: 'device', id: 'dev_one' }, { kind: 'pickup', id: 'pick_one' }] as const)(
    'of a $kind is proven under the keys that the auditor holds',
    async (subject) => {
      const files = await packOf(await contentOf(playedCase(), keys, { subject }), keys.pack);
      const verified = verifyPack(files, holding(keys));
      expect(
        verified.checks.flatMap(({ sentences, status }) => (status === 'failed' ? sentences : [])),
      ).toEqual([]);
      expect(verified.verdict).toBe('proven');
    },
  );

  test('is not proven by the keys that come with it', async () => {
    const files = await packOf(await contentOf(playedCase(), keys), keys.pack);
    const verified = verifyPack(files, NOTHING_GIVEN);
    expect(failed(verified)).toEqual([]);
    expect(verified.verdict).toBe('unproven');
  });
});
