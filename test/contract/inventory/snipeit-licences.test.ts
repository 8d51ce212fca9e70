/** Seats of licences at Snipe-IT: whose they are, how many requests it takes to know, and what is checked in. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSnipeit as createSimulator } from '../../../sandbox/snipeit/index.ts';
import { createSnipeit, SnipeitSettings } from '../../../src/adapters/inventory/snipeit/index.ts';
import { startVendor } from '../support/sandbox.ts';
import type { VendorSandbox } from '../support/sandbox.ts';
import { closure } from './fixtures.ts';

const token = 'snipeit-sandbox-token';
const device = {
  key: 'd',
  serial: 'SERIAL01X',
  manufacturer: 'HP',
  model: 'G9',
  platform: 'windows' as const,
};

function open(baseUrl: string, more: Readonly<Record<string, unknown>> = {}) {
  const settings = SnipeitSettings.parse({
    baseUrl,
    token,
    timeLimitMs: 1000,
    requestsPerSecond: 1000,
    burst: 1000,
    ...more,
  });
  return createSnipeit('books', settings);
}

describe('licences at snipeit', () => {
  let sandbox: VendorSandbox;

  beforeAll(async () => {
    sandbox = await startVendor('snipeit', createSimulator, { throttlePerMinute: 100_000 });
  });
  afterAll(() => sandbox.stop());

  it('releases the seat of a user beside the asset with it, and no seat of another', async () => {
    await sandbox.reset();
    const people = [
      { key: 'ada', givenName: 'Ada', familyName: 'Roy', workEmail: 'ada@example.org', externalId: '1' },
    ];
    const devices = [device, { ...device, key: 'e', serial: 'OTHER01' }];
    await sandbox.seed({ people, devices });
    await sandbox.act('/licences', { name: 'Suite', seats: 3, assets: ['d', 'e'], users: ['ada'] });
    const inventory = open(sandbox.url);
    await inventory.closeAsset('1', closure);
    expect(await sandbox.look('/seats')).toMatchObject({
      seats: [{ assetId: null, userId: null }, { assetId: 2 }, { assetId: null }],
    });
    expect(await sandbox.effects('seat-checkin')).toMatchObject([{ target: '1' }]);
  });

  it('only looks at licences where it is told to, counts them in a walk, and ignores them on demand', async () => {
    await sandbox.reset();
    await sandbox.seed({ devices: [{ ...device, behaviour: { inventory: { licences: 2 } } }] });
    const checking = open(sandbox.url, { licences: 'check' });
    await checking.closeAsset('1', closure);
    const asset = await checking.readAsset('1');
    expect(asset).toMatchObject({ state: 'disposed', books: { licences: 2 } });
    expect(asset !== null && checking.isClosed(asset, closure)).toBe(false);
    const listed = [];
    for (let cursor: string | null = null, more = true; more;) {
      const page: Awaited<ReturnType<typeof checking.listAssets>> = await checking.listAssets(cursor);
      listed.push(...page.items);
      cursor = page.next;
      more = cursor !== null;
    }
    expect(listed).toMatchObject([{ books: { licences: 2 } }]);
    const ignoring = open(sandbox.url, { licences: 'ignore' });
    const seen = await ignoring.readAsset('1');
    expect(seen?.books).toBeUndefined();
    expect(seen !== null && ignoring.isClosed(seen, closure)).toBe(true);
  });

  it('asks about seats licence by licence, once for a listing, however long that takes', async () => {
    await sandbox.reset();
    const devices = Array.from({ length: 30 }, (_unused, at) => ({
      ...device,
      key: `d${at}`,
      serial: `SERIAL${at}X`,
    }));
    await sandbox.seed({ devices });
    const used = 4;
    for (let at = 0; at < used; at += 1)
      await sandbox.act('/licences', { name: `Suite ${at}`, seats: 3, assets: [`d${at}`, `d${at + 10}`] });
    await sandbox.act('/licences', { name: 'Nobody has it', seats: 3 });
    // Every request takes five minutes, so that the walk takes longer than its counts are kept.
    let now = 0;
    const slow: typeof fetch = (...request) => {
      now += 5 * 60_000;
      return fetch(...request);
    };
    const settings = SnipeitSettings.parse({
      baseUrl: sandbox.url,
      token,
      pageSize: 20,
      requestsPerSecond: 1000,
      burst: 1000,
    });
    const inventory = createSnipeit('books', settings, { fetch: slow, clock: () => new Date(now) });
    const first = await inventory.listAssets(null);
    const second = await inventory.listAssets(first.next);
    const counts = [...first.items, ...second.items].map(({ books }) => books?.licences ?? 0);
    expect(counts.reduce((sum, each) => sum + each, 0)).toBe(2 * used);
    const asked = sandbox.requests().filter((line) => line.includes('licenses'));
    expect(asked).toHaveLength(1 + used);
    // The next listing does not take what was counted for this one.
    await inventory.listAssets(null);
    expect(sandbox.requests().filter((line) => line.includes('licenses'))).toHaveLength(2 * asked.length);
  });

  it('counts the seats of what has ended anew: some may have been checked in while the list was read', async () => {
    await sandbox.reset();
    const licensed = { behaviour: { inventory: { licences: 1, status: 'Disposed' } } };
    await sandbox.seed({ devices: [{ ...device, ...licensed }] });
    await sandbox.act('/licences', { name: 'Suite', assets: ['d'] });
    const inventory = open(sandbox.url);
    const seat = '/api/v1/licenses/1/seats/1';
    const released: typeof fetch = async (...request) => {
      const answer = await fetch(...request);
      // Just after the walk has seen it.
      if (typeof request[0] === 'string' && request[0].includes('/licenses/2/seats'))
        await fetch(`${sandbox.url}${seat}`, {
          method: 'PATCH',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify({ asset_id: null, assigned_to: null }),
        });
      return answer;
    };
    const settings = SnipeitSettings.parse({ baseUrl: sandbox.url, token });
    const meanwhile = createSnipeit('books', settings, { fetch: released });
    const archived = (await meanwhile.listAssets('archived:0:0')).items;
    expect(archived).toMatchObject([{ state: 'disposed', books: { licences: 1 } }]);
    expect((await inventory.readAsset('1'))?.books?.licences).toBe(1);
  });

  it('goes on where a release of seats ended in the middle', async () => {
    await sandbox.reset();
    await sandbox.seed({ devices: [{ ...device, behaviour: { inventory: { licences: 3 } } }] });
    const inventory = open(sandbox.url);
    const match = { method: 'PATCH', path: '/seats/' };
    await sandbox.fault({ match, fault: { type: 'drop-after-effect' }, times: 1 });
    await expect(inventory.closeAsset('1', closure)).rejects.toMatchObject({ code: 'outcome-unknown' });
    await inventory.closeAsset('1', closure);
    expect(await sandbox.effects('seat-checkin')).toHaveLength(3);
    expect(await inventory.readAsset('1')).toMatchObject({ state: 'disposed', books: { licences: 0 } });
  });

  it('tells whether its user may see licences, and check them in', async () => {
    await sandbox.reset();
    await sandbox.seed({ devices: [{ ...device, behaviour: { inventory: { licences: 1 } } }] });
    const asked = { path: '/licenses\\?' };
    const row = { id: 1, seats: 2, free_seats_count: 1, available_actions: { checkout: false } };
    const body = { total: 1, rows: [row] };
    await sandbox.fault({ match: asked, fault: { type: 'status', status: 200, body }, times: 2 });
    expect(await open(sandbox.url).probe()).toEqual({ missing: ['check out licences'] });
    expect(await open(sandbox.url, { licences: 'check' }).probe()).toEqual({ missing: [] });
    await sandbox.fault({ match: asked, fault: { type: 'status', status: 403 }, times: 1 });
    expect(await open(sandbox.url).probe()).toEqual({ missing: ['view licences'] });
    expect(await open(sandbox.url, { licences: 'ignore' }).probe()).toEqual({ missing: [] });
  });
});
