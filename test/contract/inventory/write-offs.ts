/** What is not ours any more is not written off either; what stays ours goes on being so. */
import { describe, expect, it } from 'vitest';
import { ASSET_OUTCOMES, endsOwnership } from '../../../src/adapters/inventory/port.ts';
import { closure } from './fixtures.ts';
import type { InventoryContext } from './harness.ts';

export function describeWriteOffs(at: InventoryContext): void {
  describe('depreciation', () => {
    it.each(ASSET_OUTCOMES)('ends with our ownership, and with nothing else: %s', async (state) => {
      const { externalId, books } = await at.one('ADA-0002X');
      expect(books).toMatchObject({ depreciating: true, closedOn: null });
      const wanted = { ...closure, state };
      await at.inventory.closeAsset(externalId, wanted);
      const after = await at.one('ADA-0002X');
      const ends = endsOwnership(state);
      expect(after.books).toMatchObject({
        depreciating: !ends,
        closedOn: ends ? closure.at.slice(0, 10) : null,
      });
      expect(at.inventory.isClosed(after, wanted)).toBe(true);
    });

    it('calls nothing closed that somebody has written off again, and stops that too', async () => {
      const { externalId } = await at.one('ADA-0002X');
      await at.inventory.closeAsset(externalId, closure);
      await at.harness.resumeDepreciation?.('ada-2');
      const resumed = await at.one('ADA-0002X');
      expect([resumed.books?.depreciating, at.inventory.isClosed(resumed, closure)]).toEqual([true, false]);
      await at.inventory.closeAsset(externalId, closure);
      const after = await at.one('ADA-0002X');
      expect([after.books?.depreciating, at.inventory.isClosed(after, closure)]).toEqual([false, true]);
    });

    it('tells in a listing what is still written off', async () => {
      const { externalId } = await at.one('ADA-0002X');
      await at.inventory.closeAsset(externalId, closure);
      const told = (await at.all()).map(({ serial, books }) => [serial, books?.depreciating]);
      expect(Object.fromEntries(told)).toMatchObject({ 'ADA-0001X': true, 'ADA-0002X': false });
    });
  });
}
