/** Packs that fit together and are false: what each is found by. */
import { beforeAll, describe, expect, test } from 'vitest';
import { signStatement } from '../../../../src/ledger/pack/envelope.ts';
import { MANIFEST } from '../../../../src/ledger/pack/layout.ts';
import type { PackFiles } from '../../../../src/ledger/pack/layout.ts';
import { statementText } from '../../../../src/ledger/pack/statement.ts';
import type { Given } from '../../../../src/ledger/pack/verify/given.ts';
import type { CheckId } from '../../../../src/ledger/pack/verify/report.ts';
import { verifyPack } from '../../../../src/ledger/pack/verify/verify-pack.ts';
import { contentOf, holding, newKeys, packOf } from '../../../support/packs/make-pack.ts';
import { CASE_STREAM, DEVICE_STREAM, playedCase } from '../../../support/packs/played-case.ts';
import { manifestOf, reseal, retold } from '../../../support/packs/reseal.ts';

const keys = newKeys();
const strangers = newKeys();
let pack: PackFiles;

beforeAll(async () => {
  pack = await packOf(await contentOf(playedCase(), keys), keys.pack);
});

function foundBy(files: PackFiles, given: Given = holding(keys)): readonly CheckId[] {
  return verifyPack(files, given)
    .checks.filter(({ status }) => status === 'failed')
    .map(({ id }) => id);
}

function sentences(files: PackFiles, given: Given = holding(keys)): string {
  return verifyPack(files, given)
    .checks.flatMap((check) => (check.status === 'failed' ? check.sentences : []))
    .join('\n');
}

describe('a forgery is found', () => {
  test('a valid pack of another case, by what was asked for', () => {
    expect(foundBy(pack, holding(keys, { subject: 'case_two' }))).toEqual(['subject']);
  });

  test('a valid pack given out as that of another case, by its streams', async () => {
    const forged = await reseal(pack, keys.pack, (manifest) => ({
      ...manifest,
      subject: { kind: 'case', id: 'case_two' },
    }));
    expect(foundBy(forged)).toContain('subject');
  });

  test('a statement whose subject is another file, by comparing it with this one', async () => {
    const other = manifestOf(await packOf(await contentOf(playedCase({ open: true }), keys), keys.pack));
    const forged = new Map(pack);
    const text = JSON.stringify(other);
    for (const [name, bytes] of await signStatement(statementText(manifestOf(pack), text), keys.pack))
      forged.set(name, bytes);
    // The signature is good, and of the right key: only the subject tells.
    expect(foundBy(forged)).toEqual(['statement']);
  });

  test('everything played again without a fact and signed by other keys, by who signed', async () => {
    const without = playedCase({ without: ['wipe.silence'] });
    const forged = await packOf(await contentOf(without, strangers), strangers.pack);
    expect(foundBy(forged, holding(strangers))).toEqual([]);
    expect(foundBy(forged)).toEqual(['signer', 'checkpoint']);
  });

  test('a fact left out of the middle, by its stream', async () => {
    const [name] = [...pack.keys()].filter((one) => one.startsWith('events/')).slice(6);
    const files = new Map(pack);
    files.delete(name ?? '');
    files.delete((name ?? '').replace('events', 'proofs').replace('.json', '.tlog-proof'));
    expect(foundBy(await reseal(files, keys.pack, retold(files)))).toContain('streams');
  });

  test('the end of a stream left out, by what the manifest and the rules say of it', async () => {
    const files = new Map(pack);
    const last = [...pack].findLast(([, bytes]) =>
      Buffer.from(bytes).toString().includes('"custody.closed"'),
    );
    files.delete(last?.[0] ?? '');
    files.delete((last?.[0] ?? '').replace('events', 'proofs').replace('.json', '.tlog-proof'));
    expect(foundBy(await reseal(files, keys.pack))).toEqual(expect.arrayContaining(['streams', 'judgement']));
    expect(sentences(await reseal(files, keys.pack, retold(files)))).toContain('do not imply it');
  });

  test('an old checkpoint, by the proofs that do not lead to it', async () => {
    const old = await playedCase().checkpoint(keys.ledger, 20);
    const files = new Map(pack).set('checkpoint', Buffer.from(old.note));
    const forged = await reseal(files, keys.pack, (manifest) => ({
      ...manifest,
      checkpoint: { ...manifest.checkpoint, size: 20, root: old.head.root.toString('hex') },
    }));
    expect(foundBy(forged)).toEqual(['inclusion']);
  });

  test('a case that is called completed and was not, by the rules', async () => {
    for (const left of [
      'wipe.observed',
      'return.scanned',
      'handoff.certified',
      'access.read-back',
    ] as const) {
      const untrue = await packOf(await contentOf(playedCase({ without: [left] }), keys), keys.pack);
      expect(foundBy(untrue), left).toEqual(['judgement']);
    }
  });

  test('a claim that the facts do not make, by reading them again', async () => {
    const forged = await reseal(pack, keys.pack, (manifest) => ({
      ...manifest,
      claim: { ...manifest.claim, waivers: 3 },
    }));
    expect(foundBy(forged)).toEqual(['judgement']);
  });

  test('a stream of somebody else in between, by the subject', async () => {
    const ledger = playedCase();
    const content = await contentOf(ledger, keys);
    const events = await ledger.events(
      new Set([CASE_STREAM, DEVICE_STREAM, 'pickup:pick_one', 'person:per_other']),
    );
    expect(foundBy(await packOf({ ...content, events }, keys.pack))).toEqual(['subject']);
  });
});

describe('events that JSON.parse reads otherwise', () => {
  test.each([
    ['a key twice', (text: string) => text.replace('{"actor"', '{"actor":"handback","actor"'), 'a key twice'],
    [
      'a number beyond 2^53',
      (text: string) => text.replace('"seq":1', '"seq":9007199254740993'),
      'out of range',
    ],
    ['a space', (text: string) => text.replace(',', ', '), 'canonical form'],
    [
      'an escape that is not needed',
      (text: string) => text.replace('"handback"', '"\\u0068andback"'),
      'canonical form',
    ],
    ['a byte that is no UTF-8', (text: string) => text, 'UTF-8'],
  ])('%s is refused', async (what, change, said) => {
    const [name, bytes] = [...pack].find(([one]) => one.startsWith('events/')) ?? ['', new Uint8Array()];
    const changed = Buffer.from(change(Buffer.from(bytes).toString('utf8')));
    const files = new Map(pack).set(
      name,
      said === 'UTF-8' ? Buffer.concat([changed, Buffer.of(0xff)]) : changed,
    );
    expect(foundBy(await reseal(files, keys.pack)), what).toContain('events');
    expect(sentences(await reseal(files, keys.pack))).toContain(said);
  });
});

test('the manifest must be there for anything to be said', () => {
  const files = new Map(pack);
  files.delete(MANIFEST);
  const { verdict, manifest } = verifyPack(files, holding(keys));
  expect({ verdict, manifest }).toEqual({ verdict: 'refuted', manifest: null });
});
