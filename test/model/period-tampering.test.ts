/** Whatever is done to what the pack of a period says of itself is found, also when it is signed again by the pack's own key. */
import { beforeAll, describe, expect, test } from 'vitest';
import { canonicalText } from '../../src/ledger/canonical.ts';
import { DERIVED, PERIOD_FILES, POPULATION, STATEMENTS } from '../../src/ledger/pack/period/files.ts';
import type { PackFiles } from '../../src/ledger/pack/layout.ts';
import type { CheckId } from '../../src/ledger/pack/verify/report.ts';
import { verifyPack } from '../../src/ledger/pack/verify/verify-pack.ts';
import { holding, newKeys, packOf } from '../support/packs/make-pack.ts';
import { MUTATIONS, mutate } from '../support/packs/mutate.ts';
import { periodContent, playedPeriod } from '../support/packs/played-period.ts';
import { Choices } from '../support/packs/random.ts';
import { reseal } from '../support/packs/reseal.ts';

const LONG = process.env['HANDBACK_TEST_LONG'] === '1' ? 10 : 1;
const keys = newKeys();
const given = holding(keys);
let pack: PackFiles;

beforeAll(async () => {
  pack = await packOf({ ...(await periodContent(playedPeriod(), keys)), report: null }, keys.pack);
});

/** What is found beside the signature: that stands, in what is signed again. */
function foundBy(files: PackFiles): readonly CheckId[] {
  return verifyPack(files, given)
    .checks.filter(({ status }) => status === 'failed')
    .map(({ id }) => id);
}

function tell(what: string, tally: ReadonlyMap<CheckId, number>): void {
  console.log(`${what}: ${[...tally].map(([id, count]) => `${id} ${count}`).join(', ')}`);
}

function counted(tally: Map<CheckId, number>, found: readonly CheckId[]): void {
  for (const id of found) tally.set(id, (tally.get(id) ?? 0) + 1);
}

describe('the pack of a period that was tampered with', () => {
  test('is proven before', () => {
    expect(verifyPack(pack, given).verdict).toBe('proven');
  });

  test('byte by byte, listed anew and signed again: 600 changes are found', async () => {
    const tally = new Map<CheckId, number>();
    const missed: string[] = [];
    const evidence = [...pack.keys()].filter((name) => /^(events|proofs|checkpoint|polic|audit)/u.test(name));
    for (let seed = 0; seed < 600 * LONG; seed += 1) {
      const choices = new Choices(seed);
      const kind = choices.of(MUTATIONS);
      const { files, touched } = mutate(pack, kind, choices, evidence);
      const found = foundBy(await reseal(files, keys.pack));
      counted(tally, found);
      // Of what the operator says beside the facts, a text may become another: it is called a statement, and proves nothing.
      const isSaid = touched.every((name) => name === STATEMENTS);
      if (found.length === 0 && !isSaid) missed.push(`seed ${seed}: ${kind} of ${touched.join(', ')}`);
    }
    expect(missed).toEqual([]);
    tell('bytes', tally);
  });

  test('value by value, in every file that is not a statement: each is found by the check whose matter it is', async () => {
    const tally = new Map<CheckId, number>();
    const missed: string[] = [];
    for (const name of PERIOD_FILES) {
      if (name === STATEMENTS) continue;
      const value = JSON.parse(Buffer.from(pack.get(name) ?? []).toString('utf8')) as unknown;
      for (const [path, changed] of changes(value)) {
        const files = new Map(pack).set(name, Buffer.from(canonicalText(changed)));
        const found = foundBy(await reseal(files, keys.pack));
        counted(tally, found);
        if (!mattersOf(name, path).some((id) => found.includes(id)))
          missed.push(`${name} ${path}: ${found.join(', ') || 'nothing'}`);
      }
    }
    expect(missed).toEqual([]);
    tell('values', tally);
  });

  test('a fact of any excerpt left out, with the manifest told so: every one is found', async () => {
    const missed: string[] = [];
    const excerpts = await periodContent(playedPeriod(), keys);
    for (const { fact, index } of excerpts.events) {
      if (excerpts.period?.excerpts.has(fact.stream) !== true) continue;
      const files = new Map(pack);
      files.delete(`events/${index}.json`);
      files.delete(`proofs/${index}.tlog-proof`);
      const told = await reseal(files, keys.pack, (manifest) => ({
        ...manifest,
        excerpts: (manifest.excerpts ?? []).flatMap((one) => {
          const facts = one.stream === fact.stream ? one.facts - 1 : one.facts;
          return facts === 0 ? [] : [{ ...one, facts }];
        }),
      }));
      if (foundBy(told).length === 0) missed.push(`${fact.stream} ${fact.type}`);
    }
    expect(missed).toEqual([]);
  });
});

function mattersOf(name: string, path: string): readonly CheckId[] {
  if (name === DERIVED.sample) return ['sample'];
  if (name !== POPULATION) return ['audit'];
  // Of people of the sample more facts are here than those that the record of leavers stands on.
  return path.includes('.recorded[-') ? ['population', 'audit'] : ['population'];
}

/** Each with one leaf changed, or one entry of a list left out. */
function* changes(value: unknown, path = ''): Generator<readonly [path: string, changed: unknown]> {
  if (Array.isArray(value)) {
    for (const [place, item] of value.entries()) {
      yield [`${path}[-${place}]`, value.toSpliced(place, 1)];
      for (const [at, changed] of changes(item, `${path}[${place}]`)) yield [at, value.with(place, changed)];
    }
    return;
  }
  if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value))
      for (const [at, changed] of changes(item, `${path}.${name}`)) yield [at, { ...value, [name]: changed }];
    return;
  }
  yield [path, another(value)];
}

function another(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (value === null) return '2026-01-02T00:00:00.000Z';
  return `${typeof value === 'string' ? value : ''}x`;
}
