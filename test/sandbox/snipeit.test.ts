import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CompanyInput } from '../../sandbox/core/company.ts';
import { createSnipeit } from '../../sandbox/snipeit/index.ts';
import { startVendor } from './vendor-kit.ts';
import type { Vendor } from './vendor-kit.ts';

const HEADERS = { authorization: 'Bearer secret', accept: 'application/json' };
const laptop = { manufacturer: 'Apple', model: 'MacBook Pro 14"', platform: 'macos' } as const;

const COMPANY: CompanyInput = {
  people: [
    {
      key: 'boss',
      givenName: 'Sinéad',
      familyName: "O'Neill",
      workEmail: 'boss@example.com',
      externalId: 'E1',
    },
    {
      key: 'ada',
      givenName: 'Ada',
      familyName: 'Lovelace',
      workEmail: 'ada@example.com',
      externalId: 'E2',
      managerKey: 'boss',
    },
  ],
  devices: [
    { key: 'mac', serial: 'C02XYZ', ...laptop, assetTag: 'HB-1', assignedTo: 'ada' },
    {
      key: 'phone',
      serial: 'F17',
      manufacturer: 'Apple',
      model: 'iPhone',
      platform: 'ios',
      ownership: 'personal',
      assignedTo: 'boss',
    },
    { key: 'spare', serial: 'SPARE1', ...laptop },
    { key: 'ghost', serial: 'GHOST1', ...laptop, assignedTo: 'ada', inventory: false },
  ],
};

let vendor: Vendor;

beforeEach(async () => {
  vendor = await startVendor(createSnipeit, { token: 'secret' }, HEADERS);
  await vendor.seed(COMPANY);
});
afterEach(() => vendor[Symbol.asyncDispose]());

const bySerial = async (serial: string) => (await vendor.call(`/api/v1/hardware/byserial/${serial}`)).body;
const labelNamed = async (name: string): Promise<number> => {
  const { body } = await vendor.call('/api/v1/statuslabels');
  return body.rows.find((label: { name: string }) => label.name === name).id;
};

describe('reading', () => {
  test('a serial finds a page of rows in the vendor’s shape, without regard to case', async () => {
    const body = await bySerial('c02xyz');
    expect(body.total).toBe(1);
    expect(body.rows[0]).toMatchObject({
      asset_tag: 'HB-1',
      serial: 'C02XYZ',
      manufacturer: { name: 'Apple' },
      byod: false,
      status_label: { name: 'Ready to Deploy', status_type: 'deployable', status_meta: 'deployed' },
      assigned_to: { email: 'ada@example.com', employee_number: 'E2', name: 'Ada Lovelace', type: 'user' },
      custom_fields: { Ownership: { field: '_snipeit_ownership_1', value: 'corporate' } },
      last_checkin: null,
      deleted_at: null,
    });
    expect(body.rows[0].updated_at.datetime).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  });

  test('two assets may share a serial, and both come back', async () => {
    await vendor.control('/assets/spare/change', { serial: 'C02XYZ' });
    expect(await bySerial('C02XYZ')).toMatchObject({
      total: 2,
      rows: [{ serial: 'C02XYZ' }, { serial: 'C02XYZ' }],
    });
  });

  test('what does not exist is HTTP 200 with an error in the body', async () => {
    const missing = { status: 'error', messages: 'Asset does not exist.', payload: null };
    for (const path of ['hardware/byserial/NOPE', 'hardware/bytag/NOPE', 'hardware/9999']) {
      const { status, body } = await vendor.call(`/api/v1/${path}`);
      expect([status, body]).toEqual([200, missing]);
    }
    expect(await bySerial('GHOST1')).toEqual(missing);
  });

  test('text is escaped for HTML in JSON answers', async () => {
    const { body } = await vendor.call('/api/v1/hardware/bytag/HB-1');
    expect(body.model.name).toBe('MacBook Pro 14&quot;');
    const users = await vendor.call('/api/v1/users?email=boss@example.com');
    expect(users.body.rows[0].name).toBe('Sinéad O&#039;Neill');
  });

  test('a list is cut into pages by limit and offset, and never exceeds the maximum', async () => {
    const first = (await vendor.call('/api/v1/hardware?limit=2')).body;
    const second = (await vendor.call('/api/v1/hardware?limit=2&offset=2')).body;
    expect([first.total, first.rows.length, second.rows.length]).toEqual([3, 2, 1]);
    const ids = [...first.rows, ...second.rows].map((row) => row.id);
    expect(new Set(ids).size).toBe(3);

    await using small = await startVendor(createSnipeit, { token: 'secret', maxResults: 2 }, HEADERS);
    await small.seed(COMPANY);
    expect((await small.call('/api/v1/hardware?limit=400')).body.rows).toHaveLength(2);
  });

  test('lists come newest first, or as sort and order ask', async () => {
    const ids = async (query: string): Promise<number[]> =>
      (await vendor.call(`/api/v1/hardware?${query}`)).body.rows.map((row: { id: number }) => row.id);
    expect(await ids('')).toEqual([3, 2, 1]);
    expect(await ids('sort=id&order=asc')).toEqual([1, 2, 3]);
    expect(await ids('sort=serial&order=asc&limit=1')).toEqual([1]);
  });

  test('notes are rendered to HTML in rows, and come as stored in the answer to an update', async () => {
    const { id } = (await bySerial('SPARE1')).rows[0];
    const notes = '**sold** & `gone`';
    const { body } = await vendor.call(`/api/v1/hardware/${id}`, { method: 'PATCH', body: { notes } });
    expect(body.payload.notes).toBe(notes);
    expect((await bySerial('SPARE1')).rows[0].notes).toBe('<strong>sold</strong> &amp; <code>gone</code>');
  });

  test('a deleted user is listed only when asked for, and still holds what was checked out', async () => {
    await vendor.control('/users/ada/delete', {});
    expect((await vendor.call('/api/v1/users?employee_num=E2')).body.total).toBe(0);
    const [user] = (await vendor.call('/api/v1/users?employee_num=E2&all=true')).body.rows;
    expect(user.deleted_at).not.toBeNull();
    expect((await vendor.call(`/api/v1/users/${user.id}/assets`)).body.total).toBe(1);
  });

  test('the company document can say that the books differ from the device', async () => {
    const behaviour = { inventory: { serial: 'C02XYY', assignedTo: 'boss', status: 'Lost' } };
    await vendor.seed({
      people: COMPANY.people ?? [],
      devices: [{ key: 'mac', serial: 'C02XYZ', ...laptop, assignedTo: 'ada', behaviour }],
    });
    const [row] = (await bySerial('C02XYY')).rows;
    expect(row).toMatchObject({ assigned_to: { email: 'boss@example.com' }, status_label: { name: 'Lost' } });
    expect(await bySerial('C02XYZ')).toMatchObject({ status: 'error' });
  });

  test('a custom field of the installation can be set by its column', async () => {
    const { id } = (await bySerial('C02XYZ')).rows[0];
    const column = '_snipeit_disposal_certificate_3';
    await vendor.call(`/api/v1/hardware/${id}`, { method: 'PATCH', body: { [column]: 'CERT-1' } });
    const { custom_fields } = (await bySerial('C02XYZ')).rows[0];
    expect(custom_fields['Disposal certificate']).toMatchObject({ field: column, value: 'CERT-1' });
  });

  test('a holder filter works only together with its type, and is ignored without it', async () => {
    const user = (await vendor.call('/api/v1/users?employee_num=E2')).body.rows[0];
    const alone = (await vendor.call(`/api/v1/hardware?assigned_to=${user.id}`)).body;
    const typed = (
      await vendor.call(
        `/api/v1/hardware?assigned_to=${user.id}&assigned_type=${encodeURIComponent('App\\Models\\User')}`,
      )
    ).body;
    expect([alone.total, typed.total]).toEqual([3, 1]);
  });

  test('the hardware list hides archived assets; the holder’s list and the serial show them', async () => {
    await vendor.control('/assets/mac/change', { status: 'Disposed' });
    const user = (await vendor.call('/api/v1/users?employee_num=E2')).body.rows[0];
    expect((await vendor.call('/api/v1/hardware?search=C02XYZ')).body.total).toBe(0);
    expect((await vendor.call(`/api/v1/users/${user.id}/assets`)).body.rows).toMatchObject([
      { serial: 'C02XYZ', status_label: { status_type: 'archived', status_meta: 'deployed' } },
    ]);
    expect((await bySerial('C02XYZ')).total).toBe(1);
  });

  test('status labels tell their type, and a search finds by holder', async () => {
    const { body } = await vendor.call('/api/v1/statuslabels');
    expect(body.rows).toContainEqual(expect.objectContaining({ name: 'Pending Disposal', type: 'pending' }));
    expect(body.rows).toContainEqual(expect.objectContaining({ name: 'Disposed', type: 'archived' }));
    expect((await vendor.call('/api/v1/hardware?search=lovelace')).body.total).toBe(1);
  });
});

describe('writing', () => {
  test('a check-in ends the assignment, sets the label and counts once; repeated, it looks like a failure and counts nothing', async () => {
    const asset = (await bySerial('C02XYZ')).rows[0];
    const pending = await labelNamed('Pending Disposal');
    const checkin = () =>
      vendor.call(`/api/v1/hardware/${asset.id}/checkin`, {
        body: { status_id: pending, location_id: 3, note: 'case_1' },
      });
    expect((await checkin()).body).toMatchObject({ status: 'success', payload: { asset_tag: 'HB-1' } });
    const again = await checkin();
    expect([again.status, again.body.status, again.body.messages]).toEqual([
      200,
      'error',
      'That asset is already checked in.',
    ]);

    expect((await bySerial('C02XYZ')).rows[0]).toMatchObject({
      assigned_to: null,
      location: { id: 3 },
      checkin_counter: 1,
      status_label: { id: pending, status_meta: 'pending' },
    });
    expect(await vendor.effects('checkin')).toMatchObject([
      { key: 'mac', params: { serial: 'C02XYZ', statusId: pending, note: 'case_1' } },
    ]);
  });

  test('an update answers with the flat record, leaves the assignment alone and drops unknown fields', async () => {
    const asset = (await bySerial('C02XYZ')).rows[0];
    const disposed = await labelNamed('Disposed');
    const { body } = await vendor.call(`/api/v1/hardware/${asset.id}`, {
      method: 'PATCH',
      body: { status_id: disposed, notes: "it's gone", nonsense: 1 },
    });
    expect(body).toMatchObject({
      status: 'success',
      payload: { id: asset.id, status_id: disposed, notes: "it's gone", assigned_to: expect.any(Number) },
    });
    expect(body.payload).not.toHaveProperty('nonsense');
    expect((await bySerial('C02XYZ')).rows[0].assigned_to.email).toBe('ada@example.com');
    expect(await vendor.effects()).toMatchObject([{ kind: 'patch', key: 'mac' }]);
  });

  test('an update with an unknown label is HTTP 200 with errors by field, and changes nothing', async () => {
    const asset = (await bySerial('C02XYZ')).rows[0];
    const { status, body } = await vendor.call(`/api/v1/hardware/${asset.id}`, {
      method: 'PATCH',
      body: { status_id: 999, notes: 'x' },
    });
    expect([status, body]).toEqual([
      200,
      { status: 'error', messages: { status_id: ['The selected status id is invalid.'] }, payload: null },
    ]);
    expect((await bySerial('C02XYZ')).rows[0].notes).toBeNull();
    expect(await vendor.effects()).toEqual([]);
  });

  test('only an asset that nobody holds and whose label is deployable can be checked out', async () => {
    const [mac, spare] = [(await bySerial('C02XYZ')).rows[0], (await bySerial('SPARE1')).rows[0]];
    const user = (await vendor.call('/api/v1/users?employee_num=E1')).body.rows[0];
    const checkout = (id: number) =>
      vendor.call(`/api/v1/hardware/${id}/checkout`, {
        body: { checkout_to_type: 'user', assigned_user: user.id },
      });
    expect((await checkout(mac.id)).body.status).toBe('error');
    expect((await checkout(spare.id)).body.status).toBe('success');
    expect((await bySerial('SPARE1')).rows[0].assigned_to.id).toBe(user.id);
    expect(await vendor.effects('checkout')).toHaveLength(1);
  });
});

describe('the edge', () => {
  test('without a token a JSON client gets 401, and any other client is sent to the login page', async () => {
    const json = await vendor.call('/api/v1/hardware', { headers: { authorization: 'Bearer wrong' } });
    expect([json.status, json.body]).toEqual([401, { error: 'Unauthorized or unauthenticated.' }]);
    const other = await vendor.call('/api/v1/hardware', { headers: { authorization: '', accept: '*/*' } });
    expect([other.status, other.headers.get('location')]).toEqual([302, '/login']);
  });

  test('past the limit the answer is 429 with Retry-After, and every answer says what is left', async () => {
    await using slow = await startVendor(createSnipeit, { token: 'secret', throttlePerMinute: 2 }, HEADERS);
    const answers = [
      await slow.call('/api/v1/statuslabels'),
      await slow.call('/api/v1/statuslabels'),
      await slow.call('/api/v1/statuslabels'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers.map(({ headers }) => headers.get('x-ratelimit-remaining'))).toEqual(['1', '0', '0']);
    const seconds = Number(answers[2]?.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(answers[2]?.body).toMatchObject({ status: 'error', status_code: 429, retryAfter: seconds });
  });

  test('an unknown endpoint is 404 and a broken body 422, in the envelope', async () => {
    const nowhere = await vendor.call('/api/v1/nowhere');
    expect([nowhere.status, nowhere.body.messages]).toEqual([404, '404 endpoint not found']);
    const broken = await vendor.call('/api/v1/hardware/1', {
      method: 'PATCH',
      body: '{',
      headers: { 'content-type': 'application/json' },
    });
    expect([broken.status, broken.body.messages]).toEqual([422, 'Invalid JSON']);
  });

  test('somebody else’s change can be made to fall between a read and the next', async () => {
    await vendor.control('/assets/mac/change', { when: 'after-next-read', assignedTo: 'boss' });
    expect((await bySerial('C02XYZ')).rows[0].assigned_to.email).toBe('ada@example.com');
    expect((await bySerial('C02XYZ')).rows[0].assigned_to.email).toBe('boss@example.com');
    expect(await vendor.effects()).toEqual([]);
  });

  test('a change that makes no sense is refused by the control listener', async () => {
    expect((await vendor.control('/assets/mac/change', { status: 'Nonsense' })).status).toBe(400);
    expect((await vendor.control('/assets/nobody/change', {})).status).toBe(404);
  });

  test('licence seats stay with an asset that is checked in, and are checked in by clearing both', async () => {
    await vendor.control('/licences', { name: 'Suite', seats: 2, assets: ['mac'] });
    const id = (await bySerial('C02XYZ')).rows[0].id;
    const held = async () => (await vendor.call(`/api/v1/hardware/${id}/licenses`)).body;
    await vendor.call(`/api/v1/hardware/${id}/checkin`, { method: 'POST', body: {} });
    expect(await held()).toMatchObject({ total: 1, rows: [{ id: 1, seats: 2, free_seats_count: 1 }] });
    const update = async (path: string, body: object) =>
      (await vendor.call(`/api/v1/licenses/${path}`, { method: 'PATCH', body })).body;
    expect(await update('1/seats/9', { asset_id: null })).toMatchObject({ messages: 'Seat not found' });
    expect(await update('7/seats/1', { asset_id: null })).toMatchObject({ status: 'error' });
    const both = { asset_id: null, assigned_to: null, note: 'closed' };
    expect(await update('1/seats/1', both)).toMatchObject({ status: 'success' });
    // Again: nothing to do, and no error.
    expect(await update('1/seats/1', both)).toMatchObject({ status: 'success' });
    expect(await held()).toEqual({ total: 0, rows: [] });
    expect(await vendor.effects('seat-checkin')).toMatchObject([{ target: String(id) }]);
    expect((await vendor.call('/api/v1/licenses/1/seats')).body).toMatchObject({
      total: 2,
      rows: [{ assigned_asset: null }, { assigned_asset: null }],
    });
  });

  test('seeding again keeps ids, and a reset empties the installation', async () => {
    const before = (await bySerial('C02XYZ')).rows[0].id;
    await vendor.seed(COMPANY);
    expect(await bySerial('C02XYZ')).toMatchObject({ total: 1, rows: [{ id: before }] });
    await vendor.sandbox('/reset', {});
    expect((await vendor.call('/api/v1/hardware')).body).toEqual({ total: 0, rows: [] });
  });
});
