/**
 * What every identity provider adapter must do, whatever the vendor: run it with a harness around the vendor's simulator.
 * The company is Maya (manager), Ada (leaves; holds a laptop and a phone) and Bo (stays).
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { IdentityProvider } from '../../../src/adapters/identity/port.ts';
import { deadUrl } from '../support/planted.ts';
import type { IdentityHarness } from './harness.ts';

export function describeIdentityProvider(name: string, makeHarness: () => Promise<IdentityHarness>): void {
  describe(`identity provider: ${name}`, () => {
    let harness: IdentityHarness;
    let provider: IdentityProvider;
    let ada: string;

    beforeEach(async () => {
      harness = await makeHarness();
      provider = harness.provider();
      ada = await harness.idOf('ada');
    });
    afterEach(() => harness.stop());

    /** Reads on until there is no more, and gives all hints and the last cursor. */
    async function changes(from: string | null) {
      const hints = [];
      let cursor = from;
      for (let page = 0; page < 100; page += 1) {
        const answer = await provider.changesSince(cursor);
        hints.push(...answer.hints);
        cursor = answer.cursor;
        if (!answer.more) return { hints, cursor };
      }
      throw new Error('there is always more');
    }

    describe('reading', () => {
      it('reads a person with the keys that link them elsewhere', async () => {
        expect(await provider.readPerson(ada)).toMatchObject({
          externalId: ada,
          state: 'active',
          employeeNumber: 'E-2',
          workEmail: 'ada@example.com',
          displayName: 'Ada Leaver',
          country: 'DE',
          leaveAt: null,
        });
      });

      it('answers null for an id that nobody has, and for a login or e-mail in its place', async () => {
        expect(await provider.readPerson(harness.unknownId)).toBeNull();
        expect(await provider.readPerson('ada@example.com')).toBeNull();
      });

      it('reads live: a change is seen by the very next read', async () => {
        await provider.readPerson(ada);
        await harness.setCountry('ada', 'FR');
        expect((await provider.readPerson(ada))?.country).toBe('FR');
        await harness.act('ada', 'disable');
        expect((await provider.readPerson(ada))?.state).toBe('deactivated');
      });

      it('finds a person by HR number or e-mail, disabled ones too, and nobody else', async () => {
        await harness.act('ada', 'disable');
        for (const keys of [
          { employeeNumber: 'E-2', workEmail: null },
          { employeeNumber: null, workEmail: 'ADA@example.com' },
          { employeeNumber: 'E-2', workEmail: 'ada@example.com' },
        ]) {
          expect((await provider.findPersons(keys)).map(({ externalId }) => externalId)).toEqual([ada]);
        }
        expect(
          await provider.findPersons({ employeeNumber: 'E-2" or "" eq "', workEmail: "o'brien@example.com" }),
        ).toEqual([]);
        expect(await provider.findPersons({ employeeNumber: null, workEmail: null })).toEqual([]);
      });

      it('lists everybody once over all pages, disabled accounts too', async () => {
        await harness.addPeople(harness.severalPages);
        await harness.act('ada', 'disable');
        const ids: string[] = [];
        let cursor: string | null = null;
        let pages = 0;
        do {
          const page: Awaited<ReturnType<IdentityProvider['listPersons']>> =
            await provider.listPersons(cursor);
          ids.push(...page.items.map(({ externalId }) => externalId));
          cursor = page.next;
          pages += 1;
        } while (cursor !== null);
        expect(pages).toBeGreaterThan(1);
        expect(ids).toHaveLength(harness.severalPages + 3);
        expect(new Set(ids).size).toBe(harness.severalPages + 3);
        expect(ids).toContain(ada);
      });

      it('lists the devices of a person, and none for a person without', async () => {
        const devices = await provider.listDevicesOf(ada);
        expect(devices.flatMap(({ serial }) => serial ?? []).toSorted()).toEqual(
          [...harness.serialsOfAda].toSorted(),
        );
        expect(devices.length).toBeGreaterThan(0);
        expect(
          devices.every(({ heldBySubject, holderExternalId }) => heldBySubject && holderExternalId === ada),
        ).toBe(true);
        expect(await provider.listDevicesOf(await harness.idOf('maya'))).toEqual([]);
      });

      it('never takes an unknown person for one without devices', async () => {
        await expect(provider.listDevicesOf(harness.unknownId)).rejects.toMatchObject({ code: 'not-found' });
      });
    });

    describe('cutting access', () => {
      it('cuts every item the vendor offers, and reads it back item by item', async () => {
        const before = await provider.readAccess(ada, null);
        expect(before.find(({ item }) => item === 'account')?.state).toBe('open');
        const items = await provider.cutAccess(ada);
        const readBack = await provider.readAccess(ada, new Date().toISOString());
        for (const answer of [items, readBack]) {
          expect(
            Object.fromEntries(answer.map(({ item, state, basis }) => [item, { state, basis }])),
          ).toEqual(harness.cut);
        }
        expect((await provider.readPerson(ada))?.state).toBe('deactivated');
        expect((await provider.readPerson(await harness.idOf('bo')))?.state).toBe('active');
      });

      it('may be repeated: the account is disabled once, and the answer is the same', async () => {
        const first = await provider.cutAccess(ada);
        const second = await provider.cutAccess(ada);
        expect(second.map(({ item, state }) => [item, state])).toEqual(
          first.map(({ item, state }) => [item, state]),
        );
        expect(await harness.sandbox.effects(harness.effects.disable)).toHaveLength(1);
      });

      it('cuts what is left where the account was disabled before us', async () => {
        await harness.act('ada', 'disable');
        const items = await provider.cutAccess(ada);
        expect(Object.fromEntries(items.map(({ item, state, basis }) => [item, { state, basis }]))).toEqual(
          harness.cut,
        );
        expect(await harness.sandbox.effects(harness.effects.disable)).toEqual([]);
        expect((await harness.sandbox.effects(harness.effects.revokeSessions)).length).toBeGreaterThan(0);
      });

      it('reading back changes nothing', async () => {
        await provider.readAccess(ada, null);
        await provider.readAccess(ada, new Date().toISOString());
        const { effects } = await harness.sandbox.control.get<{ effects: unknown[] }>('/effects');
        expect(effects).toEqual([]);
      });

      it('fails for a person that the vendor does not know', async () => {
        await expect(provider.cutAccess(harness.unknownId)).rejects.toMatchObject({ code: 'not-found' });
      });
    });

    describe('failures', () => {
      it('sends nothing twice by itself: a read that is throttled is one request, with the delay of the vendor', async () => {
        const fault = await harness.sandbox.plant(harness.requests.readPerson, {
          type: 'rate-limit',
          retryAfterSeconds: 7,
        });
        const error = await provider.readPerson(ada).catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ code: 'retryable', status: 429 });
        const { retryAfterMs } = error as { retryAfterMs: number };
        expect(retryAfterMs).toBeGreaterThanOrEqual(7000);
        expect(retryAfterMs).toBeLessThan(10_000);
        expect(await fault.hits()).toBe(1);
      });

      it.each([500, 503, 504])(
        'a read answered %i may be repeated, and was not repeated here',
        async (status) => {
          const fault = await harness.sandbox.plant(harness.requests.readPerson, { type: 'status', status });
          await expect(provider.readPerson(ada)).rejects.toMatchObject({ code: 'retryable', status });
          expect(await fault.hits()).toBe(1);
        },
      );

      it.each([500, 503, 504])(
        'a write answered %i has an unknown outcome, and is one request',
        async (status) => {
          const fault = await harness.sandbox.plant(harness.requests.disable, { type: 'status', status });
          await expect(provider.cutAccess(ada)).rejects.toMatchObject({ code: 'outcome-unknown', status });
          expect(await fault.hits()).toBe(1);
        },
      );

      it('a throttled write certainly did nothing', async () => {
        const fault = await harness.sandbox.plant(harness.requests.disable, {
          type: 'rate-limit',
          retryAfterSeconds: 3,
        });
        await expect(provider.cutAccess(ada)).rejects.toMatchObject({ code: 'retryable', status: 429 });
        expect(await fault.hits()).toBe(1);
        expect(await harness.sandbox.effects(harness.effects.disable)).toEqual([]);
      });

      it('a lost answer to a write is an unknown outcome; repeating the whole ends with one effect', async () => {
        await harness.sandbox.plant(harness.requests.disable, { type: 'drop-after-effect' }, 1);
        await expect(provider.cutAccess(ada)).rejects.toMatchObject({ code: 'outcome-unknown' });
        await provider.cutAccess(ada);
        expect(await harness.sandbox.effects(harness.effects.disable)).toHaveLength(1);
      });

      it('gives up waiting for an answer: unknown for a write, to be repeated for a read', async () => {
        const impatient = harness.provider({ timeoutMs: 2000 });
        await impatient.readPerson(ada);
        const held = await harness.sandbox.plant(harness.requests.revokeSessions, {
          type: 'hold-after-effect',
        });
        await expect(impatient.cutAccess(ada)).rejects.toMatchObject({ code: 'outcome-unknown' });
        await held.remove();
        await harness.sandbox.plant(harness.requests.readPerson, { type: 'hold-after-effect' });
        await expect(impatient.readPerson(ada)).rejects.toMatchObject({ code: 'retryable' });
      });

      it('stops when the caller gives up', async () => {
        const held = await harness.sandbox.plant(harness.requests.readPerson, { type: 'hold-after-effect' });
        const giveUp = new AbortController();
        const reading = provider.readPerson(ada, { signal: giveUp.signal });
        const outcome = expect(reading).rejects.toMatchObject({ code: 'retryable' });
        await expect.poll(() => held.held(), { timeout: 20_000 }).toBe(1);
        giveUp.abort();
        await outcome;
      });

      it('a refused connection is always safe to repeat', async () => {
        const nobody = harness.provider({ baseUrl: await deadUrl() });
        await expect(nobody.readPerson(ada)).rejects.toMatchObject({ code: 'retryable' });
        await expect(nobody.cutAccess(ada)).rejects.toMatchObject({ code: 'retryable' });
      });

      it.each([401, 403])('%i is a refusal and is not asked again for ever', async (status) => {
        const fault = await harness.sandbox.plant(harness.requests.disable, { type: 'status', status });
        await expect(provider.cutAccess(ada)).rejects.toMatchObject({ code: 'refused', status });
        expect(await fault.hits()).toBe(1);
      });

      it.each([
        ['another shape', { unheard: 'of' }],
        ['text', '<html>maintenance of ada@example.com</html>'],
        ['nothing', ''],
      ])('an answer outside the schema stops the step: %s', async (_what, body) => {
        await harness.sandbox.plant(harness.requests.readPerson, {
          type: 'status',
          status: 200,
          headers: { 'content-type': 'application/json' },
          body,
        });
        await expect(provider.readPerson(ada)).rejects.toMatchObject({ code: 'unexpected-answer' });
        await expect(provider.cutAccess(ada)).rejects.toMatchObject({ code: 'unexpected-answer' });
        await harness.sandbox.plant(harness.requests.listDevices, {
          type: 'status',
          status: 200,
          headers: { 'content-type': 'application/json' },
          body,
        });
        await expect(provider.listDevicesOf(ada)).rejects.toMatchObject({ code: 'unexpected-answer' });
      });

      it('a listing that breaks off throws, and is never a shorter list', async () => {
        await harness.addPeople(harness.severalPages);
        await harness.sandbox.plant(harness.requests.laterPersons, { type: 'status', status: 503 });
        const first = await provider.listPersons(null);
        expect(first.next).not.toBeNull();
        await expect(provider.listPersons(first.next)).rejects.toMatchObject({ code: 'retryable' });
      });

      it('follows no redirect, and carries its token to no other address', async () => {
        const other = await harness.sandbox.count({ path: '/stolen' });
        const location = `${Object.values(harness.sandbox.urls)[0]}/stolen`.replace('127.0.0.1', 'localhost');
        await harness.sandbox.plant(harness.requests.readPerson, {
          type: 'status',
          status: 302,
          headers: { location },
          body: '',
        });
        await expect(provider.readPerson(ada)).rejects.toMatchObject({ status: 302 });
        await expect(provider.listPersons(`${location}?x=1`)).rejects.toMatchObject({
          code: 'unexpected-answer',
        });
        expect(await other.hits()).toBe(0);
      });

      it('says nothing of a person or a secret in its errors', async () => {
        const body = {
          errorCode: 'E0000007',
          errorSummary: 'ada@example.com',
          error: { code: 'Boom', message: 'Ada Leaver' },
        };
        const texts: string[] = [];
        for (const status of [400, 403, 404, 409, 500]) {
          const fault = await harness.sandbox.plant(harness.requests.disable, {
            type: 'status',
            status,
            body,
          });
          const error = await provider.cutAccess(ada).catch((thrown: unknown) => thrown);
          expect(error).toBeInstanceOf(Error);
          texts.push(String(error), JSON.stringify(error));
          await fault.remove();
        }
        for (const text of texts) {
          for (const word of [...harness.secrets, 'ada@', 'Ada Leaver', ada])
            expect(text).not.toContain(word);
        }
      });
    });

    describe('changes', () => {
      it('tells of a leaver once the cursor is passed, and nothing when nothing happened', async () => {
        const { cursor } = await changes(null);
        expect((await changes(cursor)).hints).toEqual([]);
        await harness.act('ada', 'disable');
        const { hints, cursor: next } = await changes(cursor);
        expect(hints.map(({ externalId }) => externalId)).toEqual([ada]);
        expect((await changes(next)).hints).toEqual([]);
      });

      it('repeated from the same cursor gives the same event ids', async () => {
        const { cursor } = await changes(null);
        await harness.act('ada', 'disable');
        const ids = async () => (await changes(cursor)).hints.map(({ eventId }) => eventId);
        const first = await ids();
        expect(first.length).toBeGreaterThan(0);
        expect(await ids()).toEqual(first);
      });

      it('gives each of two departures of one person its own event id', async () => {
        const { cursor } = await changes(null);
        await harness.act('ada', 'disable');
        const first = await changes(cursor);
        await harness.act('ada', 'enable');
        const between = await changes(first.cursor);
        expect(between.hints.map(({ kind }) => kind)).toContain('rehire');
        await harness.act('ada', 'disable');
        const second = await changes(between.cursor);
        const ids = [...first.hints, ...between.hints, ...second.hints].map(({ eventId }) => eventId);
        expect(second.hints.length).toBeGreaterThan(0);
        expect(new Set(ids).size).toBe(ids.length);
      });

      it('tells of an account that was deleted', async () => {
        const bo = await harness.idOf('bo');
        const { cursor } = await changes(null);
        await harness.act('bo', 'delete');
        const { hints } = await changes(cursor);
        expect(hints.at(-1)).toMatchObject({ kind: 'leaver', externalId: bo });
      });

      it('keeps the cursor usable after a failure', async () => {
        const { cursor } = await changes(null);
        await harness.act('ada', 'disable');
        await harness.sandbox.plant(harness.requests.changes, { type: 'status', status: 503 }, 1);
        await expect(provider.changesSince(cursor)).rejects.toMatchObject({ code: 'retryable' });
        expect((await changes(cursor)).hints).toHaveLength(1);
      });
    });

    it('finds no permission missing, and names what is refused', async () => {
      expect(await provider.probe()).toEqual({ missing: [] });
      await harness.sandbox.plant(harness.requests.listPersons, { type: 'status', status: 403 });
      expect((await provider.probe()).missing.length).toBeGreaterThan(0);
    });
  });
}
