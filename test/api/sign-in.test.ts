/** Tokens of the issuer: which count, whom they speak for, and that nothing of a bad one is told or logged. */
import { SignJWT, UnsecuredJWT, exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actorOf } from '../../src/api/oidc/actor-of.ts';
import { KEY_OPTIONS } from '../../src/api/oidc/issuer-keys.ts';
import { FLAWS } from '../../sandbox/oidc/mint.ts';
import { oidcOf, startIssuer, trusting } from '../support/issuer/issuer.ts';
import type { TestIssuer, TokenRequest } from '../support/issuer/issuer.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { startApi } from './support/api.ts';
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

function me(token: string, on: TestApi = api): Promise<Answer> {
  return on.call('GET', '/api/v1/me', { headers: { authorization: `Bearer ${token}` } });
}

async function meAs(request: TokenRequest, on: TestApi = api): Promise<Answer> {
  return me(await issuer.token(request), on);
}

describe('a token that counts', () => {
  test('says who it is: an opaque actor, the roles of the groups, and until when', async () => {
    const before = Date.now();
    const { status, body } = await meAs({ person: 'olga', expiresInSeconds: 600 });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      kind: 'person',
      displayName: 'Olga Operator',
      roles: ['operator'],
      vendorOf: [],
    });
    expect(body['actor']).toMatch(/^user:[a-z2-7]{26}$/u);
    expect(Date.parse(String(body['expiresAt']))).toBeGreaterThan(before + 500_000);
  });

  test('two tokens of one person are one actor; other people, and the same subject elsewhere, are others', async () => {
    const [first, second, other] = await Promise.all([
      meAs({ person: 'aki' }),
      meAs({ person: 'aki', expiresInSeconds: 60 }),
      meAs({ person: 'ben' }),
    ]);
    expect(first.body['actor']).toBe(second.body['actor']);
    expect(other.body['actor']).not.toBe(first.body['actor']);
    expect(actorOf('https://a.example', '1')).not.toBe(actorOf('https://b.example', '1'));
    // Fixed for ever: facts hold it.
    expect(actorOf('https://login.example', 'subject-1')).toBe(EXPECTED_ACTOR);
  });

  test('other groups give other roles to the same actor', async () => {
    const before = await meAs({ person: 'dan' });
    await issuer.control('/people/dan/groups', { groups: ['handback-dock', 'handback-auditors', 'unknown'] });
    const after = await meAs({ person: 'dan' });
    expect(after.body).toMatchObject({ actor: before.body['actor'], roles: ['dock', 'auditor'] });
  });

  test('who is in no group that is mapped is known, and may do nothing', async () => {
    expect(await meAs({ person: 'nora' })).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });

  test('groups named as what objects have by themselves give nothing', async () => {
    await issuer.control('/people/nora/groups', { groups: ['constructor', '__proto__', 'toString'] });
    expect(await meAs({ person: 'nora' })).toMatchObject({ status: 403 });
    await issuer.control('/people/nora/groups', { groups: [] });
  });

  test('a program has the roles of its configuration alone, and no name', async () => {
    const { body } = await meAs({ client: 'handback-program' });
    expect(body).toMatchObject({ kind: 'program', roles: ['operator'], displayName: null });
  });

  test('the name is kept beside the ledger, and the log has the actor alone', async () => {
    const { body } = await meAs({ person: 'ines' });
    const row = await api.db
      .selectFrom('actors')
      .selectAll()
      .where('id', '=', String(body['actor']))
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ kind: 'person', issuer: issuer.url, display_name: 'Ines Auditor' });
    expect(api.logged()).toContain(String(body['actor']));
    expect(api.logged()).not.toContain('Ines');
    expect(api.logged()).not.toContain(row.subject ?? 'none');
  });
});

describe('a token that does not count', () => {
  test.each(FLAWS)('%s: 401 that tells nothing of it, and only the reason in the log', async (flaw) => {
    const token = await issuer.token({ person: 'olga', flaw });
    const answer = await me(token);
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    expect(Object.keys(answer.body).toSorted()).toEqual(['code', 'signIn', 'status', 'title', 'type']);
    expect(api.logged()).toContain(`"refusal":"${REASONS[flaw]}"`);
    for (const piece of token.split('.').filter((text) => text !== ''))
      expect(api.logged()).not.toContain(piece);
  });

  test.each([
    ['three parts of nothing', 'a.b.c'],
    ['a claims set that is no object', `${part({ alg: 'RS256' })}.${part([])}.AAAA`],
    [
      'none in capitals',
      new UnsecuredJWT({ sub: 'x' }).encode().replace(part({ alg: 'none' }), part({ alg: 'NONE' })),
    ],
    ['more than any token has', `${part({ alg: 'RS256' })}.${'A'.repeat(14_000)}`],
  ])('%s', async (_what, token) => {
    expect((await me(token)).status).toBe(401);
  });

  test('an old one, however long it says it is valid', async () => {
    const token = await issuer.token({ person: 'olga', expiresInSeconds: 86_400 });
    const later = await startApi(database.url, {
      oidc: oidcOf(trusting(issuer.url, { maxTokenAge: '1h' })),
      clock: () => new Date(Date.now() + 3_700_000),
    });
    expect((await me(token, later)).status).toBe(401);
    expect(later.logged()).toContain('"refusal":"too-old"');
    await later.stop();
  });

  test('clocks may differ by seconds, not by more', async () => {
    const token = await issuer.token({ person: 'olga', expiresInSeconds: 60 });
    const at = async (seconds: number) => {
      const other = await startApi(database.url, {
        oidc: oidcOf(trusting(issuer.url)),
        clock: () => new Date(Date.now() + seconds * 1000),
      });
      const { status } = await me(token, other);
      await other.stop();
      return status;
    };
    expect(await at(-4)).toBe(200);
    expect(await at(-60)).toBe(401);
    expect(await at(63)).toBe(200);
    expect(await at(90)).toBe(401);
  });

  test('an algorithm that is not on the list, even with a published key', async () => {
    const strict = await startApi(database.url, {
      oidc: oidcOf(trusting(issuer.url, { algorithms: ['ES256'] })),
    });
    expect((await meAs({ person: 'olga' }, strict)).status).toBe(401);
    expect(strict.logged()).toContain('"refusal":"algorithm"');
    await strict.stop();
  });

  test('one signed by a key that it brings along itself', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    const now = Math.floor(Date.now() / 1000);
    const token = await new SignJWT({
      sub: 'x',
      iss: issuer.url,
      aud: 'urn:handback:api',
      groups: ['handback-admins'],
    })
      .setProtectedHeader({ alg: 'RS256', jwk: await exportJWK(publicKey), jku: 'https://evil.example/jwks' })
      .setIssuedAt(now)
      .setExpirationTime(now + 300)
      .sign(privateKey);
    expect((await me(token)).status).toBe(401);
  });
});

describe('keys', () => {
  test('a new key counts as soon as it is published, an old one until it is withdrawn', async () => {
    const old = await issuer.token({ person: 'olga' });
    await issuer.control('/keys/rotate', {});
    expect((await meAs({ person: 'olga' })).status).toBe(200);
    expect((await me(old)).status).toBe(200);
    await issuer.control('/keys/rotate', { withdraw: true });
    expect((await meAs({ person: 'olga' })).status).toBe(200);
    expect((await me(old)).status).toBe(401);
  });

  test('an issuer whose keys cannot be had: 503 for its tokens, 401 for nonsense, static tokens go on', async () => {
    const mend = await issuer.breakDown();
    const fresh = await startApi(database.url, { oidc: oidcOf(trusting(issuer.url)) });
    const token = await issuer.token({ person: 'olga' });
    const answer = await me(token, fresh);
    expect(answer).toMatchObject({ status: 503, body: { code: 'issuer-unavailable' } });
    expect(answer.headers.get('retry-after')).not.toBeNull();
    expect((await me('of-bad-news-0123456789', fresh)).status).toBe(401);
    expect((await me(await issuer.token({ person: 'olga', flaw: 'unsigned' }), fresh)).status).toBe(401);
    expect((await fresh.call('GET', '/api/v1/me', { as: 'viewer' })).status).toBe(200);
    await mend();
    expect((await me(token, fresh)).status).toBe(200);
    await fresh.stop();
  });

  test('keys that are known go on counting while the issuer is down', async () => {
    const token = await issuer.token({ person: 'olga' });
    const quick = await startApi(database.url, {
      oidc: oidcOf(trusting(issuer.url), { ...KEY_OPTIONS, cooldownMs: 0 }),
    });
    expect((await me(token, quick)).status).toBe(200);
    const mend = await issuer.breakDown();
    expect((await meAs({ person: 'olga', flaw: 'unknown-key' }, quick)).status).toBe(503);
    expect((await me(token, quick)).status).toBe(200);
    await mend();
    await quick.stop();
  });

  test('a list of keys that is broken is the issuer’s fault, not the token’s', async () => {
    const fresh = await startApi(database.url, { oidc: oidcOf(trusting(issuer.url)) });
    const mend = await issuer.breakDown('/jwks');
    expect((await meAs({ person: 'olga' }, fresh)).status).toBe(503);
    await mend();
    expect((await meAs({ person: 'olga' }, fresh)).status).toBe(200);
    await fresh.stop();
  });

  test('a discovery document of another issuer gives no keys', async () => {
    // The same simulator under another name of this machine says that it is 127.0.0.1.
    const alias = issuer.url.replace('127.0.0.1', 'localhost');
    const fooled = await startApi(database.url, { oidc: oidcOf(trusting(alias)) });
    const { privateKey } = await generateKeyPair('RS256');
    const token = await new SignJWT({ sub: 'x', iss: alias, aud: 'urn:handback:api' })
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(privateKey);
    expect((await me(token, fooled)).status).toBe(503);
    await fooled.stop();
  });
});

describe('an issuer that gives one person another subject for each client', () => {
  let pairwise: TestIssuer;
  beforeAll(async () => {
    pairwise = await startIssuer({
      pairwise: true,
      clients: [
        { id: 'handback-cli', flow: 'device' },
        { id: 'console', flow: 'browser', redirectUris: ['http://127.0.0.1/callback'] },
      ],
    });
  });
  afterAll(() => pairwise.stop());

  const asBoth = async (on: TestApi) => {
    const [cli, console_] = await Promise.all(
      ['handback-cli', 'console'].map(async (client) =>
        me(await pairwise.token({ person: 'aki', client }), on),
      ),
    );
    return [cli, console_] as const;
  };

  test('lets nobody in by `sub`: one person could decide as two', async () => {
    const careless = await startApi(database.url, { oidc: oidcOf(trusting(pairwise.url)) });
    expect((await asBoth(careless)).map((answer) => answer?.status)).toEqual([401, 401]);
    expect(careless.logged()).toContain('"refusal":"pairwise-subjects"');
    await careless.stop();
  });

  test('is one actor by the claim that stays, whatever the client', async () => {
    const careful = await startApi(database.url, {
      oidc: oidcOf(trusting(pairwise.url, { subjectClaim: 'oid' })),
    });
    const [first, second] = await asBoth(careful);
    expect(first?.body['actor']).toMatch(/^user:/u);
    expect(second?.body['actor']).toBe(first?.body['actor']);
    await careful.stop();
  });

  test('a token without that claim is refused', async () => {
    const other = await startApi(database.url, {
      oidc: oidcOf(trusting(pairwise.url, { subjectClaim: 'employee' })),
    });
    expect((await asBoth(other)).map((answer) => answer?.status)).toEqual([401, 401]);
    expect(other.logged()).toContain('"refusal":"claims"');
    await other.stop();
  });
});

test('whoever comes without a token is told where to sign in, where that is possible', async () => {
  expect((await api.call('GET', '/api/v1/me')).body['signIn']).toEqual({
    issuer: issuer.url,
    clientId: 'handback-cli',
    scopes: ['openid', 'offline_access'],
    parameters: { resource: 'urn:handback:api' },
  });
});

const EXPECTED_ACTOR = 'user:maep3h7opnrrzlmibk5skpximl';

const REASONS: Readonly<Record<(typeof FLAWS)[number], string>> = {
  expired: 'expired',
  'not-yet-valid': 'not-yet-valid',
  'wrong-audience': 'audience',
  'wrong-issuer': 'issuer',
  'no-subject': 'claims',
  unsigned: 'algorithm',
  'public-key-as-secret': 'algorithm',
  'unknown-key': 'key',
  'foreign-signature': 'signature',
};

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
