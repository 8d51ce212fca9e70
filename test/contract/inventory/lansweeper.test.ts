import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLansweeper as createSimulator } from '../../../sandbox/lansweeper/index.ts';
import { DEFAULT_SITE } from '../../../sandbox/lansweeper/options.ts';
import { createLansweeper, LansweeperSettings } from '../../../src/adapters/inventory/lansweeper/index.ts';
import { deserted, startVendor } from '../support/sandbox.ts';
import type { VendorSandbox } from '../support/sandbox.ts';
import { ada, closure } from './fixtures.ts';
import { describeInventory } from './suite.ts';

const token = 'lsp_lansweeper-sandbox-token';
const oauth = {
  clientId: 'lansweeper-sandbox-client',
  clientSecret: 'lansweeper-sandbox-secret',
  refreshToken: 'lansweeper-sandbox-refresh-token',
};
const OTHER_SITE = '5d3c4a1e-8a52-4c1d-9c56-1f5f0c2b7e11';
const CERTIFICATE = 'Disposal certificate';

function settingsOf(baseUrl: string, more: Readonly<Record<string, unknown>> = {}) {
  return LansweeperSettings.parse({
    baseUrl,
    token,
    holder: { employeeNumber: 'Owner number', workEmail: 'Owner e-mail' },
    states: { disposed: 'Disposed' },
    referenceField: CERTIFICATE,
    ownershipField: 'Ownership',
    pageSize: 3,
    timeLimitMs: 1000,
    requestsPerSecond: 1000,
    burst: 1000,
    quietMs: 0,
    ...more,
  });
}

function open(baseUrl: string, more: Readonly<Record<string, unknown>> = {}, clock?: () => Date) {
  return createLansweeper('books', settingsOf(baseUrl, more), clock === undefined ? {} : { clock });
}

function start(options: Readonly<Record<string, unknown>> = {}): Promise<VendorSandbox> {
  return startVendor('lansweeper', createSimulator, {
    requestsPerMinute: 100_000,
    requestsPerHour: 100_000,
    ...options,
  });
}

const WAYS = [
  ['a personal access token', {}, false],
  ['OAuth', { token: undefined, oauth }, true],
] as const;

for (const [way, credentials, renewsOnce] of WAYS)
  describeInventory(
    `lansweeper by ${way}`,
    async () => {
      const sandbox = await start();
      return {
        sandbox,
        inventory: open(sandbox.url, credentials),
        unreachable: open(await deserted(), credentials),
        anId: `${DEFAULT_SITE.id}/abc`,
        lastSeenAt: expect.any(String),
        readOne: { method: 'POST', path: '/graphql$' },
        writes: [],
        renewsOnce,
        sendsRetryAfter: false,
        unassigns: () => false,
        minds: 'what is not wanted',
        keepsDisposition: false,
        async change(key, { holder, serial, disposed, removed }) {
          const name = key.slice(key.indexOf('/') + 1);
          await sandbox.act(`/assets/${name}/change`, {
            ...(holder !== undefined && { assignedTo: holder }),
            ...(serial !== undefined && { serial }),
            ...(disposed !== undefined && {
              state: disposed ? 'Disposed' : 'Stock',
              fields: { [CERTIFICATE]: disposed ? closure.reference : null },
            }),
            ...(removed !== undefined && { deleted: removed }),
          });
        },
      };
    },
    { closes: false },
  );

describe('lansweeper', () => {
  const device = {
    key: 'd',
    serial: 'SERIAL01X',
    manufacturer: 'Apple',
    model: 'MacBook Air',
    platform: 'macos' as const,
    assignedTo: 'ada',
  };
  const people = [
    {
      key: 'ada',
      givenName: 'Ada',
      familyName: 'Roy',
      workEmail: "ada.o'neill@example.org",
      externalId: '1001',
    },
  ];
  let sandbox: VendorSandbox;

  beforeAll(async () => {
    sandbox = await start({
      sites: [DEFAULT_SITE, { id: OTHER_SITE, name: 'Plant' }],
    });
  });
  afterAll(() => sandbox.stop());

  async function fresh(): Promise<void> {
    await sandbox.reset();
    await sandbox.seed({ people, devices: [device] });
  }

  it("names the site in the id: a key is the site's own", async () => {
    await fresh();
    const inventory = open(sandbox.url);
    const [asset] = await inventory.findBySerial(device.serial, null);
    expect(asset).toMatchObject({ platform: 'macos', ownership: 'corporate' });
    const [site, key] = (asset?.externalId ?? '').split('/');
    expect(site).toBe(DEFAULT_SITE.id);
    expect(await inventory.readAsset(`${DEFAULT_SITE.id}/${key}`)).toMatchObject({ serial: device.serial });
    expect(await inventory.readAsset(`${OTHER_SITE}/${key}`)).toBeNull();
    expect(
      await open(sandbox.url, { sites: [OTHER_SITE] }).readAsset(`${DEFAULT_SITE.id}/${key}`),
    ).toBeNull();
  });

  it('looks into every site that the token may see, or into those of the settings alone', async () => {
    await fresh();
    expect(await open(sandbox.url).listAssetsOf(ada)).toHaveLength(1);
    expect(await open(sandbox.url, { sites: [OTHER_SITE] }).listAssetsOf(ada)).toEqual([]);
    const pages: string[] = [];
    for (let cursor: string | null = null, more = true; more;) {
      const page: Awaited<ReturnType<ReturnType<typeof open>['listAssets']>> = await open(
        sandbox.url,
      ).listAssets(cursor);
      pages.push(...page.items.map(({ serial }) => serial ?? ''));
      cursor = page.next;
      more = cursor !== null;
    }
    expect(pages).toEqual([device.serial]);
  });

  it('says what is missing: a site that the token may not see, or any at all', async () => {
    const none = await start({ sites: [{ ...DEFAULT_SITE, authorized: false }] });
    try {
      expect(await open(none.url).probe()).toEqual({ missing: ['a site that the token may see'] });
      await expect(open(none.url).listAssetsOf(ada)).rejects.toMatchObject({
        code: 'refused',
        vendorCode: 'NO_SITES',
      });
      expect(await open(none.url, { sites: [DEFAULT_SITE.id] }).probe()).toEqual({
        missing: [`access to site ${DEFAULT_SITE.id}`],
      });
      await expect(open(none.url, { sites: [DEFAULT_SITE.id] }).listAssetsOf(ada)).rejects.toMatchObject({
        code: 'refused',
        status: 403,
      });
    } finally {
      await none.stop();
    }
  });

  it('asks nothing more for a minute once the vendor said that it was too much', async () => {
    await fresh();
    let now = Date.parse('2026-03-01T10:00:00Z');
    const inventory = open(sandbox.url, { sites: [DEFAULT_SITE.id], quietMs: 61_000 }, () => new Date(now));
    await sandbox.fault({ fault: { type: 'rate-limit', retryAfterSeconds: 1 }, times: 1 });
    const asking = () => inventory.findBySerial(device.serial, null);
    await expect(asking()).rejects.toMatchObject({ code: 'retryable', status: 429, retryAfterMs: 61_000 });
    const before = sandbox.requests().length;
    now += 60_000;
    await expect(asking()).rejects.toMatchObject({ code: 'retryable', status: 429, retryAfterMs: 1_000 });
    expect(sandbox.requests()).toHaveLength(before);
    now += 1_000;
    expect(await asking()).toHaveLength(1);
  });

  it("stays within the vendor's limits at its own default rate", () => {
    const { requestsPerSecond, burst } = settingsOf(sandbox.url, {
      requestsPerSecond: undefined,
      burst: undefined,
    });
    expect(burst + 60 * requestsPerSecond).toBeLessThanOrEqual(150);
    expect(burst + 3600 * requestsPerSecond).toBeLessThanOrEqual(2000);
  });

  it('takes whoever signed in last for the holder only when told to, and never for an assignment', async () => {
    await fresh();
    await sandbox.act('/assets/d/change', { assignedTo: null, state: 'Disposed' });
    const byScan = open(sandbox.url, {
      holder: { userName: 'work-email-local-part' },
      referenceField: undefined,
    });
    expect(await byScan.listAssetsOf(ada)).toMatchObject([
      {
        heldBySubject: true,
        state: 'disposed',
        holderExternalId: expect.stringMatching(/^user:[0-9a-f]{24}$/u),
      },
    ]);
    const [asset] = await byScan.findBySerial(device.serial, null);
    expect(asset !== undefined && byScan.isClosed(asset, closure)).toBe(true);
    expect(await open(sandbox.url).listAssetsOf(ada)).toEqual([]);
  });

  it('finds nobody else where one field names the person and another has the value', async () => {
    await fresh();
    // Met by two different fields of one asset.
    await sandbox.act('/assets/d/change', {
      assignedTo: null,
      fields: { 'Owner number': '7', Room: '1001' },
    });
    expect(await open(sandbox.url).listAssetsOf({ ...ada, workEmail: null })).toEqual([]);
  });

  it('keeps addresses out of what it says', async () => {
    await fresh();
    const byMail = open(sandbox.url, { holder: { workEmail: 'Owner e-mail' } });
    const [asset] = await byMail.listAssetsOf(ada);
    expect(asset?.holderExternalId).toMatch(/^address:[0-9a-f]{24}$/u);
    expect(JSON.stringify(asset)).not.toContain('example.org');
  });

  it("passes the vendor's own trouble on as passing, what it says of the question as refused", async () => {
    await fresh();
    const inventory = open(sandbox.url, { sites: [DEFAULT_SITE.id] });
    for (const [code, expected] of [
      ['INTERNAL_SERVER_ERROR', 'retryable'],
      ['GRAPHQL_VALIDATION_FAILED', 'refused'],
    ] as const) {
      const body = { errors: [{ message: 'of Ada', extensions: { code } }], data: { site: null } };
      await sandbox.fault({ fault: { type: 'status', status: 200, body }, times: 1 });
      await expect(inventory.findBySerial(device.serial, null)).rejects.toMatchObject({
        code: expected,
        message: expect.not.stringContaining('Ada'),
      });
    }
  });

  it('takes no state for an end that the vendor sets by itself', () => {
    for (const disposed of ['Non-active', 'Active']) {
      expect(() => settingsOf(sandbox.url, { states: { disposed } })).toThrow('cleanup rules');
    }
  });
});
