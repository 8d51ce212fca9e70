import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { smallCompany } from '../../sandbox/core/testing.ts';
import { createServiceNow } from '../../sandbox/servicenow/index.ts';
import { startVendor } from './vendor-kit.ts';
import type { Vendor } from './vendor-kit.ts';

const authorization = `Basic ${Buffer.from('handback:secret').toString('base64')}`;
const HEADERS = { authorization, accept: 'application/json' };
const TABLE = '/api/now/table';

let vendor: Vendor;

beforeEach(async () => {
  vendor = await startVendor(createServiceNow, { password: 'secret' }, HEADERS);
  await vendor.seed(smallCompany());
});
afterEach(() => vendor[Symbol.asyncDispose]());

const assets = async (query: string) => (await vendor.call(`${TABLE}/alm_hardware?${query}`)).body.result;
const mac = async () => (await assets('sysparm_query=serial_number=C02ADA0001'))[0];

describe('reading', () => {
  test('stored values by default, with links to what is referred to; both, or what people see, on demand', async () => {
    const row = await mac();
    expect(row).toMatchObject({ serial_number: 'C02ADA0001', install_status: '1', asset_tag: 'A-1' });
    expect(row.assigned_to.link).toBe(`${vendor.url}${TABLE}/sys_user/${row.assigned_to.value}`);
    const form = 'sysparm_fields=model.manufacturer,install_status,nonsense&sysparm_query=asset_tag=A-1';
    expect(await assets(`${form}&sysparm_display_value=all&sysparm_exclude_reference_link=true`)).toEqual([
      {
        'model.manufacturer': { display_value: 'Apple', value: expect.any(String) },
        install_status: { display_value: 'In use', value: '1' },
      },
    ]);
    expect(await assets(`${form}&sysparm_display_value=true`)).toMatchObject([{ install_status: 'In use' }]);
  });

  test('an invalid term is passed over, and the rest decides', async () => {
    expect(await assets('sysparm_query=u_nonsense=1^asset_tag=A-1')).toHaveLength(1);
    expect(await assets('sysparm_query=u_nonsense=1')).toHaveLength(3);
    await using strict = await startVendor(
      createServiceNow,
      { password: 'secret', invalidQueryReturnsNoRows: true },
      HEADERS,
    );
    await strict.seed(smallCompany());
    expect((await strict.call(`${TABLE}/alm_hardware?sysparm_query=u_nonsense=1`)).body.result).toEqual([]);
  });

  test('terms are joined by ^ and ^OR, ordered by ORDERBY', async () => {
    const serials = async (query: string) =>
      (await assets(`sysparm_fields=serial_number&sysparm_query=${query}`)).map(
        (row: { serial_number: string }) => row.serial_number,
      );
    expect(await serials('asset_tag=A-1^ORserial_number=PF0BO0003^ORDERBYserial_number')).toEqual([
      'C02ADA0001',
      'PF0BO0003',
    ]);
    expect(await serials('serial_numberSTARTSWITHF17^install_status=1')).toEqual(['F17ADA0002']);
    expect(await serials('serial_numberINC02ADA0001,nope')).toEqual(['C02ADA0001']);
    expect(await serials('serial_number=c02ada0001')).toEqual([]);
  });

  test('pages carry links and the count of all rows; rows are cut before access control', async () => {
    const first = await vendor.call(`${TABLE}/alm_hardware?sysparm_limit=2&sysparm_query=ORDERBYsys_id`);
    expect(first.headers.get('x-total-count')).toBe('3');
    const link = first.headers.get('link') ?? '';
    expect(link).toContain('rel="last"');
    const next = /<([^>]+)>;rel="next"/u.exec(link)?.[1] ?? '';
    const second = await vendor.call(next.slice(vendor.url.length));
    expect(second.body.result).toHaveLength(1);
    expect(second.headers.get('link')).not.toContain('rel="next"');
    await vendor.control('/acl', { hiddenRows: ['ada-laptop'] });
    const all = await vendor.call(`${TABLE}/alm_hardware?sysparm_limit=3`);
    expect([all.body.result.length, all.headers.get('x-total-count')]).toEqual([2, '3']);
  });

  test('what access control hides reads as empty, and a hidden record as missing', async () => {
    const { sys_id: id } = await mac();
    await vendor.control('/acl', { hidden: ['alm_hardware.serial_number'] });
    expect((await vendor.call(`${TABLE}/alm_hardware/${id}`)).body.result.serial_number).toBe('');
    await vendor.control('/acl', { hiddenRows: ['ada-laptop'] });
    const hidden = await vendor.call(`${TABLE}/alm_hardware/${id}`);
    expect([hidden.status, hidden.body.error.message]).toEqual([404, 'No Record found']);
  });

  test('a table that does not exist is a 400', async () => {
    const { status, body } = await vendor.call(`${TABLE}/alm_nonsense`);
    expect([status, body]).toEqual([
      400,
      { error: { message: 'Invalid table alm_nonsense', detail: '' }, status: 'failure' },
    ]);
  });
});

describe('writing', () => {
  test('an update counts its changes and is an effect; unknown and protected columns are dropped in silence', async () => {
    const { sys_id: id } = await mac();
    await vendor.control('/acl', { readOnly: ['alm_hardware.retired'] });
    const body = { disposal_reason: 'CERT-1', retired: '2026-03-01', u_nonsense: 'x' };
    const { body: answer } = await vendor.call(`${TABLE}/alm_hardware/${id}`, { method: 'PATCH', body });
    expect(answer.result).toMatchObject({ disposal_reason: 'CERT-1', retired: '', sys_mod_count: '1' });
    expect(await vendor.effects()).toMatchObject([
      { kind: 'update', target: id, key: 'ada-laptop', params: { disposal_reason: 'CERT-1' } },
    ]);
  });

  test('an asset that goes from use into stock is assigned to nobody; a retired one keeps its name', async () => {
    const { sys_id: id } = await mac();
    const set = async (install_status: string) =>
      (await vendor.call(`${TABLE}/alm_hardware/${id}`, { method: 'PATCH', body: { install_status } })).body
        .result;
    expect((await set('7')).assigned_to).toMatchObject({ value: expect.any(String) });
    expect(await set('1')).toMatchObject({ assigned_to: { value: expect.any(String) } });
    expect(await set('6')).toMatchObject({ assigned_to: '' });
  });

  test('a change of somebody else can come between a read and a write', async () => {
    const { sys_id: id } = await mac();
    await vendor.control('/assets/ada-laptop/change', { when: 'after-next-read', assignedTo: 'bo' });
    const before = (await vendor.call(`${TABLE}/alm_hardware/${id}`)).body.result;
    const after = (await vendor.call(`${TABLE}/alm_hardware/${id}`)).body.result;
    expect(after.assigned_to.value).not.toBe(before.assigned_to.value);
    expect(after.sys_mod_count).toBe('1');
  });

  test('a licence is given back by deleting its allocation', async () => {
    const device = { key: 'pc', serial: 'PC1', manufacturer: 'HP', model: 'G9', platform: 'windows' };
    await vendor.control('/assets', { ...device, behaviour: { inventory: { licences: 2 } } });
    const { result } = (await vendor.call(`${TABLE}/alm_entitlement_asset`)).body;
    expect(result).toHaveLength(2);
    const gone = await vendor.call(`${TABLE}/alm_entitlement_asset/${result[0].sys_id}`, {
      method: 'DELETE',
    });
    expect(gone.status).toBe(204);
    expect((await vendor.call(`${TABLE}/alm_entitlement_asset`)).body.result).toHaveLength(1);
    expect(await vendor.effects('delete')).toHaveLength(1);
  });
});

describe('access', () => {
  test('nobody gets in without a user or a token', async () => {
    const { status, body } = await vendor.call(`${TABLE}/alm_hardware`, { headers: { authorization: '' } });
    expect([status, body.error.message]).toEqual([401, 'User Not Authenticated']);
  });

  test('client credentials give a token that ends', async () => {
    const form = (secret: string) => ({
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `grant_type=client_credentials&client_id=servicenow-sandbox-client&client_secret=${secret}`,
    });
    expect((await vendor.call('/oauth_token.do', form('wrong'))).status).toBe(401);
    const { body } = await vendor.call('/oauth_token.do', form('servicenow-sandbox-secret'));
    const bearer = { headers: { authorization: `Bearer ${body.access_token}` } };
    expect((await vendor.call(`${TABLE}/alm_hardware`, bearer)).status).toBe(200);
    await vendor.control('/tokens/expire', {});
    expect((await vendor.call(`${TABLE}/alm_hardware`, bearer)).status).toBe(401);
  });

  test('a rate limit rule answers 429 with the time to wait', async () => {
    await using limited = await startVendor(
      createServiceNow,
      { password: 'secret', requestsPerHour: 1 },
      HEADERS,
    );
    expect((await limited.call(`${TABLE}/sys_user`)).status).toBe(200);
    const { status, headers, body } = await limited.call(`${TABLE}/sys_user`);
    expect([status, body.error.message]).toEqual([429, 'Rate limit exceeded']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('states and substates can be looked up; a substate names its state', async () => {
    const query = 'sysparm_query=element=substatus^label=Pending disposal&sysparm_fields=dependent_value';
    const { body } = await vendor.call(`${TABLE}/sys_choice?${query}`);
    expect(body.result.map((row: { dependent_value: string }) => row.dependent_value).toSorted()).toEqual([
      '6',
      '7',
      '9',
    ]);
  });
});
