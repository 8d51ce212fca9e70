/** How Lansweeper's connector comes by its access tokens, and what it says when it cannot. */
import { afterEach, describe, expect, it } from 'vitest';
import { createLansweeper as createSimulator } from '../../../sandbox/lansweeper/index.ts';
import { createLansweeper, LansweeperSettings } from '../../../src/adapters/inventory/lansweeper/index.ts';
import { startVendor } from '../support/sandbox.ts';
import type { VendorSandbox } from '../support/sandbox.ts';
import { company } from './fixtures.ts';

const DAY_MS = 86_400_000;
const oauth = {
  clientId: 'lansweeper-sandbox-client',
  clientSecret: 'lansweeper-sandbox-secret',
  refreshToken: 'lansweeper-sandbox-refresh-token',
};

function settingsOf(baseUrl: string, more: Readonly<Record<string, unknown>> = {}) {
  return LansweeperSettings.parse({
    baseUrl,
    oauth,
    holder: { employeeNumber: 'Owner number' },
    states: { disposed: 'Disposed' },
    requestsPerSecond: 1000,
    burst: 1000,
    quietMs: 0,
    ...more,
  });
}

function open(baseUrl: string, more: Readonly<Record<string, unknown>> = {}, clock?: () => Date) {
  return createLansweeper('books', settingsOf(baseUrl, more), clock === undefined ? {} : { clock });
}

describe('lansweeper by OAuth', () => {
  let sandbox: VendorSandbox;
  afterEach(() => sandbox.stop());

  async function start(options: Readonly<Record<string, unknown>> = {}): Promise<void> {
    sandbox = await startVendor('lansweeper', createSimulator, options);
    await sandbox.seed(company);
  }

  const renewals = () => sandbox.requests().filter((line) => line.includes('/oauth/token'));
  const lookUp = (inventory: ReturnType<typeof open>) => inventory.findBySerial('SPARE01', null);

  it('fetches one access token for many questions at once, and goes on with it', async () => {
    await start();
    const inventory = open(sandbox.url);
    await Promise.all(Array.from({ length: 5 }, () => lookUp(inventory)));
    expect(await lookUp(inventory)).toHaveLength(1);
    expect(renewals()).toHaveLength(1);
  });

  it('renews it before it runs out, once for whoever asks meanwhile', async () => {
    await start();
    let now = Date.now();
    const inventory = open(sandbox.url, {}, () => new Date(now));
    await lookUp(inventory);
    now += DAY_MS - 6 * 60_000;
    await lookUp(inventory);
    expect(renewals()).toHaveLength(1);
    now += 2 * 60_000;
    await Promise.all(Array.from({ length: 5 }, () => lookUp(inventory)));
    expect(renewals()).toHaveLength(2);
    expect(sandbox.requests().some((line) => line.endsWith(' 401'))).toBe(false);
  });

  it('renews once when the vendor ends it early, and asks again', async () => {
    await start();
    const inventory = open(sandbox.url);
    await lookUp(inventory);
    await sandbox.act('/oauth/expire');
    expect(await lookUp(inventory)).toHaveLength(1);
    expect(renewals()).toHaveLength(2);
  });

  it.each([
    ['the words of a 400', 400, { errors: [{ message: 'Context creation failed: You must be logged in.' }] }],
    ['the code of a 400', 400, { errors: [{ message: '', extensions: { code: 'UNAUTHENTICATED' } }] }],
    [
      'a code that stands one deeper',
      400,
      { errors: [{ extensions: { extensions: { code: 'UNAUTHENTICATED' } } }] },
    ],
    ['a 200', 200, { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }], data: null }],
    ['a plain 401', 401, {}],
  ])('knows by %s that it is not signed in: renewed once, then said', async (_by, status, body) => {
    await start();
    const inventory = open(sandbox.url);
    await lookUp(inventory);
    const match = { path: '/graphql$' };
    await sandbox.fault({ match, fault: { type: 'status', status, body }, times: 1 });
    expect(await lookUp(inventory)).toHaveLength(1);
    expect(renewals()).toHaveLength(2);
    const hits = await sandbox.fault({ match, fault: { type: 'status', status, body } });
    await expect(lookUp(inventory)).rejects.toMatchObject({
      code: 'refused',
      vendorCode: 'UNAUTHENTICATED',
    });
    expect(await hits()).toBe(2);
  });

  it('does not renew for a refusal of the question, nor for a site that it may not see', async () => {
    await start();
    const inventory = open(sandbox.url);
    for (const [status, body] of [
      [400, { errors: [{ message: 'Invalid path' }] }],
      [403, { errors: [{ message: "You don't have access to this site" }] }],
    ] as const) {
      await sandbox.fault({
        match: { path: '/graphql$' },
        fault: { type: 'status', status, body },
        times: 1,
      });
      await expect(lookUp(inventory)).rejects.toMatchObject({ code: 'refused', status });
    }
    expect(renewals()).toHaveLength(1);
  });

  it('says what is wrong with its credentials, and calls no record absent for that', async () => {
    await start();
    for (const [wrong, status, lacks] of [
      [{ clientId: 'nobody' }, 404, 'an OAuth application of that clientId'],
      [{ clientSecret: 'hidden-words' }, 401, 'authorise the application again'],
      [{ refreshToken: 'hidden-words' }, 401, 'authorise the application again'],
    ] as const) {
      const inventory = open(sandbox.url, { oauth: { ...oauth, ...wrong } });
      const error: unknown = await lookUp(inventory).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'refused', status });
      expect(String(error)).not.toContain('hidden');
      const { missing } = await inventory.probe();
      expect(missing).toEqual([expect.stringContaining(lacks)]);
      expect(missing.join(' ')).not.toContain('hidden');
    }
    const ended = open(sandbox.url, { oauth: undefined, token: 'hidden-words' });
    expect(await ended.probe()).toEqual({ missing: ['credentials that are in force'] });
  });

  it('says so when the authorisation was withdrawn while it ran', async () => {
    await start();
    const inventory = open(sandbox.url);
    await lookUp(inventory);
    await sandbox.act('/oauth/revoke');
    await expect(lookUp(inventory)).rejects.toMatchObject({ code: 'refused', status: 401 });
  });

  it('takes a 5xx and a 429 of the token endpoint for passing', async () => {
    await start();
    const inventory = open(sandbox.url);
    for (const fault of [
      { type: 'status', status: 503 },
      { type: 'rate-limit', retryAfterSeconds: 1 },
    ]) {
      await sandbox.fault({ match: { path: '/oauth/token$' }, fault, times: 1 });
      await expect(lookUp(inventory)).rejects.toMatchObject({ code: 'retryable' });
    }
    expect(await lookUp(inventory)).toHaveLength(1);
  });

  it.each([
    ['stay', []],
    ['added', []],
    ['replaced', [expect.stringContaining('a refresh token that stays good')]],
  ])('goes on where refresh tokens are %s, and doctor tells whether that will last', async (way, missing) => {
    await start({ refreshTokens: way });
    const inventory = open(sandbox.url);
    for (let times = 0; times < 3; times += 1) {
      expect(await lookUp(inventory)).toHaveLength(1);
      await sandbox.act('/oauth/expire');
    }
    expect(await inventory.probe()).toEqual({ missing });
  });

  it.each([
    ['both', { token: 'a' }],
    ['neither', { oauth: undefined }],
  ])('wants either a token or an application: not %s', (_what, more) => {
    expect(() => settingsOf('http://127.0.0.1', more)).toThrow('either token or oauth');
  });
});
