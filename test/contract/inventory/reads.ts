/** Reads are live, complete, and in our words. */
import { describe, expect, it } from 'vitest';
import { ada, company, nobody, sorted } from './fixtures.ts';
import type { InventoryContext } from './harness.ts';

export function describeReads(at: InventoryContext): void {
  describe('reads', () => {
    it('lists everything a person holds, to the last page, in our words', async () => {
      const assets = await at.inventory.listAssetsOf(ada);
      expect(sorted(assets.map((asset) => asset.serial))).toEqual(
        company.devices.slice(0, 7).map((device) => device.serial),
      );
      expect(assets[0]).toMatchObject({
        manufacturer: 'Lenovo',
        model: 'T14 & more',
        ownership: 'corporate',
        state: 'in-use',
        heldBySubject: true,
        holderExternalId: expect.any(String),
        disposalReference: null,
        lastSeenAt: at.harness.lastSeenAt ?? null,
      });
    });

    it('says none for a person whom the books do not know', async () => {
      expect(await at.inventory.listAssetsOf(nobody)).toEqual([]);
    });

    it('finds the person by either key alone', async () => {
      expect(await at.inventory.listAssetsOf({ ...nobody, employeeNumber: '1001' })).toHaveLength(7);
      expect(
        await at.inventory.listAssetsOf({ ...nobody, workEmail: ada.workEmail, employeeNumber: null }),
      ).toHaveLength(7);
    });

    it("does not take the assets of somebody who only inherited the address for the person's own", async () => {
      const assets = await at.inventory.listAssetsOf({ ...nobody, workEmail: 'shared@example.org' });
      expect(assets).toMatchObject([{ serial: 'HEIR0001', heldBySubject: false }]);
    });

    it('tells a personal device apart', async () => {
      expect(await at.one('OWN00001')).toMatchObject({ ownership: 'personal' });
    });

    it('finds a serial in any spelling, and every record that has it', async () => {
      expect(await at.inventory.findBySerial(' spare-01 ', null)).toMatchObject([
        { serial: 'SPARE01', assetTag: '0042', state: 'in-stock', holderExternalId: null },
      ]);
      expect(
        sorted((await at.inventory.findBySerial('TWIN0001', null)).map((asset) => asset.manufacturer)),
      ).toEqual(['Dell', 'HP']);
    });

    it('tells whether the person asked about holds what the serial found', async () => {
      for (const [person, heldBySubject] of [
        [ada, true],
        [nobody, false],
        [null, false],
      ] as const) {
        expect(await at.inventory.findBySerial('ADA-0001X', person)).toMatchObject([{ heldBySubject }]);
      }
      expect(await at.inventory.findBySerial('SPARE01', ada)).toMatchObject([{ heldBySubject: false }]);
    });

    it('finds nothing for an unknown serial and for a placeholder', async () => {
      expect(await at.inventory.findBySerial('NOSUCH01', null)).toEqual([]);
      expect(await at.inventory.findBySerial('To be filled by O.E.M.', null)).toEqual([]);
    });

    it('reads one record by its id, and null for an id that is not there', async () => {
      const spare = await at.one('SPARE01');
      const { answer, ...asset } = (await at.inventory.readAsset(spare.externalId)) ?? {};
      expect(asset).toEqual(spare);
      // Its own record beside it, and in that of whoever has it nothing.
      expect(JSON.stringify(answer)).toContain('SPARE01');
      expect(JSON.stringify(answer)).not.toMatch(/lovelace|@/iu);
      expect(await at.inventory.readAsset('999999')).toBeNull();
    });

    it('does not show a removed record', async () => {
      const spare = await at.one('SPARE01');
      await at.harness.change('spare', { removed: true });
      expect(await at.inventory.findBySerial('SPARE01', null)).toEqual([]);
      expect(await at.inventory.readAsset(spare.externalId)).toBeNull();
    });

    it('reads live: a change by somebody else shows in the very next read', async () => {
      const before = await at.one('SPARE01');
      await at.harness.change('spare', { holder: 'bob' });
      expect(await at.inventory.readAsset(before.externalId)).toMatchObject({
        state: 'in-use',
        holderExternalId: expect.any(String),
      });
      await at.harness.change('spare', { serial: 'OTHER01' });
      expect(await at.inventory.findBySerial('SPARE01', null)).toEqual([]);
    });

    it('walks through all assets, disposed ones included, each once when nothing moves', async () => {
      await at.harness.change('ada-3', { holder: null, disposed: true });
      const assets = await at.all();
      expect(sorted(assets.map((asset) => asset.serial))).toEqual(
        sorted(company.devices.map((device) => device.serial)),
      );
      expect(assets.find((asset) => asset.serial === 'ADA-0003X')).toMatchObject({ state: 'disposed' });
    });

    it('passes nobody over when records vanish during the walk', async () => {
      const first = await at.inventory.listAssets(null);
      for (const asset of first.items) {
        await at.harness.change(asset.externalId, { removed: true });
      }
      const seen = new Set(first.items.map((asset) => asset.externalId));
      for (let cursor = first.next; cursor !== null;) {
        const page = await at.inventory.listAssets(cursor);
        for (const asset of page.items) seen.add(asset.externalId);
        cursor = page.next;
      }
      expect(seen.size).toBe(company.devices.length);
    });
  });
}
