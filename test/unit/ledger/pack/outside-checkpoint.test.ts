/** A checkpoint that was kept outside: it fits, or it shows that the ledger was put back or written anew. */
import { describe, expect, test } from 'vitest';
import { encodeConsistency } from '../../../../src/ledger/pack/consistency.ts';
import type { Given } from '../../../../src/ledger/pack/verify/given.ts';
import type { PackFiles } from '../../../../src/ledger/pack/layout.ts';
import { verifyPack } from '../../../../src/ledger/pack/verify/verify-pack.ts';
import { contentOf, holding, newKeys, packOf } from '../../../support/packs/make-pack.ts';
import { playedCase } from '../../../support/packs/played-case.ts';

const keys = newKeys();

function outside(files: PackFiles, given: Partial<Given>) {
  const check = verifyPack(files, holding(keys, given)).checks.find(({ id }) => id === 'outside');
  return { status: check?.status, said: check?.sentences.join(' ') ?? '' };
}

async function packWith(sizes: readonly number[]): Promise<PackFiles> {
  const ledger = playedCase();
  const consistency = await Promise.all(sizes.map(async (size) => ledger.consistency(size)));
  return packOf({ ...(await contentOf(ledger, keys)), consistency }, keys.pack);
}

describe('an outside checkpoint', () => {
  test('of the same size passes when it is the same tree', async () => {
    const { note } = await playedCase().checkpoint(keys.ledger);
    expect(outside(await packWith([]), { checkpoints: [note] }).status).toBe('passed');
  });

  test('of an earlier size passes with the proof that the pack brings', async () => {
    const { note } = await playedCase().checkpoint(keys.ledger, 11);
    expect(outside(await packWith([5, 11]), { checkpoints: [note] }).status).toBe('passed');
    const without = outside(await packWith([5]), { checkpoints: [note] });
    expect(without.status).toBe('failed');
    expect(without.said).toContain('export the pack again');
  });

  test('of another past shows that the ledger was written anew', async () => {
    const { note } = await playedCase({ without: ['lifecycle.recorded'] }).checkpoint(keys.ledger, 11);
    const { status, said } = outside(await packWith([11]), { checkpoints: [note] });
    expect(status).toBe('failed');
    expect(said).toContain('did not grow out of');
  });

  test('of a later size passes with the proof that is brought along', async () => {
    const ledger = playedCase();
    const early = await packOf(await contentOf(ledger, keys, { size: 20 }), keys.pack);
    const { note } = await ledger.checkpoint(keys.ledger);
    expect(outside(early, { checkpoints: [note] }).said).toContain('older than your checkpoint');
    const proof = encodeConsistency({ ...(await ledger.consistency(20)), checkpoint: note });
    expect(outside(early, { checkpoints: [note], proofs: [proof] }).status).toBe('passed');
  });

  test('signed by nobody known, or of another log, proves nothing', async () => {
    const { note } = await playedCase().checkpoint(newKeys().ledger);
    expect(outside(await packWith([]), { checkpoints: [note] }).status).toBe('failed');
  });
});
