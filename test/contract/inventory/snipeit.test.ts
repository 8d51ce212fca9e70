import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSnipeit as createSimulator } from '../../../sandbox/snipeit/index.ts';
import { createSnipeit, SnipeitSettings } from '../../../src/adapters/inventory/snipeit/index.ts';
import { deserted, startVendor } from '../support/sandbox.ts';
import type { VendorSandbox } from '../support/sandbox.ts';
import { describeInventory } from './suite.ts';

const token = 'snipeit-sandbox-token';

function open(baseUrl: string, more: Readonly<Record<string, unknown>> = {}) {
  const settings = SnipeitSettings.parse({
    baseUrl,
    token,
    pageSize: 3,
    timeLimitMs: 1000,
    requestsPerSecond: 1000,
    burst: 1000,
    ...more,
  });
  return createSnipeit('books', settings);
}

function start(options: Readonly<Record<string, unknown>> = {}): Promise<VendorSandbox> {
  return startVendor('snipeit', createSimulator, { throttlePerMinute: 100_000, ...options });
}

describeInventory(
  'snipeit',
  async () => {
    const sandbox = await start();
    return {
      sandbox,
      inventory: open(sandbox.url, { labels: { left: 'Pending Disposal' } }),
      unreachable: open(await deserted()),
      readOne: { method: 'GET', path: '/hardware/\\d+$' },
      writes: [
        { method: 'POST', path: '/checkin$' },
        { method: 'PATCH', path: '/hardware/\\d+$' },
      ],
      sendsRetryAfter: true,
      unassigns: ({ kind }) => kind === 'checkin',
      releases: ({ kind }) => kind === 'seat-checkin',
      allocate: async (device) => void (await sandbox.act('/licences', { name: 'Late', assets: [device] })),
      minds: 'what is not wanted',
      keepsDisposition: false,
      async change(key, { holder, serial, disposed, removed }, soon = false) {
        await sandbox.act(`/assets/${key}/change`, {
          when: soon ? 'after-next-read' : 'now',
          ...(holder !== undefined && { assignedTo: holder }),
          ...(serial !== undefined && { serial }),
          ...(disposed !== undefined && { status: disposed ? 'Disposed' : 'Ready to Deploy' }),
          ...(removed !== undefined && { deleted: removed }),
        });
      },
    };
  },
  { writesOff: false },
);

describe('snipeit', () => {
  const closure = {
    state: 'disposed',
    at: '2026-03-01T10:00:00.000Z',
    reference: 'CERT-1',
    custody: 'custody:dev_1:1',
  } as const;
  const device = {
    key: 'd',
    serial: 'SERIAL01X',
    manufacturer: 'HP',
    model: 'G9',
    platform: 'windows' as const,
  };
  let sandbox: VendorSandbox;

  beforeAll(async () => {
    sandbox = await start();
  });
  afterAll(() => sandbox.stop());

  async function fresh(): Promise<void> {
    await sandbox.reset();
    await sandbox.seed({ people: [], devices: [device] });
  }

  it('keeps the notes that were there, to the letter', async () => {
    await fresh();
    const notes = `Ada's "old" <box> & charger\n*fragile* &amp; _heavy_`;
    await sandbox.act('/assets/d/change', { notes });
    await open(sandbox.url).closeAsset('1', closure);
    const patches = await sandbox.effects('patch');
    expect(patches.at(-1)?.params['notes']).toBe(
      `${notes}\nHandback: disposed 2026-03-01T10:00:00.000Z, certificate \`CERT-1\`, custody \`custody:dev_1:1\``,
    );
  });

  it('writes its line once, also when somebody undid the closure in between', async () => {
    await fresh();
    const inventory = open(sandbox.url);
    await inventory.closeAsset('1', closure);
    await sandbox.act('/assets/d/change', { status: 'Ready to Deploy' });
    await inventory.closeAsset('1', closure);
    const asset = await inventory.readAsset('1');
    expect(asset !== null && inventory.isClosed(asset, closure)).toBe(true);
    expect((await sandbox.effects('patch')).filter((effect) => 'notes' in effect.params)).toHaveLength(1);
  });

  it('does not call closed what somebody still holds, whatever its label says', async () => {
    await fresh();
    const inventory = open(sandbox.url);
    await inventory.closeAsset('1', closure);
    const asset = await inventory.readAsset('1');
    if (asset === null) throw new Error('gone');
    for (const change of [
      { holderExternalId: '7' },
      { holderExternalId: 'location:7' },
      { state: 'in-use' },
      { state: 'lost', label: 'Lost' },
    ] as const) {
      expect(inventory.isClosed({ ...asset, ...change }, closure)).toBe(false);
    }
  });

  it('reads its line back from notes that the vendor rendered from Markdown', async () => {
    await fresh();
    const inventory = open(sandbox.url);
    const row = (await (
      await fetch(`${sandbox.url}/api/v1/hardware/1`, { headers: { authorization: `Bearer ${token}` } })
    ).json()) as object;
    const notes =
      'Ada&#039;s\nHandback: disposed 2026-03-01T10:00:00.000Z, certificate <code>A&amp;B_1_</code>, custody <code>custody:dev_1:1</code>';
    await sandbox.fault({
      match: { path: '/hardware/1$' },
      fault: { type: 'status', status: 200, body: { ...row, notes } },
      times: 1,
    });
    expect(await inventory.readAsset('1')).toMatchObject({ disposalReference: 'A&B_1_' });
  });

  it('writes the certificate into a field of its own where there is one, in one update', async () => {
    await fresh();
    const inventory = open(sandbox.url, { referenceField: '_snipeit_platform_2' });
    await inventory.closeAsset('1', closure);
    expect(await sandbox.effects('patch')).toHaveLength(1);
    const asset = await inventory.readAsset('1');
    expect(asset !== null && inventory.isClosed(asset, closure)).toBe(true);
  });

  it('refuses to close, and changes nothing, when the installation has no such status label', async () => {
    await fresh();
    const inventory = open(sandbox.url, { labels: { disposed: 'Recycled' } });
    await expect(inventory.closeAsset('1', closure)).rejects.toMatchObject({
      code: 'refused',
      vendorCode: 'STATUS_LABEL_MISSING',
    });
    expect(await sandbox.effects()).toEqual([]);
    expect(await inventory.probe()).toEqual({ missing: ['status label "Recycled"'] });
  });

  it('lets outcomes share a label: what counts is what the label says', async () => {
    await fresh();
    const shared = { disposed: 'Disposed', sold: 'Disposed', found: 'Ready to Deploy' };
    const inventory = open(sandbox.url, { labels: shared });
    for (const state of ['sold', 'disposed', 'found', 'in-stock'] as const) {
      const wanted = { ...closure, state, reference: `REF-${state}` };
      await inventory.closeAsset('1', wanted);
      const asset = await inventory.readAsset('1');
      expect(asset !== null && inventory.isClosed(asset, wanted)).toBe(true);
    }
    expect(await inventory.readAsset('1')).toMatchObject({ state: 'in-stock', label: 'Ready to Deploy' });
  });

  it('refuses only the outcomes whose label is missing', async () => {
    await fresh();
    const inventory = open(sandbox.url, { labels: { sold: 'Sold to staff' } });
    const sold = { ...closure, state: 'sold' as const };
    await expect(inventory.closeAsset('1', sold)).rejects.toMatchObject({
      code: 'refused',
      vendorCode: 'STATUS_LABEL_MISSING',
    });
    expect(await sandbox.effects()).toEqual([]);
    await inventory.closeAsset('1', { ...closure, state: 'lost' });
    expect(await inventory.readAsset('1')).toMatchObject({ state: 'lost' });
  });

  it('takes an asset that is in stock under another deployable label for in stock', async () => {
    await fresh();
    const inventory = open(sandbox.url, { labels: { inStock: 'Refurbished' } });
    await inventory.closeAsset('1', { ...closure, state: 'in-stock', reference: null });
    expect(await sandbox.effects()).toEqual([]);
  });

  it('refuses a reference that the notes would not give back', async () => {
    await fresh();
    for (const reference of ['two\nlines', ' padded', 'a`b', '']) {
      await expect(open(sandbox.url).closeAsset('1', { ...closure, reference })).rejects.toMatchObject({
        vendorCode: 'REFERENCE_NOT_STORABLE',
      });
    }
  });

  it('reads platform and ownership from the fields that the settings name', async () => {
    await fresh();
    const inventory = open(sandbox.url, {
      platformField: '_snipeit_platform_2',
      ownershipField: '_snipeit_ownership_1',
    });
    expect(await inventory.readAsset('1')).toMatchObject({ platform: 'windows', ownership: 'corporate' });
    await sandbox.act('/assets/d/change', { ownership: 'rented' });
    expect(await inventory.readAsset('1')).toMatchObject({ ownership: 'unknown' });
  });

  it('says nothing of what has left where no label is mapped, and names one that is missing', async () => {
    await fresh();
    expect(open(sandbox.url).leaving).toBeUndefined();
    const inventory = open(sandbox.url, { labels: { left: 'On the truck' } });
    expect(await inventory.probe()).toEqual({ missing: ['status label "On the truck"'] });
    await expect(inventory.leaving?.markLeft('1')).rejects.toMatchObject({
      code: 'refused',
      vendorCode: 'STATUS_LABEL_MISSING',
    });
    expect(await sandbox.effects()).toEqual([]);
  });

  it('sees by the count of check-outs that somebody got it in the very last moment', async () => {
    await sandbox.reset();
    const person = (key: string, externalId: string) => ({
      key,
      givenName: key,
      familyName: 'Roy',
      workEmail: `${key}@example.org`,
      externalId,
    });
    const people = [person('ada', '1'), person('bob', '2')];
    await sandbox.seed({ people, devices: [{ ...device, assignedTo: 'ada' }] });
    let given = false;
    const late: typeof fetch = async (...request) => {
      if (!given && typeof request[0] === 'string' && request[0].endsWith('/checkin')) {
        given = true;
        await sandbox.act('/assets/d/change', { assignedTo: 'bob' });
      }
      return fetch(...request);
    };
    const settings = SnipeitSettings.parse({ baseUrl: sandbox.url, token });
    const inventory = createSnipeit('books', settings, { fetch: late });
    await expect(inventory.closeAsset('1', closure)).rejects.toMatchObject({
      code: 'conflict',
      vendorCode: 'CHANGED_MEANWHILE',
    });
    // Once somebody has looked, what is left is done.
    await inventory.closeAsset('1', closure);
    const after = await inventory.readAsset('1');
    expect(after !== null && inventory.isClosed(after, closure)).toBe(true);
  });

  it('does not take a refusal in other words for "not there"', async () => {
    await fresh();
    await sandbox.fault({
      fault: {
        type: 'status',
        status: 200,
        body: { status: 'error', messages: 'Datenbankfehler', payload: null },
      },
    });
    await expect(open(sandbox.url).findBySerial(device.serial, null)).rejects.toMatchObject({
      code: 'refused',
    });
  });

  it('sees that a list ends too soon', async () => {
    await fresh();
    await sandbox.fault({
      match: { path: '/byserial/' },
      fault: { type: 'status', status: 200, body: { total: 2, rows: [] } },
    });
    await expect(open(sandbox.url).findBySerial(device.serial, null)).rejects.toMatchObject({
      code: 'unexpected-answer',
    });
  });

  it("never reaches the vendor's own throttle at the default rate", async () => {
    const throttled = await start({ throttlePerMinute: 6 });
    try {
      const settings = SnipeitSettings.parse({ baseUrl: throttled.url, token });
      const inventory = createSnipeit('books', settings);
      await Promise.all(Array.from({ length: settings.burst }, () => inventory.readAsset('1')));
      expect(throttled.requests().every((request) => request.endsWith(' 200'))).toBe(true);
    } finally {
      await throttled.stop();
    }
  });
});
