/** Licences that are allocated to a unit are released with it. */
import { describe, expect, it } from 'vitest';
import type { Asset } from '../../../src/adapters/inventory/port.ts';
import { closure, company } from './fixtures.ts';
import type { InventoryContext } from './harness.ts';

export function describeLicences(at: InventoryContext): void {
  describe('licences', () => {
    it('releases every licence allocated to it, and reads back that none is left', async () => {
      await at.sandbox.reset();
      const licensed = { behaviour: { inventory: { licences: 4 } } };
      const devices = company.devices.map((device) =>
        device.key === 'ada-2' || device.key === 'ada-3' ? { ...device, ...licensed } : device,
      );
      await at.sandbox.seed({ ...company, devices });
      const { externalId } = await at.one('ADA-0002X');
      await at.inventory.closeAsset(externalId, closure);
      const after = await at.inventory.readAsset(externalId);
      expect(after).toMatchObject({ state: 'disposed', books: { licences: 0 } });
      expect(after !== null && at.inventory.isClosed(after, closure)).toBe(true);
      const left = after === null ? null : { ...after, books: { ...after.books, licences: 1 } };
      expect(left !== null && at.inventory.isClosed(left as Asset, closure)).toBe(false);
      // Once each, and nothing of another asset's.
      const effects = await at.sandbox.effects();
      await at.inventory.closeAsset(externalId, closure);
      expect(await at.sandbox.effects()).toEqual(effects);
      expect(effects.filter(at.harness.releases ?? (() => false))).toHaveLength(4);
    });
  });
}
