/** Every failure leaves as one of the closed codes, after exactly one request. */
import { describe, expect, it } from 'vitest';
import { ada, closure } from './fixtures.ts';
import type { InventoryContext } from './harness.ts';

export function describeFailures(at: InventoryContext): void {
  const anId = () => at.harness.anId ?? '1';

  describe('failures', () => {
    it("gives a throttled read back with the vendor's delay, after one request", async () => {
      const { externalId } = await at.one('SPARE01');
      const hits = await at.sandbox.fault({
        match: at.harness.readOne,
        fault: { type: 'rate-limit', retryAfterSeconds: 17 },
      });
      await expect(at.inventory.readAsset(externalId)).rejects.toMatchObject({
        code: 'retryable',
        status: 429,
        ...(at.harness.sendsRetryAfter && { retryAfterMs: 17_000 }),
      });
      expect(await hits()).toBe(1);
    });

    it.each([500, 502, 503])('calls a %i retryable for a read, after one request', async (status) => {
      const { externalId } = await at.one('SPARE01');
      const hits = await at.sandbox.fault({ match: at.harness.readOne, fault: { type: 'status', status } });
      await expect(at.inventory.readAsset(externalId)).rejects.toMatchObject({ code: 'retryable', status });
      expect(await hits()).toBe(1);
    });

    it('gives up after its time limit and says what that means', async () => {
      const { externalId } = await at.one('ADA-0002X');
      await at.sandbox.fault({ match: at.harness.readOne, fault: { type: 'latency', ms: 5000 }, times: 1 });
      await expect(at.inventory.readAsset(externalId)).rejects.toMatchObject({ code: 'retryable' });
    });

    it('stops when the caller stops', async () => {
      await expect(at.inventory.listAssetsOf(ada, { signal: AbortSignal.abort() })).rejects.toMatchObject({
        code: 'retryable',
      });
      expect(at.sandbox.requests()).toEqual([]);
    });

    it('does not call a person without assets what it could not ask to the end', async () => {
      await at.sandbox.fault({ fault: { type: 'status', status: 502 } });
      await expect(at.inventory.listAssetsOf(ada)).rejects.toMatchObject({ code: 'retryable' });
    });

    it('says refused for a wrong credential, unexpected for an answer it does not know', async () => {
      const times = at.harness.renewsOnce === true ? 2 : 1;
      const hits = await at.sandbox.fault({
        match: at.harness.readOne,
        fault: { type: 'status', status: 401 },
        times,
      });
      await expect(at.inventory.readAsset(anId())).rejects.toMatchObject({ code: 'refused' });
      expect(await hits()).toBe(times);
      await at.sandbox.fault({
        match: at.harness.readOne,
        fault: { type: 'status', status: 200, body: { surprise: 'Ada' } },
        times: 1,
      });
      await expect(at.inventory.readAsset(anId())).rejects.toMatchObject({
        code: 'unexpected-answer',
        message: expect.not.stringContaining('Ada'),
      });
    });

    it('calls a read retryable when nobody listens: nothing was sent', async () => {
      await expect(at.harness.unreachable.readAsset(anId())).rejects.toMatchObject({ code: 'retryable' });
    });

    it('names neither the person nor the credential in any error', async () => {
      await at.sandbox.fault({
        fault: { type: 'status', status: 400, body: { status: 'error', messages: "Ada O'Neill" } },
      });
      const error = await at.inventory.listAssetsOf(ada).catch((caught: unknown) => caught);
      expect(String(error)).not.toMatch(/neill|1001|sandbox/iu);
    });
  });
}

/** Of an inventory that can be written. */
export function describeWriteFailures(at: InventoryContext): void {
  describe('failures of writes', () => {
    it('calls the outcome of each write unknown after a 503, and sends none twice', async () => {
      const { externalId } = await at.one('ADA-0002X');
      for (const match of at.harness.writes) {
        const hits = await at.sandbox.fault({ match, fault: { type: 'status', status: 503 }, times: 1 });
        await expect(at.inventory.closeAsset(externalId, closure)).rejects.toMatchObject({
          code: 'outcome-unknown',
          status: 503,
        });
        expect(await hits()).toBe(1);
      }
    });

    it('calls a throttled write retryable: nothing happened', async () => {
      const { externalId } = await at.one('ADA-0002X');
      const [match] = at.harness.writes;
      await at.sandbox.fault({
        ...(match && { match }),
        fault: { type: 'rate-limit', retryAfterSeconds: 3 },
        times: 1,
      });
      await expect(at.inventory.closeAsset(externalId, closure)).rejects.toMatchObject({ code: 'retryable' });
      expect(await at.sandbox.effects()).toEqual([]);
    });

    it('ends closed, with one effect of each kind of change, after answers were lost at every write', async () => {
      const { externalId } = await at.one('ADA-0002X');
      for (const match of at.harness.writes) {
        await at.sandbox.fault({ match, fault: { type: 'drop-after-effect' }, times: 1 });
        await expect(at.inventory.closeAsset(externalId, closure)).rejects.toMatchObject({
          code: 'outcome-unknown',
        });
      }
      await at.inventory.closeAsset(externalId, closure);
      expect(at.inventory.isClosed(await at.one('ADA-0002X'), closure)).toBe(true);
      expect((await at.sandbox.effects()).filter(at.harness.unassigns)).toHaveLength(1);
    });

    it('calls the outcome of a write unknown after its time limit', async () => {
      const { externalId } = await at.one('ADA-0002X');
      const [match] = at.harness.writes;
      await at.sandbox.fault({ ...(match && { match }), fault: { type: 'hold-after-effect' }, times: 1 });
      await expect(at.inventory.closeAsset(externalId, closure)).rejects.toMatchObject({
        code: 'outcome-unknown',
      });
    });

    it('calls a write retryable when nobody listens: nothing was sent', async () => {
      const { unreachable, anId = '1' } = at.harness;
      await expect(unreachable.closeAsset(anId, closure)).rejects.toMatchObject({ code: 'retryable' });
    });
  });
}
