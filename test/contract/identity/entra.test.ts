import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startReceiver } from '../../../sandbox/core/testing.ts';
import { createEntraHookVerifier, readEntraHook } from '../../../src/adapters/identity/entra/index.ts';
import type { LifecycleHint } from '../../../src/adapters/identity/port.ts';
import { makeEntraHarness } from './entra-harness.ts';
import type { EntraHarness } from './entra-harness.ts';
import { describeIdentityProvider } from './suite.ts';

describeIdentityProvider('Entra ID', makeEntraHarness);

const DAY = 86_400_000;
const inDays = (days: number): string => new Date(Date.now() + days * DAY).toISOString();
const CLIENT_STATE = 'a-client-state-of-some-length';

describe('Entra ID alone', () => {
  let harness: EntraHarness;
  let ada: string;
  beforeEach(async () => {
    harness = await makeEntraHarness();
    ada = await harness.idOf('ada');
  });
  afterEach(() => harness.stop());

  async function hintsOf(act: () => Promise<unknown>): Promise<readonly LifecycleHint[]> {
    const provider = harness.provider();
    const { cursor } = await provider.changesSince(null);
    await act();
    return (await provider.changesSince(cursor)).hints;
  }

  describe('tokens', () => {
    const tokenRequests = { method: 'POST', path: '/oauth2/' };

    it('shares one token among many requests, and asks for another when it is about to end', async () => {
      const count = await harness.sandbox.count(tokenRequests);
      let now = Date.now();
      const provider = harness.entra({}, { clock: () => new Date(now) });
      await Promise.all([provider.readPerson(ada), provider.readPerson(ada), provider.listPersons(null)]);
      expect(await count.hits()).toBe(1);
      now += 3_400_000;
      await provider.readPerson(ada);
      expect(await count.hits()).toBe(2);
    });

    it('gets a new one for a read when the vendor ended it early, and repeats no write', async () => {
      const provider = harness.provider();
      await provider.readPerson(ada);
      await harness.lever('/tokens/expire');
      expect((await provider.readPerson(ada))?.externalId).toBe(ada);
      const writes = await harness.sandbox.plant({ method: 'PATCH' }, { type: 'status', status: 401 });
      await expect(provider.cutAccess(ada)).rejects.toMatchObject({ code: 'refused', status: 401 });
      expect(await writes.hits()).toBe(1);
    });

    it('asks a vendor that refuses every token twice at most', async () => {
      const reads = await harness.sandbox.plant({ method: 'GET' }, { type: 'status', status: 401 });
      await expect(harness.provider().readPerson(ada)).rejects.toMatchObject({
        code: 'refused',
        status: 401,
      });
      expect(await reads.hits()).toBe(2);
    });

    it('a wrong secret is a refusal, with nothing secret in it', async () => {
      const error: unknown = await harness
        .entra({ clientSecret: 'wrong-secret' })
        .readPerson(ada)
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'refused', status: 401, vendorCode: 'invalid_client' });
      expect(String(error)).not.toContain('wrong-secret');
    });

    it('an identity platform that is down makes even a write safe to repeat', async () => {
      await harness.sandbox.plant(tokenRequests, { type: 'status', status: 503 });
      await expect(harness.provider().cutAccess(ada)).rejects.toMatchObject({
        code: 'retryable',
        status: 503,
      });
    });
  });

  describe('accounts', () => {
    it('reads the leave date and the manager', async () => {
      await harness.lever('/users/ada/leave-date', { date: '2026-12-31T23:00:00+01:00' });
      expect(await harness.provider().readPerson(ada)).toMatchObject({
        leaveAt: '2026-12-31T22:00:00.000Z',
        managerExternalId: await harness.idOf('maya'),
      });
      expect((await harness.provider().readPerson(await harness.idOf('maya')))?.managerExternalId).toBeNull();
    });

    it('tells a deleted account from one that was purged', async () => {
      await harness.act('ada', 'delete');
      expect((await harness.provider().readPerson(ada))?.state).toBe('deleted');
      const items = await harness.provider().readAccess(ada, null);
      expect(items.map(({ state }) => state)).toEqual(['cut', 'cut', 'cut']);
      await harness.lever('/users/ada/purge');
      expect(await harness.provider().readPerson(ada)).toBeNull();
    });

    it('cuts what the cloud can cut of a synchronised account, and is refused the rest with a code to show', async () => {
      const company = {
        key: 'eve',
        givenName: 'Eve',
        familyName: 'Sync',
        workEmail: 'eve@example.com',
        externalId: 'E-9',
      };
      await harness.sandbox.seed({
        people: [{ ...company, identity: ['graph'], onPremises: true }],
        devices: [],
      });
      const { id } = await harness.sandbox.control.get<{ id: string }>('/instances/graph/users/eve');
      const patches = await harness.sandbox.count({ method: 'PATCH' });
      await expect(harness.provider().cutAccess(id)).rejects.toMatchObject({
        code: 'refused',
        vendorCode: 'OnPremisesSyncEnabled',
      });
      expect(await patches.hits()).toBe(0);
      expect(await harness.sandbox.effects('user.revoke-sessions')).toHaveLength(1);
      expect(await harness.sandbox.effects('grant.delete')).toHaveLength(1);
      // Disabled on premises, it is whole.
      await harness.lever('/users/eve/disable');
      const items = await harness.provider().cutAccess(id);
      expect(items.map(({ state }) => state)).toEqual(['cut', 'cut', 'cut']);
    });

    it('does not take sessions for cut that ended before our cut', async () => {
      const sessions = async (cutAt: string) =>
        (await harness.provider().readAccess(ada, cutAt)).find(({ item }) => item === 'sessions');
      expect((await sessions(new Date().toISOString()))?.state).toBe('open');
      await harness.provider().cutAccess(ada);
      const cut = await sessions(new Date().toISOString());
      expect(cut).toMatchObject({ state: 'cut', basis: 'read-back' });
      expect(cut?.since).not.toBeNull();
      expect((await sessions(inDays(1)))?.state).toBe('open');
    });

    it('shows each device once, without a serial, tied to the device manager by the directory id', async () => {
      const devices = await harness.provider().listDevicesOf(ada);
      expect(devices).toHaveLength(2);
      expect(
        devices.every(({ serial, directoryDeviceId }) => serial === null && directoryDeviceId !== undefined),
      ).toBe(true);
      expect(devices.map(({ platform }) => platform).toSorted()).toEqual(['ios', 'macos']);
      expect(devices.map(({ ownership }) => ownership)).toEqual(['corporate', 'corporate']);
    });
  });

  describe('hints', () => {
    it('disabled without a leave date is a suspension', async () => {
      expect(await hintsOf(() => harness.act('ada', 'disable'))).toMatchObject([
        { kind: 'suspension', effectiveAt: null },
      ]);
    });

    it('a leave date in the future is a leaver then, and moving it moves that', async () => {
      const [first, second] = [inDays(10), inDays(20)];
      const provider = harness.provider();
      const start = await provider.changesSince(null);
      await harness.lever('/users/ada/leave-date', { date: first });
      const set = await provider.changesSince(start.cursor);
      expect(set.hints).toMatchObject([{ kind: 'leaver', externalId: ada, effectiveAt: first }]);
      await harness.lever('/users/ada/leave-date', { date: second });
      const moved = await provider.changesSince(set.cursor);
      expect(moved.hints).toMatchObject([{ kind: 'leaver', effectiveAt: second }]);
      await harness.lever('/users/ada/leave-date', { date: null });
      const withdrawn = await provider.changesSince(moved.cursor);
      expect(withdrawn.hints).toMatchObject([{ kind: 'cancellation', effectiveAt: null }]);
    });

    it('disabled with the leave date passed is a leaver, before it a suspension and a leaver to come', async () => {
      const leaving = async (date: string) => {
        await harness.lever('/users/ada/leave-date', { date });
        await harness.act('ada', 'disable');
      };
      expect((await hintsOf(() => leaving(inDays(-1)))).map(({ kind }) => kind)).toEqual(['leaver']);
      expect((await hintsOf(() => leaving(inDays(5)))).map(({ kind }) => kind)).toEqual([
        'suspension',
        'leaver',
      ]);
    });

    it('a replayed change has another id only in another round, and is told once in one round', async () => {
      const provider = harness.provider();
      const { cursor } = await provider.changesSince(null);
      await harness.act('ada', 'disable');
      await harness.lever('/delta/replay', { changes: 0, twice: true });
      expect((await provider.changesSince(cursor)).hints).toHaveLength(1);
    });

    it('reads a person again whose row does not say enough', async () => {
      const provider = harness.provider();
      const { cursor } = await provider.changesSince(null);
      await harness.lever('/users/ada/leave-date', { date: inDays(-2) });
      await harness.act('ada', 'disable');
      const at = '/v1.0/users/delta?$deltatoken=x';
      const body = { value: [{ id: ada, accountEnabled: false }], '@odata.deltaLink': `${harness.url}${at}` };
      await harness.sandbox.plant({ path: '/users/delta' }, { type: 'status', status: 200, body }, 1);
      expect((await provider.changesSince(cursor)).hints).toMatchObject([{ kind: 'leaver' }]);
    });

    it('the first round tells of leave dates to come over all pages, and not of those who left before', async () => {
      await harness.addPeople(250);
      const soon = inDays(3);
      await harness.lever('/users/ada/leave-date', { date: soon });
      for (const [key, date] of [
        ['bo', null],
        ['maya', inDays(-100)],
      ] as const) {
        await harness.lever(`/users/${key}/leave-date`, { date });
        await harness.lever(`/users/${key}/disable`);
      }
      const provider = harness.provider();
      const hints: LifecycleHint[] = [];
      let pages = 0;
      let cursor: string | null = null;
      for (let more = true; more; pages += 1) {
        const answer: Awaited<ReturnType<typeof provider.changesSince>> = await provider.changesSince(cursor);
        hints.push(...answer.hints);
        ({ cursor, more } = answer);
        expect(answer.resync).toBe(false);
      }
      expect(pages).toBeGreaterThan(1);
      expect(hints).toMatchObject([{ kind: 'leaver', externalId: ada, effectiveAt: soon }]);
    });

    it.each(['410', '400'])(
      'begins anew when Graph forgot the token (%s), and misses nobody who was deleted meanwhile',
      async (as) => {
        const provider = harness.provider();
        const { cursor } = await provider.changesSince(null);
        await harness.act('ada', 'delete');
        const bo = await harness.idOf('bo');
        await harness.lever('/users/bo/leave-date', { date: inDays(-2) });
        await harness.act('bo', 'disable');
        await harness.lever('/users/maya/leave-date', { date: inDays(-100) });
        await harness.lever('/delta/expire', { as });
        const answer = await provider.changesSince(cursor);
        expect(answer.resync).toBe(true);
        expect(Object.fromEntries(answer.hints.map(({ externalId, kind }) => [externalId, kind]))).toEqual({
          [ada]: 'leaver',
          [bo]: 'leaver',
        });
        const next = await provider.changesSince(answer.cursor);
        expect(next).toMatchObject({ resync: false, hints: [] });
      },
    );

    it('never follows a delta link to another address', async () => {
      const body = {
        value: [],
        '@odata.deltaLink': 'https://elsewhere.example/v1.0/users/delta?$deltatoken=x',
      };
      await harness.sandbox.plant({ path: '/users/delta' }, { type: 'status', status: 200, body });
      await expect(harness.provider().changesSince(null)).rejects.toMatchObject({
        code: 'unexpected-answer',
      });
    });
  });

  describe('subscription', () => {
    it('is made once with its lifecycle address, then renewed, and made again when it ended', async () => {
      const receiver = await startReceiver();
      try {
        const hook = {
          notificationUrl: `${receiver.url}/hooks/entra`,
          lifecycleNotificationUrl: `${receiver.url}/hooks/entra/lifecycle`,
          clientState: CLIENT_STATE,
        };
        const verify = createEntraHookVerifier(harness.settings({ hook }));
        receiver.answer = ({ method, url, headers, body }) => {
          const address = new URL(url, receiver.url);
          const query = Object.fromEntries(address.searchParams);
          const lifecycle = address.pathname.endsWith('/lifecycle');
          const verdict = verify(
            {
              method: method === 'GET' ? 'GET' : 'POST',
              headers: { 'content-type': headers['content-type'] },
              query,
              body: Buffer.from(body),
              lifecycle,
            },
            new Date(),
          );
          if (verdict.kind === 'reply')
            return { status: verdict.status, body: verdict.body, contentType: verdict.contentType };
          return { status: verdict.kind === 'accept' ? verdict.status : 401 };
        };
        const provider = harness.entra({ hook });
        const renewals = await harness.sandbox.count({ method: 'PATCH', path: '/subscriptions/' });
        await provider.keepSubscribed?.();
        await provider.keepSubscribed?.();
        expect(await harness.sandbox.effects('subscription.create')).toMatchObject([
          { params: { resource: 'users', changeType: ['updated', 'deleted'] } },
        ]);
        expect(await renewals.hits()).toBe(1);

        receiver.received.length = 0;
        await harness.act('ada', 'disable');
        await harness.lever('/subscriptions/reauthorization');
        await expect.poll(() => receiver.received.length, { timeout: 20_000 }).toBe(2);
        const contents = receiver.received.map(({ body }) => readEntraHook(Buffer.from(body), 'd').kind);
        expect(contents.toSorted()).toEqual(['nudge', 'reauthorize']);
        const states = async () => {
          const path = '/deliveries';
          const { deliveries } = await harness.sandbox.control.get<{ deliveries: { state: string }[] }>(path);
          return deliveries.map(({ state }) => state);
        };
        await expect.poll(states, { timeout: 20_000 }).toEqual(['delivered', 'delivered']);

        await harness.lever('/subscriptions/expire');
        await provider.keepSubscribed?.();
        expect(await harness.sandbox.effects('subscription.create')).toHaveLength(2);
      } finally {
        await receiver.stop();
      }
    });

    it('is not asked for where no hook is configured', async () => {
      const requests = await harness.sandbox.count({ path: '/subscriptions' });
      await harness.provider().keepSubscribed?.();
      expect(await requests.hits()).toBe(0);
    });
  });
});
