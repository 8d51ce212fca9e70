/** What every hold source adapter must do, whatever the vendor. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExternalHold, HoldSource } from '../../../src/adapters/holds/port.ts';
import { deadUrl } from '../support/planted.ts';
import type { HoldHarness } from './harness.ts';

const ADA = 'ada@example.com';
const BO = 'bo@example.com';

export function describeHolds(name: string, makeHarness: () => Promise<HoldHarness>): void {
  describe(`hold source: ${name}`, () => {
    let harness: HoldHarness;
    let source: HoldSource;

    beforeEach(async () => {
      harness = await makeHarness();
      source = harness.source();
      await harness.open('smith');
    });
    afterEach(() => harness.stop());

    const isHeld = async (...addresses: string[]) => (await source.holdsOn({ addresses })).length > 0;

    describe('about one person', () => {
      it('tells a hold on them, and of nobody else', async () => {
        await harness.hold('smith', ADA);
        const holds = await source.holdsOn({ addresses: [ADA] });
        expect(holds.length).toBeGreaterThan(0);
        for (const hold of holds) expect(hold.addresses).toEqual([ADA]);
        expect(await source.holdsOn({ addresses: [BO] })).toEqual([]);
      });

      it('finds them by any of their addresses, in any case, and by no part of one', async () => {
        await harness.hold('smith', 'Ada@Example.com');
        expect(await isHeld(BO, ' ADA@example.COM ')).toBe(true);
        expect(await isHeld('da@example.com', 'ada@example.co', 'ada@example.com.au', 'ada')).toBe(false);
      });

      it('says so of what is lifted, in every matter', async () => {
        await harness.open('jones');
        await harness.hold('smith', ADA);
        await harness.hold('jones', ADA);
        await harness.lift('smith', ADA);
        expect(await isHeld(ADA)).toBe(true);
        await harness.lift('jones', ADA);
        expect(await isHeld(ADA)).toBe(false);
      });

      it('says so of a matter that was closed', async () => {
        await harness.hold('smith', ADA);
        await harness.close('smith');
        expect(await isHeld(ADA)).toBe(false);
      });

      it('counts what is neither on nor off as in force', async () => {
        for (const [state, bring] of Object.entries(harness.unsettled)) {
          await harness.open(state);
          await bring(state, `${state}@example.com`.toLowerCase());
          expect(await isHeld(`${state}@example.com`), state).toBe(true);
        }
      });

      it('names a hold by an id that stays, and that says nothing of the person', async () => {
        await harness.hold('smith', ADA);
        const ids = (holds: readonly ExternalHold[]) => holds.map(({ externalId }) => externalId).toSorted();
        const first = ids(await source.holdsOn({ addresses: [ADA] }));
        await harness.hold('smith', BO);
        expect(ids(await harness.source().holdsOn({ addresses: [ADA] }))).toEqual(first);
        expect(new Set(first).size).toBe(first.length);
        for (const id of first) expect(id).not.toMatch(/ada|example|@/iu);
      });

      it('answers about nobody with an error, and asks nobody', async () => {
        const requests = await harness.sandbox.count({});
        for (const addresses of [[], [' ', '']])
          await expect(source.holdsOn({ addresses })).rejects.toMatchObject({
            code: 'refused',
            vendorCode: 'NO_ADDRESS',
          });
        expect(await requests.hits()).toBe(0);
      });

      it('reads to the last page of matters and of people', async () => {
        for (let matter = 0; matter < harness.severalPages; matter += 1) await harness.open(`m${matter}`);
        for (let person = 0; person < harness.severalPages; person += 1)
          await harness.hold('smith', `p${person}@example.com`);
        await harness.hold(`m${harness.severalPages - 1}`, ADA);
        expect(await isHeld(ADA)).toBe(true);
        expect(await isHeld(`p${harness.severalPages - 1}@example.com`)).toBe(true);
        await harness.sandbox.plant(harness.laterPage, { type: 'status', status: 503 });
        await expect(source.holdsOn({ addresses: [BO] })).rejects.toMatchObject({ code: 'retryable' });
      });
    });

    describe('all of them', () => {
      const walk = async (from: HoldSource): Promise<ExternalHold[]> => {
        const all: ExternalHold[] = [];
        let cursor: string | null = null;
        do {
          const page = await from.listHolds(cursor);
          all.push(...page.items);
          cursor = page.next;
        } while (cursor !== null);
        return all;
      };

      it('are those that are told of each person, with the same ids', async () => {
        await harness.open('jones');
        await harness.hold('smith', ADA);
        await harness.hold('jones', ADA);
        await harness.hold('jones', BO);
        const told = [
          ...(await source.holdsOn({ addresses: [ADA] })),
          ...(await source.holdsOn({ addresses: [BO] })),
        ];
        const ids = (holds: readonly ExternalHold[]) => holds.map(({ externalId }) => externalId).toSorted();
        expect(ids(await walk(source))).toEqual(ids(told));
      });

      it('can be read on by another process, from every page, also after a failure', async () => {
        await harness.hold('smith', ADA);
        await harness.hold('smith', BO);
        const all = await walk(source);
        const before: ExternalHold[] = [];
        let cursor: string | null = null;
        do {
          const fault = await harness.sandbox.plant({ method: 'GET' }, { type: 'status', status: 503 });
          await expect(source.listHolds(cursor)).rejects.toMatchObject({ code: 'retryable' });
          await fault.remove();
          const page = await harness.source().listHolds(cursor);
          before.push(...page.items);
          cursor = page.next;
        } while (cursor !== null);
        expect(before).toEqual(all);
      });

      it('cannot be read on from what is no cursor', async () => {
        for (const cursor of ['', 'x', '{}', '[]'])
          await expect(source.listHolds(cursor)).rejects.toMatchObject({
            code: 'refused',
            vendorCode: 'CURSOR',
          });
      });
    });

    describe('a source that does not answer', () => {
      beforeEach(() => harness.hold('smith', ADA));

      /** Never an empty answer: whoever is asked about, the reading fails. */
      const failure = async (asked: HoldSource = source): Promise<unknown> =>
        asked.holdsOn({ addresses: [BO] }).then(
          (holds) => ({ answered: holds }),
          (error: unknown) => error,
        );

      it('is down, and nobody is free because of it, at whichever request it happens', async () => {
        for (const [kind, match] of Object.entries(harness.requests)) {
          for (const status of [429, 500, 503]) {
            const fault = await harness.sandbox.plant(match, {
              type: 'status',
              status,
              headers: { 'retry-after': '9' },
            });
            expect(await failure(), `${kind} ${status}`).toMatchObject({
              code: 'retryable',
              status,
              retryAfterMs: 9000,
            });
            expect(await fault.hits(), `${kind} ${status}`).toBe(1);
            await fault.remove();
          }
          for (const [status, code] of [
            [400, 'refused'],
            [403, 'refused'],
            [404, 'not-found'],
          ] as const) {
            const fault = await harness.sandbox.plant(match, { type: 'status', status });
            expect(await failure(), `${kind} ${status}`).toMatchObject({ code, status });
            await fault.remove();
          }
          const cut = await harness.sandbox.plant(match, { type: 'down' });
          expect(await failure(), `${kind} cut`).toMatchObject({ code: 'retryable' });
          await cut.remove();
        }
      });

      it.each([
        ['another shape', { unheard: 'of' }],
        ['a list of something else', { value: [{ unheard: 'of' }] }],
        ['text', '<html>maintenance</html>'],
        ['nothing', ''],
      ])('answers with %s: that is no answer', async (_what, body) => {
        for (const [kind, match] of Object.entries(harness.requests)) {
          const headers = { 'content-type': 'application/json' };
          const fault = await harness.sandbox.plant(match, { type: 'status', status: 200, headers, body });
          expect(await failure(), kind).toMatchObject({ code: 'unexpected-answer' });
          await fault.remove();
        }
      });

      it('is not there, or takes too long, or nobody waits for it any longer', async () => {
        expect(await failure(harness.source({ baseUrl: await deadUrl() }))).toMatchObject({
          code: 'retryable',
        });
        const [match = {}] = Object.values(harness.requests);
        await harness.sandbox.plant(match, { type: 'latency', ms: 3000 });
        expect(await failure(harness.source({ timeoutMs: 100 }))).toMatchObject({ code: 'retryable' });
        const given = source.holdsOn({ addresses: [ADA] }, { signal: AbortSignal.abort() });
        await expect(given).rejects.toMatchObject({ code: 'retryable' });
      });

      it('refuses whom it does not know, and says so to who looks for the cause', async () => {
        expect(await source.probe()).toEqual({ missing: [] });
        await harness.revoke();
        expect(await failure()).toMatchObject({ code: 'refused' });
        await expect(source.listHolds(null)).rejects.toMatchObject({ code: 'refused' });
        expect((await source.probe()).missing).not.toEqual([]);
      });

      it('does not bring a person or a secret into an error', async () => {
        const body = { error: { code: 'Boom', message: `${ADA} in Smith v. Jones` }, message: ADA };
        for (const match of Object.values(harness.requests)) {
          for (const status of [200, 403, 500]) {
            const fault = await harness.sandbox.plant(match, { type: 'status', status, body });
            const error = await failure();
            expect(error).toBeInstanceOf(Error);
            for (const word of [...harness.secrets, 'ada', 'Smith', 'bo@'])
              expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain(word);
            await fault.remove();
          }
        }
      });
    });

    it('changes nothing at the vendor', async () => {
      await harness.hold('smith', ADA);
      const path = '^(?!.*/token)';
      const writes = await Promise.all(
        ['POST', 'PUT', 'PATCH', 'DELETE'].map((method) => harness.sandbox.count({ method, path })),
      );
      await source.probe();
      await source.holdsOn({ addresses: [ADA] });
      await source.listHolds(null);
      expect(await Promise.all(writes.map((write) => write.hits()))).toEqual([0, 0, 0, 0]);
      expect(await harness.sandbox.effects()).toEqual([]);
    });
  });
}
