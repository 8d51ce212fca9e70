/** Revoked access: at once, for every token, by somebody else, and on record without a name. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readStream } from '../../src/store/streams.ts';
import { ACCESS_STREAM } from '../../src/domain/fact.ts';
import { isRevoked, revokedActors } from '../../src/store/revocations.ts';
import { ROUTES } from '../../src/api/routes/index.ts';
import { oidcOf, startIssuer, trusting } from '../support/issuer/issuer.ts';
import type { TestIssuer } from '../support/issuer/issuer.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { itemsIn, startApi, textIn, tokenOf } from './support/api.ts';
import type { Answer, TestApi } from './support/api.ts';

let database: TestDatabase;
let issuer: TestIssuer;
let api: TestApi;

beforeAll(async () => {
  database = await testDatabase();
  issuer = await startIssuer();
  api = await startApi(database.url, { oidc: oidcOf(trusting(issuer.url)) });
});
afterAll(async () => {
  await api.stop();
  await issuer.stop();
  await database.drop();
});

async function bearer(person: string, expiresInSeconds = 300) {
  const token = await issuer.token({ person, expiresInSeconds });
  return { headers: { authorization: `Bearer ${token}` } };
}

async function actorIdOf(person: string): Promise<string> {
  return textIn(await api.call('GET', '/api/v1/me', await bearer(person)), 'actor');
}

const path = (actor: string, verb: string) => `/api/v1/actors/${encodeURIComponent(actor)}/${verb}`;
const REASON = { reason: 'left the company, ticket 4711' };

async function change(verb: 'revoke' | 'restore', actor: string, person = 'adam'): Promise<Answer> {
  return api.call('POST', path(actor, verb), { ...(await bearer(person)), body: REASON });
}

describe('a revoked actor', () => {
  test('is refused everything at once, with every token there is or will be, until it is restored', async () => {
    const actor = await actorIdOf('aki');
    const before = await bearer('aki');
    expect(await change('revoke', actor)).toMatchObject({
      status: 200,
      body: { actor, isRevoked: true, revoked: { reason: REASON.reason, by: await actorIdOf('adam') } },
    });
    for (const given of [before, await bearer('aki', 60)]) {
      for (const { method, path: template } of ROUTES) {
        const at = `/api/v1${template.replace(':id', 'x')}`;
        const body = method === 'get' ? {} : { body: {} };
        expect(await api.call(method.toUpperCase(), at, { ...given, ...body })).toMatchObject({
          status: 403,
          body: { code: 'access-revoked' },
        });
      }
      expect((await api.call('GET', '/metrics', given)).status).toBe(403);
    }
    expect(await isRevoked(api.db, actor)).toBe(true);
    expect([...(await revokedActors(api.db))]).toEqual([actor]);

    expect(await change('restore', actor)).toMatchObject({
      status: 200,
      body: { isRevoked: false, revoked: null },
    });
    expect((await api.call('GET', '/api/v1/me', before)).status).toBe(200);
    expect(await isRevoked(api.db, actor)).toBe(false);
    expect((await revokedActors(api.db)).size).toBe(0);
  });

  test('is refused by another process of the same installation too', async () => {
    const actor = await actorIdOf('ben');
    const ben = await bearer('ben');
    const other = await startApi(database.url, { oidc: oidcOf(trusting(issuer.url)) });
    expect((await other.call('GET', '/api/v1/me', ben)).status).toBe(200);
    await change('revoke', actor);
    expect((await other.call('GET', '/api/v1/me', ben)).status).toBe(403);
    await change('restore', actor);
    await other.stop();
  });

  test('may be a static token, also one that was never used; the others go on', async () => {
    const asAdmin = { as: 'admin', body: REASON } as const;
    expect((await api.call('POST', path('token:t-dock', 'revoke'), asAdmin)).status).toBe(200);
    expect((await api.call('GET', '/api/v1/me', { as: 'dock' })).status).toBe(403);
    expect((await api.call('GET', '/api/v1/me', { as: 'viewer' })).status).toBe(200);
    expect((await api.call('POST', path('token:t-dock', 'restore'), asAdmin)).status).toBe(200);
    expect((await api.call('GET', '/api/v1/me', { as: 'dock' })).status).toBe(200);
    expect((await api.call('POST', path('token:nobody', 'revoke'), asAdmin)).status).toBe(404);
  });
});

describe('who revokes', () => {
  test('nobody changes their own access, and the database refuses it as well', async () => {
    const adam = await actorIdOf('adam');
    for (const verb of ['revoke', 'restore'] as const)
      expect(await change(verb, adam)).toMatchObject({ status: 409, body: { code: 'own-access' } });
    const row = { id: 'rev_x', actor: adam, reason: 'x', revoked_at: new Date(), revoked_by: adam };
    await expect(api.db.insertInto('actor_revocations').values(row).execute()).rejects.toMatchObject({
      code: '23514',
    });
    const lifted = { ...row, revoked_by: 'token:x', lifted_at: new Date(), lifted_by: adam };
    await expect(api.db.insertInto('actor_revocations').values(lifted).execute()).rejects.toMatchObject({
      code: '23514',
    });
  });

  test('a revoked administrator cannot restore himself: he is not let in', async () => {
    const adam = await actorIdOf('adam');
    const token = await bearer('adam');
    expect((await api.call('POST', path(adam, 'revoke'), { as: 'admin', body: REASON })).status).toBe(200);
    expect(await api.call('POST', path(adam, 'restore'), { ...token, body: REASON })).toMatchObject({
      status: 403,
      body: { code: 'access-revoked' },
    });
    expect((await api.call('POST', path(adam, 'restore'), { as: 'admin', body: REASON })).status).toBe(200);
  });

  test('a reason is needed, and an actor that is known', async () => {
    const adam = await bearer('adam');
    expect(
      (await api.call('POST', path(await actorIdOf('aki'), 'revoke'), { ...adam, body: {} })).status,
    ).toBe(400);
    expect((await change('revoke', `user:${'b'.repeat(26)}`)).status).toBe(404);
    expect((await change('revoke', 'aki@example.com')).status).toBe(400);
  });
});

describe('on record', () => {
  test('each change once, by ids alone; the reason is beside the ledger', async () => {
    const actor = await actorIdOf('lena');
    const before = (await readStream(api.db, ACCESS_STREAM)).length;
    await Promise.all([change('revoke', actor), change('revoke', actor), change('revoke', actor)]);
    await change('restore', actor);
    await change('restore', actor);
    const facts = (await readStream(api.db, ACCESS_STREAM)).slice(before);
    expect(facts.map(({ type }) => type)).toEqual(['access.revoked', 'access.restored']);
    const adam = await actorIdOf('adam');
    for (const fact of facts) {
      expect(fact).toMatchObject({ actor: adam, data: { subject: actor } });
      expect(JSON.stringify(fact)).not.toMatch(/lena|ticket|Lena/iu);
    }
  });

  test('the list tells who is who and since when, page by page; readers learn the name alone', async () => {
    const actor = await actorIdOf('finn');
    await change('revoke', actor);
    const list = async (query: string) => api.call('GET', `/api/v1/actors?${query}`, { as: 'auditor' });
    expect(itemsIn(await list('state=revoked'))).toMatchObject([{ actor, displayName: 'Finn Finance' }]);
    const all = itemsIn(await list('limit=200')).map((one) => one['actor']);
    const first = await list('limit=2');
    const rest = itemsIn(await list(`limit=200&cursor=${textIn(first, 'next')}`)).map((one) => one['actor']);
    expect([...itemsIn(first).map((one) => one['actor']), ...rest]).toEqual(all);
    expect((await api.call('GET', `/api/v1/actors/${actor}`, { as: 'viewer' })).body).toEqual({
      actor,
      kind: 'person',
      displayName: 'Finn Finance',
      isRevoked: true,
    });
    await change('restore', actor);
  });

  test('an erased actor stays without a name, and a revocation stands', async () => {
    const actor = await actorIdOf('mina');
    await change('revoke', actor);
    expect((await api.call('POST', path(actor, 'erase'), { as: 'admin', body: {} })).body).toMatchObject({
      displayName: null,
      isRevoked: true,
      erasedAt: expect.any(String),
    });
    await change('restore', actor);
    // Another process has not seen her yet, and would note her name.
    const other = await startApi(database.url, { oidc: oidcOf(trusting(issuer.url)) });
    expect((await other.call('GET', '/api/v1/me', await bearer('mina'))).status).toBe(200);
    await other.stop();
    const row = await api.db.selectFrom('actors').selectAll().where('id', '=', actor).executeTakeFirst();
    expect(row).toMatchObject({ subject: null, display_name: null });
  });
});

test('a static token has no name and does not expire', async () => {
  expect(
    (await api.call('GET', '/api/v1/me', { headers: { authorization: `Bearer ${tokenOf('vendor')}` } })).body,
  ).toEqual({
    actor: 'token:t-vendor',
    kind: 'token',
    displayName: null,
    roles: ['vendor'],
    vendorOf: ['itad'],
    expiresAt: null,
  });
});
