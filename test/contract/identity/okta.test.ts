import { describe, expect, it } from 'vitest';
import { smallCompany } from '../../../sandbox/core/testing.ts';
import { createOkta as simulateOkta } from '../../../sandbox/okta/index.ts';
import {
  createOkta,
  createOktaHookVerifier,
  OktaSettings,
  readOktaHook,
} from '../../../src/adapters/identity/okta/index.ts';
import type { HookRequest } from '../../../src/adapters/webhook.ts';
import { startTestSandbox } from '../support/planted.ts';
import { describeIdentityProvider } from './suite.ts';
import type { IdentityHarness } from './harness.ts';

const TOKEN = 'okta-token-of-the-test';
const quick = { requestsPerSecond: 5000, burst: 5000 };

async function makeHarness(): Promise<IdentityHarness> {
  const sandbox = await startTestSandbox([{ kind: 'okta', name: 'okta', token: TOKEN, rateLimit: 100_000 }], {
    okta: simulateOkta,
  });
  const { control } = sandbox;
  await sandbox.seed(smallCompany());
  const at = (key: string): string => `/instances/okta/users/${key}`;
  const settings = (over: object = {}): OktaSettings =>
    OktaSettings.parse({ baseUrl: sandbox.urls['okta'], apiToken: TOKEN, ...quick, ...over });
  return {
    sandbox,
    secrets: [TOKEN],
    provider: ({ timeoutMs = 20_000, baseUrl } = {}) =>
      createOkta(
        'okta',
        settings({ requestTimeoutMs: timeoutMs, ...(baseUrl === undefined ? {} : { baseUrl }) }),
      ),
    idOf: async (key) => (await control.get<{ id: string }>(at(key))).id,
    unknownId: '00uNobody0000000000',
    severalPages: 450,
    addPeople: async (count) => {
      const people = Array.from({ length: count }, (_, index) => ({
        key: `p${index}`,
        givenName: 'P',
        familyName: `Number ${index}`,
        workEmail: `p${index}@example.com`,
        externalId: `X-${index}`,
        identity: ['okta'],
      }));
      await control.post('/company', { people, devices: [] });
    },
    act: async (key, act) => {
      if (act === 'delete') await control.post(`${at(key)}/deactivate`);
      await control.post(
        `${at(key)}/${{ disable: 'deactivate', enable: 'activate', delete: 'delete' }[act]}`,
      );
    },
    setCountry: async (key, countryCode) => void (await control.post(`${at(key)}/profile`, { countryCode })),
    requests: {
      readPerson: { method: 'GET', path: '^/api/v1/users/[^/?]+$' },
      listPersons: { method: 'GET', path: '^/api/v1/users\\?' },
      laterPersons: { method: 'GET', path: '^/api/v1/users\\?.*after=' },
      listDevices: { method: 'GET', path: '^/api/v1/users/[^/]+/devices' },
      disable: { method: 'POST', path: '/lifecycle/deactivate' },
      revokeSessions: { method: 'DELETE', path: '/sessions' },
      changes: { method: 'GET', path: '^/api/v1/logs' },
    },
    effects: { disable: 'user.deactivate', revokeSessions: 'user.sessions.revoke' },
    cut: {
      account: { state: 'cut', basis: 'read-back' },
      sessions: { state: 'cut', basis: 'vendor-answer' },
      grants: { state: 'cut', basis: 'read-back' },
    },
    serialsOfAda: ['C02ADA0001', 'F17ADA0002'],
    stop: () => sandbox.stop(),
  };
}

describeIdentityProvider('Okta', makeHarness);

describe('Okta alone', () => {
  it('revokes OAuth tokens along with the sessions', async () => {
    const harness = await makeHarness();
    try {
      await harness.provider().cutAccess(await harness.idOf('ada'));
      const revoked = await harness.sandbox.effects('user.sessions.revoke');
      expect(revoked.length).toBeGreaterThan(0);
      expect(revoked.every(({ params }) => params['oauthTokens'] === true)).toBe(true);
      expect((await harness.sandbox.effects('user.grants.revoke')).length).toBeGreaterThan(0);
    } finally {
      await harness.stop();
    }
  });

  it('takes a refusal for the status alone as "not offered", where the account was deactivated before us', async () => {
    const harness = await makeHarness();
    try {
      await harness.act('ada', 'disable');
      const body = { errorCode: 'E0000038', errorSummary: 'not allowed in the current status' };
      await harness.sandbox.plant(
        { method: 'DELETE', path: '/(sessions|grants)' },
        { type: 'status', status: 403, body },
      );
      const items = await harness.provider().cutAccess(await harness.idOf('ada'));
      expect(items.map(({ item, state }) => [item, state])).toEqual([
        ['account', 'cut'],
        ['sessions', 'not-offered'],
        ['grants', 'not-offered'],
      ]);
    } finally {
      await harness.stop();
    }
  });

  it('does not call an account cut whose deactivation is still under way', async () => {
    const harness = await makeHarness();
    try {
      const ada = await harness.idOf('ada');
      await fetch(`${harness.sandbox.urls['okta']}/api/v1/users/${ada}/lifecycle/deactivate`, {
        method: 'POST',
        headers: { authorization: `SSWS ${TOKEN}`, prefer: 'respond-async' },
      });
      const [account] = await harness.provider().readAccess(ada, null);
      expect(account).toMatchObject({ item: 'account', state: 'open' });
    } finally {
      await harness.stop();
    }
  });

  it('maps suspension, return and profile changes to their kinds, in order', async () => {
    const harness = await makeHarness();
    try {
      const provider = harness.provider();
      const { cursor } = await provider.changesSince(null);
      const { control } = harness.sandbox;
      for (const act of ['suspend', 'unsuspend']) await control.post(`/instances/okta/users/ada/${act}`);
      await control.post('/instances/okta/users/ada/profile', { department: 'x' });
      await harness.act('ada', 'delete');
      const { hints, more } = await provider.changesSince(cursor);
      expect(hints.map(({ kind }) => kind)).toEqual([
        'suspension',
        'rehire',
        'mover',
        'leaver',
        'leaver',
        'leaver',
      ]);
      expect(more).toBe(true);
    } finally {
      await harness.stop();
    }
  });

  it('begins anew where Okta no longer takes the cursor, and says so', async () => {
    const harness = await makeHarness();
    try {
      await harness.act('ada', 'disable');
      const answer = await harness
        .provider()
        .changesSince(`${harness.sandbox.urls['okta']}/api/v1/logs?after=gone&limit=10`);
      expect(answer.resync).toBe(true);
      expect(answer.hints.map(({ kind }) => kind)).toEqual(['leaver']);
    } finally {
      await harness.stop();
    }
  });
});

describe('Okta event hook', () => {
  const secret = 'a-long-enough-secret';
  const verify = createOktaHookVerifier(
    OktaSettings.parse({
      baseUrl: 'https://x.okta.com',
      apiToken: 't',
      hook: { headerName: 'X-Hook-Key', secret },
    }),
  );
  const request = (over: Partial<HookRequest>): HookRequest => ({
    method: 'POST',
    headers: { 'x-hook-key': secret },
    query: {},
    body: Buffer.from('{}'),
    lifecycle: false,
    ...over,
  });
  const event = (eventType: string, over: object = {}) => ({
    uuid: `uuid-of-${eventType}`,
    published: '2026-03-01T10:00:00.123Z',
    eventType,
    outcome: { result: 'SUCCESS' },
    target: [
      { id: 'app', type: 'AppInstance' },
      { id: '00uAda', type: 'User', alternateId: 'ada@example.com' },
    ],
    ...over,
  });
  const body = (...events: object[]): Buffer =>
    Buffer.from(
      JSON.stringify({ eventType: 'com.okta.event_hook', eventId: 'delivery-1', data: { events } }),
    );

  it('answers the one-time challenge of a sender that knows the secret', () => {
    const headers = { 'x-hook-key': secret, 'x-okta-verification-challenge': 'abc' };
    expect(verify(request({ method: 'GET', headers }), new Date())).toEqual({
      kind: 'reply',
      status: 200,
      contentType: 'application/json',
      body: '{"verification":"abc"}',
    });
    expect(
      verify(request({ method: 'GET', headers: { 'x-okta-verification-challenge': 'abc' } }), new Date()),
    ).toEqual({ kind: 'unauthenticated' });
  });

  it('accepts the header only with the right value, and deduplicates by the delivery', () => {
    expect(verify(request({ body: body() }), new Date())).toEqual({
      kind: 'accept',
      deliveryId: 'delivery-1',
      status: 204,
    });
    expect(verify(request({ body: Buffer.from('not json') }), new Date())).toEqual({
      kind: 'accept',
      deliveryId: null,
      status: 204,
    });
    for (const headers of [
      {},
      { 'x-hook-key': '' },
      { 'x-hook-key': `${secret}x` },
      { authorization: secret },
    ]) {
      expect(verify(request({ headers }), new Date())).toEqual({ kind: 'unauthenticated' });
    }
    const none = createOktaHookVerifier(OktaSettings.parse({ baseUrl: 'https://x.okta.com', apiToken: 't' }));
    expect(none(request({}), new Date())).toEqual({ kind: 'unauthenticated' });
  });

  it('reads hints with the ids of the log events, leaves others out, and quarantines what it cannot read', () => {
    expect(readOktaHook(body(event('user.session.start'), event('user.lifecycle.deactivate')), 'd')).toEqual({
      kind: 'hints',
      hints: [
        {
          eventId: 'uuid-of-user.lifecycle.deactivate',
          kind: 'leaver',
          externalId: '00uAda',
          occurredAt: '2026-03-01T10:00:00.123Z',
          effectiveAt: null,
        },
      ],
    });
    expect(readOktaHook(body(event('user.session.start')), 'd')).toEqual({ kind: 'ignored' });
    expect(
      readOktaHook(body(event('user.lifecycle.deactivate', { outcome: { result: 'FAILURE' } })), 'd'),
    ).toEqual({ kind: 'ignored' });
    for (const bad of [
      Buffer.from('{'),
      Buffer.from('{}'),
      body({ uuid: 'x' }),
      body(event('user.lifecycle.deactivate', { target: [] })),
    ]) {
      expect(readOktaHook(bad, 'd')).toMatchObject({ kind: 'unparseable' });
    }
  });
});
