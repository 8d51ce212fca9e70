import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { smallCompany } from '../../sandbox/core/testing.ts';
import { createLansweeper } from '../../sandbox/lansweeper/index.ts';
import { DEFAULT_SITE } from '../../sandbox/lansweeper/options.ts';
import { startVendor } from './vendor-kit.ts';
import type { Vendor } from './vendor-kit.ts';

const HEADERS = { authorization: 'Token secret' };
const FIELDS = ['key', 'assetCustom.serialNumber', 'assetCustom.stateName', 'assetBasicInfo.userName'];
const QUERY = `query ($site: ID!, $fields: [String!]!, $page: AssetsPaginationInputValidated, $filters: AssetsFilterGroupedInput) {
  site(id: $site) {
    assetResources(fields: $fields, assetPagination: $page, filters: $filters) {
      pagination { next }
      items
    }
  }
}`;

let vendor: Vendor;

beforeEach(async () => {
  vendor = await startVendor(createLansweeper, { token: 'secret' }, HEADERS);
  await vendor.seed(smallCompany());
});
afterEach(() => vendor[Symbol.asyncDispose]());

const ask = (body: object, headers: Readonly<Record<string, string>> = {}) =>
  vendor.call('/api/v2/graphql', { body, headers });
const list = (more: object = {}) =>
  ask({ query: QUERY, variables: { site: DEFAULT_SITE.id, fields: FIELDS, ...more } });
const serials = async (filters: object) => {
  const { body } = await list({ filters });
  return body.data.site.assetResources.items.map(
    (item: { assetCustom: { serialNumber: string } }) => item.assetCustom.serialNumber,
  );
};

describe('reading', () => {
  test('the sites that the token may see, and no other', async () => {
    const query = '{ authorizedSites { sites { id name } } }';
    expect((await ask({ query })).body.data.authorizedSites.sites).toEqual([{ ...DEFAULT_SITE }]);
    const { status, body } = await list({ site: '11111111-2222-4333-8444-555555555555' });
    expect([status, body.data]).toEqual([403, { site: null }]);
  });

  test('assets by the paths that are asked for, page after page', async () => {
    const first = (await list({ page: { limit: 2, page: 'FIRST' } })).body.data.site.assetResources;
    expect(first.items[0]).toEqual({
      key: expect.any(String),
      assetCustom: { serialNumber: 'C02ADA0001', stateName: 'Active' },
      assetBasicInfo: { userName: 'ada' },
    });
    const cursor = first.pagination.next;
    const last = (await list({ page: { limit: 2, page: 'NEXT', cursor } })).body.data.site.assetResources;
    expect(last.items).toHaveLength(1);
    expect(last.pagination.next).toBeNull();
  });

  test('filters join conditions and groups; of a list, any element will do', async () => {
    const by = (path: string, value: string) => ({ operator: 'EQUAL', path, value });
    expect(await serials({ conditions: [by('assetCustom.serialNumber', 'PF0BO0003')] })).toEqual([
      'PF0BO0003',
    ]);
    expect(await serials({ conditions: [by('assetCustom.serialNumber', 'pf0bo0003')] })).toEqual([]);
    const ofAda = [by('assetCustom.fields.name', 'Owner number'), by('assetCustom.fields.value', 'E-2')];
    expect(await serials({ conjunction: 'AND', conditions: ofAda })).toEqual(['C02ADA0001', 'F17ADA0002']);
    const mixed = [by('assetCustom.fields.name', 'Ownership'), by('assetCustom.fields.value', 'E-3')];
    expect(await serials({ conditions: mixed })).toEqual(['PF0BO0003']);
    const either = { conjunction: 'OR', groups: [{ conditions: ofAda }, { conditions: mixed }] };
    expect(await serials(either)).toHaveLength(3);
  });

  test('a total with the first page only', async () => {
    const query = (page: string) =>
      `{ site(id: "${DEFAULT_SITE.id}") { assetResources(fields: ["key"], assetPagination: {page: ${page}}) { total } } }`;
    expect((await ask({ query: query('FIRST') })).body.data.site.assetResources.total).toBe(3);
    expect((await ask({ query: query('NEXT') })).status).toBe(400);
  });
});

describe('limits', () => {
  test.each([
    ['31 paths', { fields: Array.from({ length: 31 }, () => 'key') }],
    ['a path that there is not', { fields: ['assetCustom.nonsense'] }],
    [
      'a filter by what cannot be filtered by',
      { filters: { conditions: [{ operator: 'EQUAL', path: 'assetCustom.barCode', value: 'A-1' }] } },
    ],
    [
      '101 conditions',
      {
        filters: {
          conditions: Array.from({ length: 101 }, () => ({ operator: 'EQUAL', path: 'key', value: 'a' })),
        },
      },
    ],
    ['501 assets', { page: { limit: 501 } }],
    ['a question that does not fit the schema', { fields: 'key', page: { nonsense: 1 } }],
  ])('refuses %s', async (_what, more) => {
    const { status, body } = await list(more);
    expect([status, body.errors.length > 0]).toEqual([400, true]);
  });

  test('whoever is not signed in gets 400', async () => {
    const { status, text } = await ask(
      { query: '{ authorizedSites { sites { id } } }' },
      { authorization: 'Token no' },
    );
    expect([status, text.includes('logged in')]).toEqual([400, true]);
  });

  test('past the limit nothing is served until nothing was asked for a while', async () => {
    const quietMs = 2000;
    await using strict = await startVendor(
      createLansweeper,
      { token: 'secret', requestsPerMinute: 2, quietMs },
      HEADERS,
    );
    const again = async () =>
      (await strict.call('/api/v2/graphql', { body: { query: '{ authorizedSites { sites { id } } }' } }))
        .status;
    expect([await again(), await again(), await again()]).toEqual([200, 200, 429]);
    // Asking begins the wait anew: twice more than half of it is not enough.
    for (let tries = 0; tries < 2; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, quietMs * 0.6));
      expect(await again()).toBe(429);
    }
    await new Promise((resolve) => setTimeout(resolve, quietMs + 50));
    expect(await again()).toBe(200);
  });
});

describe('OAuth', () => {
  const application = { client_id: 'lansweeper-sandbox-client', client_secret: 'lansweeper-sandbox-secret' };
  const grant = (body: object) => vendor.call('/api/integrations/oauth/token', { body });
  const sites = (token: string) =>
    ask({ query: '{ authorizedSites { sites { id } } }' }, { authorization: `Bearer ${token}` });

  test('a code that somebody allowed gives a refresh token, once; that gives access tokens, which end', async () => {
    const { code } = (await vendor.control('/oauth/authorize', {})).body;
    const exchange = {
      ...application,
      grant_type: 'authorization_code',
      code,
      redirect_uri: 'http://127.0.0.1/callback',
    };
    expect((await grant({ ...exchange, redirect_uri: 'http://other' })).status).toBe(400);
    const first = (await grant(exchange)).body;
    expect(first).toMatchObject({ token_type: 'Bearer', expires_in: 86_400 });
    expect((await grant(exchange)).status).toBe(400);
    const refresh = { ...application, grant_type: 'refresh_token', refresh_token: first.refresh_token };
    const { body } = await grant(refresh);
    expect([body.refresh_token, (await sites(body.access_token)).status]).toEqual([undefined, 200]);
    await vendor.control('/oauth/expire', {});
    const { status, body: refused } = await sites(body.access_token);
    expect([status, refused.errors[0].extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
    const form = await vendor.call('/api/integrations/oauth/token', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(refresh).toString(),
    });
    expect(form.status).toBe(200);
    await vendor.control('/oauth/revoke', {});
    expect((await grant(refresh)).status).toBe(401);
  });

  test('an unknown client is 404, a wrong secret 401', async () => {
    const refresh = {
      ...application,
      grant_type: 'refresh_token',
      refresh_token: 'lansweeper-sandbox-refresh-token',
    };
    expect((await grant({ ...refresh, client_id: 'other' })).status).toBe(404);
    expect((await grant({ ...refresh, client_secret: 'other' })).status).toBe(401);
    expect((await grant(refresh)).status).toBe(200);
  });

  test.each(['added', 'replaced'])('another refresh token is %s with each renewal', async (refreshTokens) => {
    await using own = await startVendor(createLansweeper, { refreshTokens });
    const renew = (token: string) =>
      own.call('/api/integrations/oauth/token', {
        body: { ...application, grant_type: 'refresh_token', refresh_token: token },
      });
    const first = 'lansweeper-sandbox-refresh-token';
    const { body } = await renew(first);
    expect((await renew(body.refresh_token)).status).toBe(200);
    expect((await renew(first)).status).toBe(refreshTokens === 'added' ? 200 : 401);
  });
});

describe('other hands', () => {
  test('somebody gives it away, closes it, and a scan sees who signs in', async () => {
    const change = { assignedTo: 'bo', state: 'Disposed', fields: { 'Disposal certificate': 'C-1' } };
    const { body } = await vendor.control('/assets/ada-laptop/change', change);
    expect(body).toMatchObject({ stateName: 'Disposed', userName: 'bo', fields: { 'Owner number': 'E-3' } });
    await vendor.control('/assets/ada-laptop/change', { deleted: true });
    expect(await serials({ conditions: [] })).toEqual(['F17ADA0002', 'PF0BO0003']);
  });
});
