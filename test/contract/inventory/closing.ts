/** A closure is idempotent and proven only by reading back. */
import { describe, expect, it } from 'vitest';
import { ConnectorError } from '../../../src/adapters/errors.ts';
import { withDisposition } from '../../../src/adapters/inventory/port.ts';
import { closure } from './fixtures.ts';
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
      expect(await endOf(closing())).toBe(at.harness.seesMeanwhile ? 'conflict' : 'done');
      await closing();
      expect(at.inventory.isClosed(await at.one('ADA-0002X'), closure)).toBe(true);
    });

    it('does not pass over in silence that somebody else got it meanwhile, where the vendor shows it', async () => {
      const asset = await at.one('ADA-0002X');
      await at.harness.change('ada-2', { holder: 'bob' }, true);
      const closing = at.inventory.closeAsset(asset.externalId, closure);
      expect(await endOf(closing)).toBe(at.harness.seesMeanwhile ? 'conflict' : 'done');
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
