/** Licences that are allocated to a unit are released with it. */
import { describe, expect, it } from 'vitest';
import type { Asset } from '../../../src/adapters/inventory/port.ts';
import { closure, company } from './fixtures.ts';
import type { InventoryContext } from './harness.ts';

export function describeLicences(at: InventoryContext): void {
  async function seedLicensed(licences: Readonly<Record<string, number>>): Promise<void> {
    await at.sandbox.reset();
    const devices = company.devices.map((device) => ({
      ...device,
      behaviour: { inventory: { licences: licences[device.key] ?? 0 } },
    }));
    await at.sandbox.seed({ ...company, devices });
  }

  describe('licences', () => {
    it('releases every licence allocated to it, and reads back that none is left', async () => {
      await seedLicensed({ 'ada-2': 4, 'ada-3': 4 });
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

    it('tells in a listing how many each record has, whatever state it is in', async () => {
      await seedLicensed({ 'ada-2': 4, 'ada-3': 2, 'ada-4': 1, spare: 1 });
      await at.harness.change('ada-3', { holder: null, disposed: true });
      await at.harness.change('ada-4', { holder: null, disposed: true });
      const { externalId } = await at.one('ADA-0004X');
      await at.inventory.closeAsset(externalId, closure);
      const told = (await at.all()).map(({ serial, books }) => [serial, books?.licences]);
      expect(Object.fromEntries(told)).toMatchObject({
        'ADA-0001X': 0,
        'ADA-0002X': 4,
        'ADA-0003X': 2,
        'ADA-0004X': 0,
        SPARE01: 1,
      });
    });

    it('calls nothing closed to which a licence is allocated again, and releases that one too', async () => {
      await seedLicensed({ 'ada-2': 1 });
      const { externalId } = await at.one('ADA-0002X');
      await at.inventory.closeAsset(externalId, closure);
      await at.harness.allocate?.('ada-2');
      const left = await at.one('ADA-0002X');
      expect([left.books?.licences, at.inventory.isClosed(left, closure)]).toEqual([1, false]);
      await at.inventory.closeAsset(externalId, closure);
      const after = await at.one('ADA-0002X');
      expect([after.books?.licences, at.inventory.isClosed(after, closure)]).toEqual([0, true]);
    });

    it.each(['sold', 'returned-to-lessor'] as const)(
      'releases those of what is %s as well',
      async (state) => {
        await seedLicensed({ 'ada-2': 2 });
        const { externalId } = await at.one('ADA-0002X');
        const wanted = { ...closure, state };
        await at.inventory.closeAsset(externalId, wanted);
        const after = await at.one('ADA-0002X');
        expect([after.books?.licences, at.inventory.isClosed(after, wanted)]).toEqual([0, true]);
      },
    );

    it.each(['in-stock', 'lost', 'found', 'retained'] as const)(
      'leaves the licences of what is %s alone: it is ours',
      async (state) => {
        await seedLicensed({ 'ada-2': 2 });
        const { externalId } = await at.one('ADA-0002X');
        const wanted = { ...closure, state };
        await at.inventory.closeAsset(externalId, wanted);
        expect(at.inventory.isClosed(await at.one('ADA-0002X'), wanted)).toBe(true);
        expect((await at.sandbox.effects()).filter(at.harness.releases ?? (() => true))).toEqual([]);
        const listed = (await at.all()).find((asset) => asset.externalId === externalId);
        expect(listed?.books?.licences).toBe(2);
      },
    );
  });
}
