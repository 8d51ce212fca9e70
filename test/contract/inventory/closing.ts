/** A closure is idempotent and proven only by reading back. */
import { describe, expect, it } from 'vitest';
import { ConnectorError } from '../../../src/adapters/errors.ts';
import { withDisposition } from '../../../src/adapters/inventory/port.ts';
import { closure, company } from './fixtures.ts';
import type { InventoryContext } from './harness.ts';

export function describeClosing(at: InventoryContext): void {
  describe('closing', () => {
    it('clears the assignment, sets the state, keeps the certificate; proven by reading back', async () => {
      const asset = await at.one('ADA-0002X');
      expect(at.inventory.isClosed(asset, closure)).toBe(false);
      await at.inventory.closeAsset(asset.externalId, closure);
      const after = await at.inventory.readAsset(asset.externalId);
      expect(after).toMatchObject({
        state: 'disposed',
        holderExternalId: null,
        disposalReference: closure.reference,
      });
      expect(after !== null && at.inventory.isClosed(after, closure)).toBe(true);
    });

    it('is idempotent: a second closing changes nothing', async () => {
      const asset = await at.one('ADA-0002X');
      await at.inventory.closeAsset(asset.externalId, closure);
      const effects = await at.sandbox.effects();
      await at.inventory.closeAsset(asset.externalId, closure);
      expect(await at.sandbox.effects()).toEqual(effects);
    });

    it('closes what somebody had half closed already', async () => {
      await at.harness.change('ada-2', { holder: null, disposed: true });
      const asset = await at.one('ADA-0002X');
      expect(at.inventory.isClosed(asset, closure)).toBe(false);
      await at.inventory.closeAsset(asset.externalId, closure);
      expect(at.inventory.isClosed(await at.one('ADA-0002X'), closure)).toBe(true);
    });

    it('closes what somebody else took back meanwhile, at once or after saying "conflict"', async () => {
      const asset = await at.one('ADA-0002X');
      await at.harness.change('ada-2', { holder: null }, true);
      const closing = () => at.inventory.closeAsset(asset.externalId, closure);
      expect(await endOf(closing())).toBe(at.harness.minds === 'every change' ? 'conflict' : 'done');
      await closing();
      expect(at.inventory.isClosed(await at.one('ADA-0002X'), closure)).toBe(true);
    });

    it('takes it from nobody who got it meanwhile, and releases nothing: that is a conflict', async () => {
      const devices = company.devices.map((device) =>
        device.key === 'ada-2' ? { ...device, behaviour: { inventory: { licences: 2 } } } : device,
      );
      await at.sandbox.reset();
      await at.sandbox.seed({ ...company, devices });
      const asset = await at.one('ADA-0002X');
      await at.harness.change('ada-2', { holder: 'bob' }, true);
      const closing = () => at.inventory.closeAsset(asset.externalId, closure);
      await expect(closing()).rejects.toMatchObject({ code: 'conflict', vendorCode: 'CHANGED_MEANWHILE' });
      expect(await at.sandbox.effects()).toEqual([]);
      const now = await at.one('ADA-0002X');
      expect(now).toMatchObject({ state: 'in-use', disposalReference: null });
      expect(now.holderExternalId).not.toBe(asset.holderExternalId);
      // Somebody has looked, and says that it is gone all the same.
      await closing();
      expect(at.inventory.isClosed(await at.one('ADA-0002X'), closure)).toBe(true);
    });

    it('takes it only from whom it was told to, or from nobody', async () => {
      const asset = await at.one('ADA-0002X');
      for (const heldBy of [null, 'somebody-else']) {
        const closing = at.inventory.closeAsset(asset.externalId, closure, { heldBy });
        await expect(closing).rejects.toMatchObject({ code: 'conflict', vendorCode: 'CHANGED_MEANWHILE' });
      }
      expect(await at.sandbox.effects()).toEqual([]);
      await at.inventory.closeAsset(asset.externalId, closure, { heldBy: asset.holderExternalId });
      expect(at.inventory.isClosed(await at.one('ADA-0002X'), closure)).toBe(true);
      const spare = await at.one('SPARE01');
      await at.inventory.closeAsset(spare.externalId, closure, { heldBy: 'somebody-else' });
      expect(at.inventory.isClosed(await at.one('SPARE01'), closure)).toBe(true);
    });

    it('writes over no state that somebody else gave it meanwhile', async () => {
      const asset = await at.one('ADA-0002X');
      await at.harness.change('ada-2', { disposed: true }, true);
      const closing = () => at.inventory.closeAsset(asset.externalId, { ...closure, state: 'sold' });
      expect(await endOf(closing())).toBe('conflict');
      expect(await at.sandbox.effects()).toEqual([]);
    });

    it.each([
      ['gave it out again', { holder: 'bob' }],
      ['put it back in stock', { disposed: false }],
    ])('sees that somebody %s after the closing', async (_what, change) => {
      const asset = await at.one('ADA-0002X');
      await at.inventory.closeAsset(asset.externalId, closure);
      await at.harness.change('ada-2', change);
      expect(at.inventory.isClosed(await at.one('ADA-0002X'), closure)).toBe(false);
    });

    it('does not take another certificate for this one', async () => {
      const asset = await at.one('ADA-0002X');
      await at.inventory.closeAsset(asset.externalId, {
        ...closure,
        reference: 'CERT-OLD',
        custody: 'custody:dev_01h:0',
      });
      expect(at.inventory.isClosed(await at.one('ADA-0002X'), closure)).toBe(false);
      await at.inventory.closeAsset(asset.externalId, closure);
      expect(at.inventory.isClosed(await at.one('ADA-0002X'), closure)).toBe(true);
    });

    it('keeps what became of it where there is a place for it, and compares it', async () => {
      const exported = { ...closure, disposition: 'exported' } as const;
      const asset = await at.one('ADA-0002X');
      await at.inventory.closeAsset(asset.externalId, exported);
      const after = await at.one('ADA-0002X');
      expect(at.inventory.isClosed(after, exported)).toBe(true);
      const hasPlace = after.books?.disposition !== undefined;
      expect(after.books?.disposition).toBe(hasPlace ? 'exported' : undefined);
      expect(at.inventory.isClosed(after, { ...closure, disposition: 'recycled' })).toBe(!hasPlace);
      expect(hasPlace).toBe(at.harness.keepsDisposition);
    });

    it('enters into a closed record what became of it, and nothing else, once', async () => {
      const asset = await at.one('ADA-0002X');
      await at.inventory.closeAsset(asset.externalId, closure);
      const closed = await at.one('ADA-0002X');
      const { dispositionPlace: place } = at.inventory;
      expect(place !== undefined).toBe(at.harness.keepsDisposition);
      if (place === undefined) return;
      const before = await at.sandbox.effects();
      await place.enterDisposition(asset.externalId, 'exported');
      const after = await at.one('ADA-0002X');
      expect(after).toEqual({ ...closed, books: { ...closed.books, disposition: 'exported' } });
      expect(withDisposition(closed, 'exported')).toEqual(after);
      expect(at.inventory.isClosed(after, { ...closure, disposition: 'exported' })).toBe(true);
      const effects = await at.sandbox.effects();
      expect(effects.length).toBe(before.length + 1);
      await place.enterDisposition(asset.externalId, 'exported');
      expect(await at.sandbox.effects()).toEqual(effects);
      await expect(place.enterDisposition('999999', 'exported')).rejects.toMatchObject({ code: 'not-found' });
    });

    it('touches no other record', async () => {
      const asset = await at.one('ADA-0002X');
      await at.inventory.closeAsset(asset.externalId, closure);
      const targets = new Set((await at.sandbox.effects()).map((effect) => effect.target));
      expect([...targets]).toEqual([asset.externalId]);
    });

    it('says not-found for a record that is gone', async () => {
      await expect(at.inventory.closeAsset('999999', closure)).rejects.toMatchObject({ code: 'not-found' });
    });
  });
}

/** `done`, or the code it failed with. */
async function endOf(work: Promise<void>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (error) {
    return error instanceof ConnectorError ? error.code : String(error);
  }
}
