/** Vendors' redacted answers in packs: they travel, are checked like every document, and stand in the report by their digest. */
import { expect, test } from 'vitest';
import { canonicalText, sha256Hex } from '../../../../src/ledger/canonical.ts';
import type { PackContent } from '../../../../src/ledger/pack/build.ts';
import type { PackFiles } from '../../../../src/ledger/pack/layout.ts';
import { verifyPack } from '../../../../src/ledger/pack/verify/verify-pack.ts';
import { contentOf, holding, newKeys, packOf } from '../../../support/packs/make-pack.ts';
import { playedCase } from '../../../support/packs/played-case.ts';
import { textOf } from '../../../support/packs/report-text.ts';

const ANSWER = Buffer.from(
  canonicalText({ id: 'mdm-1', deviceActionResults: [{ actionName: 'wipe', actionState: 'done' }] }),
);
const DIGEST = sha256Hex(ANSWER);
const keys = newKeys();

async function contentWithAnswer(): Promise<PackContent> {
  const content = await contentOf(playedCase({ answerDigest: DIGEST }), keys);
  const answer = { digest: DIGEST, contentType: 'application/json', load: async () => ANSWER };
  return { ...content, documents: [...content.documents, answer] };
}

test('an answer travels with its fact, verifies, and stands in the report beside its digest', async () => {
  const content = await contentWithAnswer();
  const pack = await packOf(content, keys.pack);
  expect(Buffer.from(pack.get(`documents/${DIGEST}.json`) ?? []).equals(ANSWER)).toBe(true);
  expect(verifyPack(pack, holding(keys)).verdict).toBe('proven');
  const text = textOf(pack);
  expect(text).toContain('deviceActionResults[0].actionState: done');
  expect(text.replaceAll('\n', '')).toContain(DIGEST);
  const again = await packOf(await contentWithAnswer(), keys.pack);
  expect(Buffer.from(again.get('report.pdf') ?? []).equals(Buffer.from(pack.get('report.pdf') ?? []))).toBe(
    true,
  );
});

test('a pack in which it is another, or is missing, is found out', async () => {
  const pack = await packOf(await contentWithAnswer(), keys.pack);
  const changed = new Map(pack).set(`documents/${DIGEST}.json`, Buffer.from('{"id":"mdm-2"}'));
  const failed = (files: PackFiles) =>
    verifyPack(files, holding(keys)).checks.flatMap(({ id, status }) => (status === 'failed' ? [id] : []));
  expect(failed(changed)).toContain('documents');
  const without = await contentOf(playedCase({ answerDigest: DIGEST }), keys);
  expect(failed(await packOf(without, keys.pack))).toEqual(['documents']);
});

test('the report says of an answer that was not kept that it was not', async () => {
  const content = await contentOf(playedCase({ answerDigest: DIGEST }), keys);
  const pack = await packOf({ ...content, absent: [{ digest: DIGEST, reason: 'erased' }] }, keys.pack);
  expect(textOf(pack)).toContain('not kept');
});
