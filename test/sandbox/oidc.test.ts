import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { smallCompany } from '../../sandbox/core/testing.ts';
import { FLAWS } from '../../sandbox/oidc/mint.ts';
import { createOidc } from '../../sandbox/oidc/index.ts';
import { startVendor } from './vendor-kit.ts';
import type { Vendor } from './vendor-kit.ts';

let vendor: Vendor;

beforeEach(async () => {
  vendor = await startVendor(createOidc);
});
afterEach(() => vendor[Symbol.asyncDispose]());

const AUDIENCE = 'urn:handback:api';

function discover(id: string, how?: client.ClientAuth): Promise<client.Configuration> {
  // The sandbox is plain HTTP on this machine.
  // oxlint-disable-next-line typescript/no-deprecated
  const execute = [client.allowInsecureRequests];
  return client.discovery(new URL(vendor.url), id, undefined, how ?? client.None(), { execute });
}

async function verified(token: string) {
  const keys = createRemoteJWKSet(new URL(`${vendor.url}/jwks`));
  const checks = { issuer: vendor.url, audience: AUDIENCE, typ: 'at+jwt', algorithms: ['RS256'] };
  return (await jwtVerify(token, keys, checks)).payload;
}

/** A device's code, and what the device does with it. */
async function device() {
  const configuration = await discover('handback-cli');
  const started = await client.initiateDeviceAuthorization(configuration, {
    scope: 'openid offline_access',
    resource: AUDIENCE,
  });
  // Asked as often as a test likes.
  const poll = () => client.pollDeviceAuthorizationGrant(configuration, { ...started, interval: 0.05 });
  return { configuration, userCode: started.user_code, poll };
}

const signIn = async (person: string) => {
  const { configuration, userCode, poll } = await device();
  expect((await vendor.control('/devices', { userCode, person })).status).toBe(204);
  return { configuration, tokens: await poll() };
};

const mint = async (body: object): Promise<string> =>
  (await vendor.control('/tokens', body)).body.access_token;

describe('people', () => {
  test('sign in by a code; the access token is a JWT of them with their groups, for the one audience', async () => {
    const { tokens } = await signIn('aki');
    const claims = await verified(tokens.access_token);
    expect(claims).toMatchObject({
      name: 'Aki Approver',
      groups: ['handback-approvers'],
      client_id: 'handback-cli',
    });
    expect(claims.sub).toBe(tokens.claims()?.sub);
    expect(claims.sub).not.toContain('aki');
  });

  test('who says in the browser that it was not them signs nobody in', async () => {
    const { userCode, poll } = await device();
    await vendor.control('/devices', { userCode, person: 'aki', approve: false });
    await expect(poll()).rejects.toMatchObject({ error: 'access_denied' });
  });

  test('a code counts once, and one that nobody has shown does not', async () => {
    const { userCode } = await device();
    expect((await vendor.control('/devices', { userCode, person: 'aki' })).status).toBe(204);
    expect((await vendor.control('/devices', { userCode, person: 'ben' })).status).toBe(500);
    expect((await vendor.control('/devices', { userCode: 'AAAA-AAAA', person: 'ben' })).status).toBe(500);
    expect((await vendor.control('/devices', { userCode, person: 'nobody' })).status).toBe(404);
  });

  test('a refresh token counts once; using it twice ends the sign-in', async () => {
    const { configuration, tokens } = await signIn('olga');
    const first = tokens.refresh_token ?? '';
    const next = await client.refreshTokenGrant(configuration, first);
    await verified(next.access_token);
    const refused = { error: 'invalid_grant' };
    await expect(client.refreshTokenGrant(configuration, first)).rejects.toMatchObject(refused);
    await expect(client.refreshTokenGrant(configuration, next.refresh_token ?? '')).rejects.toMatchObject(
      refused,
    );
  });

  test('who is disabled gets nothing for a refresh token, and cannot sign in again', async () => {
    const { configuration, tokens } = await signIn('olga');
    await vendor.control('/people/olga/disable', {});
    await expect(client.refreshTokenGrant(configuration, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    const { userCode } = await device();
    expect((await vendor.control('/devices', { userCode, person: 'olga' })).status).toBe(500);
    expect((await vendor.control('/tokens', { person: 'olga' })).status).toBe(404);
    // As in life: what is out holds until it expires.
    await verified(tokens.access_token);
    await vendor.control('/people/olga/enable', {});
    await signIn('olga');
  });

  test('groups are those of the moment, and people of the company can be added to some', async () => {
    await vendor.seed(smallCompany(['vendor']));
    expect(decodeJwt(await mint({ person: 'ada' }))).toMatchObject({ name: 'Ada Leaver', groups: [] });
    await vendor.control('/people/ada@example.com/groups', { groups: ['handback-dock'] });
    expect(decodeJwt(await mint({ person: 'ada' }))['groups']).toEqual(['handback-dock']);
    await vendor.sandbox('/reset', {});
    expect((await vendor.control('/tokens', { person: 'ada' })).status).toBe(404);
  });
});

test('programs sign in as themselves, with their secret only', async () => {
  const program = await discover('handback-program', client.ClientSecretBasic('handback-program-secret'));
  const { access_token: token } = await client.clientCredentialsGrant(program);
  expect(await verified(token)).toMatchObject({
    sub: 'handback-program',
    client_id: 'handback-program',
    groups: [],
  });
  const wrong = await discover('handback-program', client.ClientSecretBasic('wrong'));
  await expect(client.clientCredentialsGrant(wrong)).rejects.toThrow();
});

describe('tokens on demand', () => {
  test('are as those of a sign-in', async () => {
    const { tokens } = await signIn('ines');
    const shape = (token: string) => [
      Object.keys(decodeProtectedHeader(token)).toSorted(),
      Object.keys(decodeJwt(token)).toSorted(),
    ];
    const minted = await mint({ person: 'ines' });
    expect(shape(minted)).toEqual(shape(tokens.access_token));
    expect((await verified(minted)).sub).toBe(decodeJwt(tokens.access_token).sub);
  });

  test.each(FLAWS)('one that is %s does not pass', async (flaw) => {
    const token = await mint({ person: 'ines', flaw });
    const subject = async () => (await verified(token)).sub ?? Promise.reject(new Error('nobody'));
    await expect(subject()).rejects.toThrow();
  });
});

test('with pairwise subjects the same person is another to each client, and one by `oid`', async () => {
  await using pairwise = await startVendor(createOidc, { pairwise: true });
  const { body: discovered } = await pairwise.call('/.well-known/openid-configuration');
  expect(discovered.subject_types_supported).toEqual(['pairwise']);
  const [first, second] = await Promise.all(
    ['handback-cli', 'another'].map(async (id) => {
      const minted = await pairwise.control('/tokens', { person: 'aki', client: id });
      return decodeJwt(minted.body.access_token);
    }),
  );
  expect(first?.sub).not.toBe(second?.sub);
  expect(first?.['oid']).toBe(second?.['oid']);
  const { body: started } = await pairwise.call('/device/auth', {
    body: 'client_id=handback-cli&scope=openid',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  await pairwise.control('/devices', { userCode: started.user_code, person: 'aki' });
  const { body: tokens } = await pairwise.call('/token', {
    body: `grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=handback-cli&device_code=${started.device_code}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect(decodeJwt(tokens.access_token)).toMatchObject({ sub: first?.sub, oid: first?.['oid'] });
});

describe('keys', () => {
  test('after a rotation the old key is published beside the new one, until it is withdrawn', async () => {
    const old = await mint({ person: 'ben' });
    await vendor.control('/keys/rotate', {});
    const next = await mint({ person: 'ben' });
    expect(decodeProtectedHeader(next).kid).not.toBe(decodeProtectedHeader(old).kid);
    await verified(old);
    await verified(next);
    await vendor.control('/keys/rotate', { withdraw: true });
    await expect(verified(old)).rejects.toThrow();
    await expect(verified(next)).rejects.toThrow();
    await verified(await mint({ person: 'ben' }));
  });

  test('a sign-in outlives a rotation', async () => {
    const { configuration, tokens } = await signIn('ben');
    await vendor.control('/keys/rotate', { withdraw: true });
    const next = await client.refreshTokenGrant(configuration, tokens.refresh_token ?? '');
    expect((await verified(next.access_token)).sub).toBe(tokens.claims()?.sub);
  });
});
