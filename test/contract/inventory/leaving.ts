/** A unit that left with the disposal vendor is said to have left: its state, nothing else, and never over its end. */
import { describe, expect, it } from 'vitest';
import type { LeavingState } from '../../../src/adapters/inventory/port.ts';
import { closure } from './fixtures.ts';
import type { InventoryContext } from './harness.ts';

export function describeLeaving(at: InventoryContext): void {
  function leaving(): LeavingState {
    if (at.inventory.leaving === undefined) throw new Error('the harness maps no state for what has left');
    return at.inventory.leaving;
  }

  describe('leaving', () => {
    it('changes the state alone, once; proven by reading back', async () => {
      const asset = await at.one('ADA-0002X');
      expect(leaving().saysLeft(asset)).toBe(false);
      await leaving().markLeft(asset.externalId);
      const after = await at.one('ADA-0002X');
      expect(leaving().saysLeft(after)).toBe(true);
      expect(after).toMatchObject({
        holderExternalId: at.harness.unassignsByItself === true ? null : asset.holderExternalId,
        disposalReference: null,
      });
      const effects = await at.sandbox.effects();
      expect(effects).toMatchObject([{ target: asset.externalId }]);
      await leaving().markLeft(asset.externalId);
      expect(await at.sandbox.effects()).toEqual(effects);
    });

    it('is no end: what has left is neither in stock nor disposed of', async () => {
      const spare = await at.one('SPARE01');
      await leaving().markLeft(spare.externalId);
      const after = await at.one('SPARE01');
      expect(after).toMatchObject({ state: 'pending' });
      expect(at.inventory.isClosed(after, closure)).toBe(false);
    });

    it('ends as disposed all the same', async () => {
      const { externalId } = await at.one('ADA-0002X');
      await leaving().markLeft(externalId);
      await at.inventory.closeAsset(externalId, closure);
      const after = await at.one('ADA-0002X');
      expect(at.inventory.isClosed(after, closure)).toBe(true);
      expect(leaving().saysLeft(after)).toBe(false);
    });

    it('undoes no end', async () => {
      const { externalId } = await at.one('ADA-0002X');
      await at.inventory.closeAsset(externalId, closure);
      const effects = await at.sandbox.effects();
      await leaving().markLeft(externalId);
      expect(await at.sandbox.effects()).toEqual(effects);
      expect(at.inventory.isClosed(await at.one('ADA-0002X'), closure)).toBe(true);
    });

    it('writes nothing over what somebody else did meanwhile: that is a conflict', async () => {
      const { externalId } = await at.one('ADA-0002X');
      await at.harness.change('ada-2', { holder: 'bob' }, true);
      await expect(leaving().markLeft(externalId)).rejects.toMatchObject({
        code: 'conflict',
        vendorCode: 'CHANGED_MEANWHILE',
      });
      expect(await at.sandbox.effects()).toEqual([]);
      expect(await at.one('ADA-0002X')).toMatchObject({ state: 'in-use' });
    });

    it('says not-found for a record that is gone', async () => {
      await expect(leaving().markLeft('999999')).rejects.toMatchObject({ code: 'not-found' });
    });
  });
}
