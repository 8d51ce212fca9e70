/** An asset may end in more ways than one; each is told apart, and proven by reading back. */
import { describe, expect, it } from 'vitest';
import { ASSET_OUTCOMES } from '../../../src/adapters/inventory/port.ts';
import type { AssetClosure } from '../../../src/adapters/inventory/port.ts';
import { closure } from './fixtures.ts';
import type { InventoryContext } from './harness.ts';

const OTHERS = ASSET_OUTCOMES.filter((outcome) => outcome !== 'disposed');

export function describeOutcomes(at: InventoryContext): void {
  describe('outcomes', () => {
    it.each(ASSET_OUTCOMES)('writes %s with its reference, and nobody holding it', async (state) => {
      const asset = await at.one('ADA-0002X');
      const wanted = { ...closure, state };
      await at.inventory.closeAsset(asset.externalId, wanted);
      const after = await at.one('ADA-0002X');
      expect(after).toMatchObject({
        state,
        holderExternalId: null,
        disposalReference: closure.reference,
      });
      expect(at.inventory.isClosed(after, wanted)).toBe(true);
      // Once, and nobody held it any more before anything else was written.
      const effects = await at.sandbox.effects();
      expect(effects.slice(0, 1).filter(at.harness.unassigns)).toMatchObject([{ target: asset.externalId }]);
      await at.inventory.closeAsset(asset.externalId, wanted);
      expect(await at.sandbox.effects()).toEqual(effects);
    });

    it.each(OTHERS)('does not take %s for disposed, nor the other way round', async (state) => {
      const asset = await at.one('ADA-0002X');
      const other: AssetClosure = { ...closure, state };
      await at.inventory.closeAsset(asset.externalId, other);
      expect(at.inventory.isClosed(await at.one('ADA-0002X'), closure)).toBe(false);
      await at.inventory.closeAsset(asset.externalId, closure);
      expect(at.inventory.isClosed(await at.one('ADA-0002X'), other)).toBe(false);
      expect(at.inventory.isClosed(await at.one('ADA-0002X'), closure)).toBe(true);
    });

    it.each(OTHERS)('writes %s without a reference where there is none', async (state) => {
      const asset = await at.one('ADA-0002X');
      const wanted: AssetClosure = { ...closure, state, reference: null };
      await at.inventory.closeAsset(asset.externalId, wanted);
      const after = await at.one('ADA-0002X');
      expect(after).toMatchObject({ state, holderExternalId: null, disposalReference: null });
      expect(at.inventory.isClosed(after, wanted)).toBe(true);
    });

    it('a lost asset that is found, and then disposed of, ends as disposed under its certificate', async () => {
      const { externalId } = await at.one('ADA-0002X');
      const steps: readonly AssetClosure[] = [
        { ...closure, state: 'lost', reference: 'DEC-1' },
        { ...closure, state: 'found', reference: null },
        closure,
      ];
      for (const step of steps) {
        await at.inventory.closeAsset(externalId, step);
        expect(at.inventory.isClosed(await at.one('ADA-0002X'), step)).toBe(true);
      }
      expect(await at.one('ADA-0002X')).toMatchObject({
        state: 'disposed',
        disposalReference: closure.reference,
      });
      expect((await at.sandbox.effects()).filter(at.harness.unassigns)).toHaveLength(1);
    });

    it('sees that somebody gave it out again', async () => {
      const asset = await at.one('ADA-0002X');
      const wanted: AssetClosure = { ...closure, state: 'in-stock', reference: null };
      await at.inventory.closeAsset(asset.externalId, wanted);
      await at.harness.change('ada-2', { holder: 'bob' });
      expect(at.inventory.isClosed(await at.one('ADA-0002X'), wanted)).toBe(false);
    });
  });
}
