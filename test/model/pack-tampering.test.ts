/** Whatever is done to a pack is found, and by the check whose matter it is. Seeded: HANDBACK_TEST_LONG=1 tries ten times as much. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { PackFiles } from '../../src/ledger/pack/layout.ts';
import type { CheckId } from '../../src/ledger/pack/verify/report.ts';
import { verifyPack } from '../../src/ledger/pack/verify/verify-pack.ts';
import { contentOf, holding, newKeys, packOf } from '../support/packs/make-pack.ts';
import { MUTATIONS, mutate } from '../support/packs/mutate.ts';
import type { MutationKind } from '../support/packs/mutate.ts';
import { CASE_STREAM, playedCase } from '../support/packs/played-case.ts';
import { Choices } from '../support/packs/random.ts';
import { reseal } from '../support/packs/reseal.ts';

const LONG = process.env['HANDBACK_TEST_LONG'] === '1' ? 10 : 1;
const keys = newKeys();
const given = holding(keys);
let pack: PackFiles;

beforeAll(async () => {
  pack = await packOf(await contentOf(playedCase(), keys), keys.pack);
});

function foundBy(files: PackFiles): readonly CheckId[] {
  return verifyPack(files, given)
    .checks.filter(({ status }) => status === 'failed')
    .map(({ id }) => id);
}

/** What must find a change of a file, at least one of each line. */
const MATTERS: readonly (readonly [RegExp, readonly (readonly CheckId[])[]])[] = [
  [/^events\//u, [['files'], ['events', 'inclusion', 'streams']]],
  [/^proofs\//u, [['files'], ['inclusion', 'checkpoint']]],
  [/^documents\//u, [['files'], ['documents']]],
  [/^policy\.json$/u, [['files'], ['policy']]],
  [/^checkpoint$/u, [['files'], ['checkpoint', 'inclusion']]],
  [/^(keys\/|report\.pdf)/u, [['files']]],
  [/^manifest\.json$/u, [['files', 'statement']]],
  [/^pack\.sigstore\.json$/u, [['files', 'signature', 'statement', 'signer']]],
  [/^(pae\.bin|sig\.der)$/u, [['files', 'signature']]],
];

function missedBy(touched: readonly string[], kind: MutationKind, found: readonly CheckId[]): boolean {
  // Nothing else can be read then.
  if (touched.includes('manifest.json') && found.includes('files')) return false;
  return touched.some((name) => {
    // What is added has no matter of its own, only that nobody listed it.
    const matters = kind === 'add' ? [['files']] : MATTERS.find(([pattern]) => pattern.test(name))?.[1];
    return matters === undefined || !matters.every((any) => any.some((id) => found.includes(id as CheckId)));
  });
}

/** With the 2,500 below more than 10,000 altogether. There are only so many files to drop. */
const TIMES: Readonly<Record<MutationKind, number>> = {
  flip: 2_000,
  insert: 1_500,
  remove: 1_500,
  truncate: 1_000,
  swap: 1_000,
  add: 300,
  drop: 150,
  empty: 150,
};

describe('a pack that was tampered with', () => {
  test('is proven before', () => {
    expect(verifyPack(pack, given).verdict).toBe('proven');
  });

  test.each(MUTATIONS)('%s: it is found, each time by the check whose matter it is', (kind) => {
    const tally = new Map<CheckId, number>();
    const missed: string[] = [];
    const names = [...pack.keys()];
    const seeds = TIMES[kind] * LONG;
    for (let seed = 0; seed < seeds; seed += 1) {
      const { files, touched } = mutate(pack, kind, new Choices(seed), names);
      const found = foundBy(files);
      for (const id of found) tally.set(id, (tally.get(id) ?? 0) + 1);
      if (missedBy(touched, kind, found))
        missed.push(`seed ${seed}: ${touched.join(', ')} found by ${found.join(', ') || 'nothing'}`);
    }
    expect(missed).toEqual([]);
    console.log(`${kind}: ${[...tally].map(([id, count]) => `${id} ${count}`).join(', ')}`);
  });

  test('and then listed anew and signed again by the pack’s own key: 2,500 are found by what the pack says of itself', async () => {
    const tally = new Map<CheckId, number>();
    const missed: string[] = [];
    const evidence = [...pack.keys()].filter((name) =>
      /^(events|proofs|checkpoint|policy|documents)/u.test(name),
    );
    for (let seed = 0; seed < 2_500 * LONG; seed += 1) {
      const choices = new Choices(seed);
      const kind = choices.of(MUTATIONS);
      const { files, touched } = mutate(pack, kind, choices, evidence);
      const found = foundBy(await reseal(files, keys.pack));
      for (const id of found) tally.set(id, (tally.get(id) ?? 0) + 1);
      const itself = found.filter((id) => id !== 'signature' && id !== 'statement');
      if (itself.length === 0) missed.push(`seed ${seed}: ${kind} of ${touched.join(', ')} found by nothing`);
    }
    expect(missed).toEqual([]);
    console.log(`resealed: ${[...tally].map(([id, count]) => `${id} ${count}`).join(', ')}`);
  });

  test('in the order of its facts: every exchange of two neighbours of a stream is found', async () => {
    const own = [...pack].filter(
      ([name, bytes]) => name.startsWith('events/') && bytes.toString().length > 0,
    );
    const ofCase = own.filter(([, bytes]) =>
      Buffer.from(bytes).toString('utf8').includes(`"stream":"${CASE_STREAM}"`),
    );
    for (const [place, [name, bytes]] of ofCase.slice(0, -1).entries()) {
      const [next, following] = ofCase[place + 1] ?? ['', new Uint8Array()];
      const files = new Map(pack).set(name, following).set(next, bytes);
      expect(foundBy(await reseal(files, keys.pack))).toEqual(
        expect.arrayContaining(['inclusion', 'streams']),
      );
    }
  });
});
