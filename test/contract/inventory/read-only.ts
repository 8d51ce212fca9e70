/** An inventory that is only read: somebody else closes the record there, and reading it back tells. */
import { describe, expect, it } from 'vitest';
import { closure } from './fixtures.ts';
import type { InventoryContext } from './harness.ts';

export function describeReadOnly(at: InventoryContext): void {
  describe('read only', () => {
    it('refuses to close, and asks nothing for it', async () => {
      const { externalId } = await at.one('ADA-0002X');
      const before = at.sandbox.requests().length;
      await expect(at.inventory.closeAsset(externalId, closure)).rejects.toMatchObject({
        code: 'refused',
        vendorCode: 'READ_ONLY',
      });
      expect(at.sandbox.requests()).toHaveLength(before);
      expect(await at.sandbox.effects()).toEqual([]);
    });

    it('calls a record closed once somebody has closed it there, under this certificate', async () => {
      expect(at.inventory.isClosed(await at.one('ADA-0002X'), closure)).toBe(false);
      await at.harness.change('ada-2', { holder: null, disposed: true });
      expect(at.inventory.isClosed(await at.one('ADA-0002X'), closure)).toBe(true);
      const other = { ...closure, reference: 'CERT-OTHER' };
      expect(at.inventory.isClosed(await at.one('ADA-0002X'), other)).toBe(false);
    });

    it('does not call closed what somebody still has, or what became something else', async () => {
      await at.harness.change('ada-2', { holder: 'bob', disposed: true });
      expect(at.inventory.isClosed(await at.one('ADA-0002X'), closure)).toBe(false);
      await at.harness.change('ada-2', { holder: null, disposed: true });
      const sold = { ...closure, state: 'sold' as const };
      expect(at.inventory.isClosed(await at.one('ADA-0002X'), sold)).toBe(false);
    });

    it('sees that somebody took the closing back', async () => {
      await at.harness.change('ada-2', { holder: null, disposed: true });
      await at.harness.change('ada-2', { disposed: false });
      expect(at.inventory.isClosed(await at.one('ADA-0002X'), closure)).toBe(false);
    });
  });
}
