/** What a vendor says after the end of a case: packs of before and after are proven, and claim the same. */
import { expect, test } from 'vitest';
import type { Reported } from '../../../../src/domain/disposal-end.ts';
import { verifyPack } from '../../../../src/ledger/pack/verify/verify-pack.ts';
import { contentOf, holding, newKeys, packOf } from '../../../support/packs/make-pack.ts';
import { CERTIFICATE_DIGEST, DEVICE_STREAM, playedCase } from '../../../support/packs/played-case.ts';
import { textOf } from '../../../support/packs/report-text.ts';

const keys = newKeys();

async function packsAround(said: Reported) {
  const ledger = playedCase();
  const size = ledger.leaves.length;
  const at = '2026-12-01T10:00:00.000Z';
  const of = { epoch: 1, pickupId: 'pick_one', processedAt: at, documentDigest: CERTIFICATE_DIGEST };
  ledger.add(DEVICE_STREAM, 'disposition.reported-late', { ...of, ...said }, at);
  const verified = async (upTo?: number) => {
    const pack = await packOf(
      await contentOf(ledger, keys, upTo === undefined ? {} : { size: upTo }),
      keys.pack,
    );
    const { verdict, manifest } = verifyPack(pack, holding(keys));
    return { verdict, claim: manifest?.claim, text: textOf(pack).replaceAll(/\s+/gu, ' ') };
  };
  return { before: await verified(size), after: await verified() };
}

test('are proven both, and the later report shows what was said', async () => {
  const { before, after } = await packsAround({ outcome: 'sanitised', downstream: 'exported' });
  expect([before.verdict, after.verdict]).toEqual(['proven', 'proven']);
  expect(after.claim).toEqual(before.claim);
  expect(before.text).not.toContain('What became of it, by the vendor');
  for (const shown of ['What became of it, by the vendor', 'sanitised, exported', 'after the closure'])
    expect(after.text).toContain(shown);
  expect(after.text).not.toContain('contradict a closure');
});

test('say it on the first page when it contradicts the closure', async () => {
  const { after } = await packsAround({ outcome: 'not-processed', downstream: 'unknown' });
  expect(after.verdict).toBe('proven');
  expect(after.text).toContain('Reports of the vendor that contradict a closure: 1');
});
