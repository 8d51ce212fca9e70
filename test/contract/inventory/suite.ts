/** What every inventory adapter must do, whatever the vendor. A new adapter brings a harness and calls `describeInventory`. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Asset } from '../../../src/adapters/inventory/port.ts';
import { describeClosing } from './closing.ts';
import { describeFailures, describeWriteFailures } from './failures.ts';
import { company } from './fixtures.ts';
import type { InventoryContext, InventoryHarness } from './harness.ts';
import { describeLeaving } from './leaving.ts';
import { describeLicences } from './licences.ts';
import { describeOutcomes } from './outcomes.ts';
import { describeReadOnly } from './read-only.ts';
import { describeReads } from './reads.ts';
import { describeWriteOffs } from './write-offs.ts';

export function describeInventory(
  name: string,
  makeHarness: () => Promise<InventoryHarness>,
  {
    over = 'http',
    closes = true,
    writesOff = true,
  }: {
    /** `sql`: failures are not those of HTTP; such an adapter tests its own. */
    readonly over?: 'http' | 'sql';
    /** `false`: it is only read, and what writes is left out. */
    readonly closes?: boolean;
    /** `false`: its books know of no depreciation of a single asset. */
    readonly writesOff?: boolean;
  } = {},
): void {
  describe(`inventory contract: ${name}`, () => {
    const at = { one, all } as InventoryContext;

    async function one(serial: string): Promise<Asset> {
      const [asset] = await at.inventory.findBySerial(serial, null);
      if (asset === undefined) throw new Error(`the books do not know ${serial}`);
      return asset;
    }

    async function all(): Promise<readonly Asset[]> {
      const first = await at.inventory.listAssets(null);
      const assets = [...first.items];
      for (let cursor = first.next; cursor !== null;) {
        const page = await at.inventory.listAssets(cursor);
        assets.push(...page.items);
        cursor = page.next;
      }
      return assets;
    }

    beforeAll(async () => {
      const harness = await makeHarness();
      Object.assign(at, { harness, inventory: harness.inventory, sandbox: harness.sandbox });
    });
    afterAll(() => at.sandbox.stop());
    beforeEach(async () => {
      await at.sandbox.reset();
      await at.sandbox.seed(company);
    });

    describeReads(at);
    if (closes) {
      describeClosing(at);
      describeLicences(at);
      if (writesOff) describeWriteOffs(at);
      describeOutcomes(at);
      describeLeaving(at);
    } else describeReadOnly(at);
    if (over === 'http') {
      describeFailures(at);
      if (closes) describeWriteFailures(at);
    }

    it('says whether it can be written', () => {
      expect(at.inventory.closes).toBe(closes);
    });

    it('tells that nothing is missing when all permissions are there', async () => {
      expect(await at.inventory.probe()).toEqual({ missing: [] });
    });
  });
}
