import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createServiceNow as createSimulator } from '../../../sandbox/servicenow/index.ts';
import { createServiceNow, ServiceNowSettings } from '../../../src/adapters/inventory/servicenow/index.ts';
import { deserted, startVendor } from '../support/sandbox.ts';
import type { VendorSandbox } from '../support/sandbox.ts';
import { ada, closure, company } from './fixtures.ts';
import { describeInventory } from './suite.ts';

const basic = { type: 'basic', username: 'handback', password: 'servicenow-sandbox-password' };
const oauth = {
  type: 'oauth',
  clientId: 'servicenow-sandbox-client',
  clientSecret: 'servicenow-sandbox-secret',
};

function open(baseUrl: string, more: Readonly<Record<string, unknown>> = {}) {
  const settings = ServiceNowSettings.parse({
    baseUrl,
    auth: basic,
    pageSize: 3,
    timeLimitMs: 1000,
    requestsPerSecond: 1000,
    burst: 1000,
    ownership: { empty: 'corporate' },
    ...more,
  });
  return createServiceNow('books', settings);
}

function start(options: Readonly<Record<string, unknown>> = {}): Promise<VendorSandbox> {
  return startVendor('servicenow', createSimulator, options);
}

describeInventory('servicenow', async () => {
  const sandbox = await start();
  return {
    sandbox,
    inventory: open(sandbox.url, { states: { left: 'In transit / Pending disposal' } }),
    unreachable: open(await deserted()),
    readOne: { method: 'GET', path: '/alm_hardware/[0-9a-z]+\\?' },
    writes: [{ method: 'PATCH', path: '/alm_hardware/' }],
    sendsRetryAfter: true,
    unassignsByItself: true,
    releases: ({ kind }) => kind === 'delete',
    resumeDepreciation: async (device) =>
      void (await sandbox.act(`/assets/${device}/change`, { columns: { depreciation: 'x' } })),
    allocate: async (device) => void (await sandbox.act(`/assets/${device}/licences`)),
    unassigns: ({ kind, params }) =>
      kind === 'update' && params['from'] !== '' && params['assigned_to'] === '',
    minds: 'every change',
    keepsDisposition: false,
    async change(key, { holder, serial, disposed, removed }, soon = false) {
      await sandbox.act(`/assets/${key}/change`, {
        when: soon ? 'after-next-read' : 'now',
        ...(holder !== undefined && { assignedTo: holder }),
        ...(serial !== undefined && { serial }),
        ...(disposed !== undefined && { status: disposed ? 'Retired/Disposed' : 'In stock/Available' }),
        ...(removed === true && { deleted: true }),
      });
    },
  };
});

describe('servicenow', async () => {
  const sandbox = await start();
  afterAll(() => sandbox.stop());
  beforeEach(async () => {
    await sandbox.reset();
    await sandbox.seed({
      ...company,
      devices: company.devices.map((device) =>
        device.key === 'ada-2' ? { ...device, behaviour: { inventory: { licences: 4 } } } : device,
      ),
    });
  });

  async function idOf(serial: string): Promise<string> {
    const [asset] = await open(sandbox.url).findBySerial(serial, null);
    if (asset === undefined) throw new Error(`no ${serial}`);
    return asset.externalId;
  }

  it('writes state and substate, date, certificate and outcome in one update, and stops depreciation', async () => {
    const inventory = open(sandbox.url, {
      referenceField: 'u_certificate',
      dispositionField: 'u_disposition',
      licences: 'ignore',
    });
    const id = await idOf('ADA-0001X');
    expect((await inventory.readAsset(id))?.books).toMatchObject({ depreciating: true, closedOn: null });
    await inventory.closeAsset(id, closure);
    const { assets } = (await sandbox.look('/assets')) as { assets: { sys_id: string }[] };
    expect(assets.find((asset) => asset.sys_id === id)).toMatchObject({
      install_status: '7',
      substatus: 'disposed',
      retired: '2026-03-01',
      u_certificate: closure.reference,
      u_disposition: 'disposed',
      depreciation: '',
      assigned_to: '',
    });
    expect(await sandbox.effects()).toHaveLength(1);
    expect(await inventory.readAsset(id)).toMatchObject({
      label: 'Retired / Disposed',
      books: { closedOn: '2026-03-01', licences: null, depreciating: false },
    });
    const exported = { ...closure, disposition: 'exported' } as const;
    await inventory.closeAsset(id, exported);
    const after = await inventory.readAsset(id);
    expect(after?.books?.disposition).toBe('exported');
    expect(after !== null && inventory.isClosed(after, exported)).toBe(true);
    expect(after !== null && inventory.isClosed(after, closure)).toBe(false);
  });

  it('releases every licence before it closes, and reads back that none is left', async () => {
    const inventory = open(sandbox.url);
    const id = await idOf('ADA-0002X');
    await inventory.closeAsset(id, closure);
    expect((await sandbox.effects()).map(({ kind }) => kind)).toEqual([
      'delete',
      'delete',
      'delete',
      'delete',
      'update',
    ]);
    const asset = await inventory.readAsset(id);
    expect(asset?.books).toMatchObject({ licences: 0 });
    expect(asset !== null && inventory.isClosed(asset, closure)).toBe(true);
  });

  it('goes on where a release of licences ended in the middle', async () => {
    const inventory = open(sandbox.url);
    const id = await idOf('ADA-0002X');
    await sandbox.fault({ match: { method: 'DELETE' }, fault: { type: 'drop-after-effect' }, times: 1 });
    await expect(inventory.closeAsset(id, closure)).rejects.toMatchObject({ code: 'outcome-unknown' });
    await inventory.closeAsset(id, closure);
    expect(await sandbox.effects('delete')).toHaveLength(4);
    const asset = await inventory.readAsset(id);
    expect(asset !== null && inventory.isClosed(asset, closure)).toBe(true);
  });

  it('only looks at licences where it is told to, and calls nothing closed that still has one', async () => {
    const inventory = open(sandbox.url, { licences: 'check' });
    const id = await idOf('ADA-0002X');
    await inventory.closeAsset(id, closure);
    expect(await sandbox.effects('delete')).toEqual([]);
    const asset = await inventory.readAsset(id);
    expect(asset?.books?.licences).toBe(4);
    expect(asset !== null && inventory.isClosed(asset, closure)).toBe(false);
  });

  /** Somebody else gets the asset just before the first request of that method. */
  function givenAwayBefore(method: 'PATCH' | 'DELETE') {
    let given = false;
    const late: typeof fetch = async (...request) => {
      if (!given && request[1]?.method === method) {
        given = true;
        await sandbox.act('/assets/ada-2/change', { assignedTo: 'bob' });
      }
      return fetch(...request);
    };
    const settings = ServiceNowSettings.parse({ baseUrl: sandbox.url, auth: basic });
    return createServiceNow('books', settings, { fetch: late });
  }

  it('sees by the count of changes that somebody got it in the very last moment', async () => {
    const inventory = givenAwayBefore('PATCH');
    const id = await idOf('ADA-0002X');
    await expect(inventory.closeAsset(id, closure)).rejects.toMatchObject({
      code: 'conflict',
      vendorCode: 'CHANGED_MEANWHILE',
    });
  });

  it('writes nothing over what somebody changed while licences were released', async () => {
    const inventory = givenAwayBefore('DELETE');
    const id = await idOf('ADA-0002X');
    await expect(inventory.closeAsset(id, closure)).rejects.toMatchObject({ code: 'conflict' });
    expect(await sandbox.effects('update')).toEqual([]);
    expect(await inventory.readAsset(id)).toMatchObject({ state: 'in-use' });
  });

  it('asks about licences in one walk for a whole listing, not for each record', async () => {
    const inventory = open(sandbox.url, { pageSize: 50 });
    await sandbox.act('/assets/ada-3/change', { assignedTo: null, status: 'Retired/Disposed' });
    const { items } = await inventory.listAssets(null);
    const licences = items.map(({ serial, books }) => [serial, books?.licences]);
    expect(Object.fromEntries(licences)).toMatchObject({ 'ADA-0002X': 4, 'ADA-0003X': 0 });
    const asked = sandbox.requests().filter((line) => line.includes('alm_entitlement_asset'));
    expect(asked).toHaveLength(1);
  });

  it('asks for each record that ended where access control hides allocations, or whose they are', async () => {
    const inventory = open(sandbox.url);
    const id = await idOf('ADA-0002X');
    await sandbox.act('/assets/ada-2/change', { assignedTo: null, status: 'Retired/Disposed' });
    const listed = async () => {
      for (let cursor: string | null = null, more = true; more;) {
        const page: Awaited<ReturnType<typeof inventory.listAssets>> = await inventory.listAssets(cursor);
        const found = page.items.find(({ externalId }) => externalId === id);
        if (found !== undefined) return found;
        cursor = page.next;
        more = cursor !== null;
      }
      return undefined;
    };
    const seen = (await sandbox.look('/allocations')) as { allocations: { sys_id: string }[] };
    await sandbox.act('/acl', { hiddenRows: [seen.allocations[0]?.sys_id] });
    await expect(listed()).rejects.toMatchObject({ code: 'refused', vendorCode: 'ROWS_HIDDEN' });
    await sandbox.act('/acl', { hidden: ['alm_entitlement_asset.allocated_to'] });
    await expect(listed()).rejects.toMatchObject({ vendorCode: 'QUERY_IGNORED' });
    await sandbox.act('/acl', {});
    expect((await listed())?.books?.licences).toBe(4);
  });

  it('leaves licences, dates and depreciation alone where the asset stays ours', async () => {
    const inventory = open(sandbox.url);
    const id = await idOf('ADA-0002X');
    const wanted = { ...closure, state: 'in-stock' as const };
    await inventory.closeAsset(id, wanted);
    const asset = await inventory.readAsset(id);
    expect(asset).toMatchObject({ state: 'in-stock', books: { closedOn: null, depreciating: true } });
    expect(asset !== null && inventory.isClosed(asset, wanted)).toBe(true);
    expect(await sandbox.effects('delete')).toEqual([]);
  });

  it('does not take "Retired" for gone: on site it is pending disposal', async () => {
    const inventory = open(sandbox.url);
    const id = await idOf('ADA-0001X');
    await sandbox.act('/assets/ada-1/change', { assignedTo: null, status: 'Retired/Pending disposal' });
    const asset = await inventory.readAsset(id);
    expect(asset).toMatchObject({ state: 'pending', label: 'Retired / Pending disposal' });
    expect(asset !== null && inventory.isClosed(asset, closure)).toBe(false);
    await sandbox.act('/assets/ada-1/change', { status: 'Retired' });
    expect(await inventory.readAsset(id)).toMatchObject({ state: 'other', label: 'Retired' });
  });

  it('reads the values of states from the instance, whatever they are', async () => {
    const own = await start({
      choices: [
        { element: 'install_status', value: '4711', label: 'Gone' },
        { element: 'substatus', value: 'x-9', label: 'Destroyed', dependentValue: '4711' },
        // The table's own list hides its parent's, which has the same words.
        { table: 'alm_hardware', element: 'install_status', value: '815', label: 'Gone' },
        { table: 'alm_hardware', element: 'install_status', value: '1', label: 'In use' },
        { table: 'alm_hardware', element: 'install_status', value: '6', label: 'In stock' },
        {
          table: 'alm_hardware',
          element: 'substatus',
          value: 'zz',
          label: 'Destroyed',
          dependentValue: '815',
        },
        { table: 'alm_hardware', element: 'substatus', value: 'av', label: 'Available', dependentValue: '6' },
      ],
    });
    try {
      await own.seed(company);
      const inventory = open(own.url, { states: { disposed: 'Gone / Destroyed' } });
      const [asset] = await inventory.findBySerial('ADA-0001X', null);
      await inventory.closeAsset(asset?.externalId ?? '', closure);
      expect(await own.effects('update')).toMatchObject([
        { params: { install_status: '815', substatus: 'zz' } },
      ]);
    } finally {
      await own.stop();
    }
  });

  it('refuses to close, and changes nothing, when the instance has no such state', async () => {
    const inventory = open(sandbox.url, { states: { disposed: 'Retired / Shredded' } });
    await expect(inventory.closeAsset(await idOf('ADA-0002X'), closure)).rejects.toMatchObject({
      code: 'refused',
      vendorCode: 'STATE_MISSING',
    });
    expect(await sandbox.effects()).toEqual([]);
    expect(await inventory.probe()).toEqual({ missing: ['state "Retired / Shredded"'] });
  });

  it('takes no asset of others for the answer when the instance passes over a term', async () => {
    // A field that access control hides cannot be compared again; neither can a term that was not read.
    await sandbox.act('/acl', { hidden: ['alm_hardware.serial_number'] });
    await expect(open(sandbox.url).findBySerial('SPARE01', null)).rejects.toMatchObject({
      code: 'unexpected-answer',
      vendorCode: 'QUERY_IGNORED',
    });
    await sandbox.act('/acl', { hidden: ['alm_hardware.assigned_to'] });
    await expect(open(sandbox.url).listAssetsOf(ada)).rejects.toMatchObject({ vendorCode: 'QUERY_IGNORED' });
  });

  it('does not call an answer full from which access control has taken rows', async () => {
    await sandbox.act('/acl', { hiddenRows: ['ada-3'] });
    await expect(open(sandbox.url).listAssetsOf(ada)).rejects.toMatchObject({
      code: 'refused',
      vendorCode: 'ROWS_HIDDEN',
    });
    expect(await open(sandbox.url).readAsset(await idOf('ADA-0001X'))).not.toBeNull();
  });

  it('never sends a value that the query language would read as something else', async () => {
    for (const workEmail of ['a@b.org^ORactive=true', 'javascript:gs.getUserName()', 'a\n@b.org']) {
      const before = sandbox.requests().length;
      await expect(
        open(sandbox.url).listAssetsOf({ externalIds: [], workEmail, employeeNumber: null }),
      ).rejects.toMatchObject({ code: 'refused', vendorCode: 'VALUE_NOT_QUERYABLE' });
      expect(sandbox.requests()).toHaveLength(before);
    }
  });

  it('sees by reading back that a write was dropped without a word', async () => {
    await sandbox.act('/acl', { readOnly: ['alm_hardware.substatus'] });
    const inventory = open(sandbox.url);
    const id = await idOf('ADA-0001X');
    await inventory.closeAsset(id, closure);
    const asset = await inventory.readAsset(id);
    expect(asset !== null && inventory.isClosed(asset, closure)).toBe(false);
  });

  it('does not call closed what has another date, or is still written off', async () => {
    const inventory = open(sandbox.url);
    const id = await idOf('ADA-0001X');
    await inventory.closeAsset(id, closure);
    for (const columns of [
      { retired: '2025-01-01' },
      { retired: closure.at.slice(0, 10), depreciation: 'x' },
    ]) {
      await sandbox.act('/assets/ada-1/change', { columns });
      const asset = await inventory.readAsset(id);
      expect(asset !== null && inventory.isClosed(asset, closure)).toBe(false);
    }
  });

  it('works with tokens, and fetches another for a read when one has ended', async () => {
    const inventory = open(sandbox.url, { auth: oauth });
    const [asset] = await inventory.findBySerial('SPARE01', null);
    await sandbox.act('/tokens/expire');
    expect(await inventory.readAsset(asset?.externalId ?? '')).toMatchObject({ serial: 'SPARE01' });
    expect(sandbox.requests().filter((line) => line.includes('oauth_token.do'))).toHaveLength(2);
    const wrong = open(sandbox.url, { auth: { ...oauth, clientSecret: 'other' } });
    const error: unknown = await wrong.readAsset('1').catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'refused', vendorCode: 'invalid_client' });
    expect(String(error)).not.toContain('other');
  });

  it('does not take a token endpoint that is not there for a record that is not there', async () => {
    const inventory = open(sandbox.url, { auth: oauth });
    await sandbox.fault({ match: { path: '/oauth_token' }, fault: { type: 'status', status: 404 } });
    await expect(inventory.readAsset('1')).rejects.toMatchObject({ code: 'refused', status: 404 });
  });

  it('tells which columns and tables are missing', async () => {
    expect(await open(sandbox.url, { referenceField: 'u_cert_no' }).probe()).toEqual({
      missing: ['column u_cert_no'],
    });
  });
});
