import { createPrivateKey } from 'node:crypto';
import { SignJWT } from 'jose';
import { expect, test, vi } from 'vitest';
import { smallCompany } from '../../sandbox/core/testing.ts';
import { createAbm } from '../../sandbox/abm/index.ts';
import { startVendor } from './vendor-kit.ts';
import type { Answer, Vendor } from './vendor-kit.ts';

const SERVER = { data: { type: 'mdmServers', id: '1F97349736CF4614A94F624E705841AD' } };
const JSON_ONLY = { accept: 'application/json' };

interface Credentials {
  readonly clientId: string;
  readonly keyId: string;
  readonly privateKey: string;
}

async function start(options: Record<string, unknown> = {}): Promise<Vendor> {
  const vendor = await startVendor(createAbm, options);
  const company = smallCompany();
  const devices = company.devices?.map((device) => ({ ...device, behaviour: { lagMs: 5 } }));
  await vendor.seed({ ...company, ...(devices && { devices }) });
  return vendor;
}

async function sign({ clientId, keyId, privateKey }: Credentials, claims: object = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const standard = {
    iss: clientId,
    sub: clientId,
    aud: 'https://account.apple.com/auth/oauth2/v2/token',
    iat: now,
    exp: now + 60,
    jti: `jti-${Math.random()}`,
  };
  return new SignJWT({ ...standard, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: keyId })
    .sign(createPrivateKey(privateKey));
}

function askToken(vendor: Vendor, clientId: string, assertion: string, scope = 'business.api') {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
    scope,
  });
  return vendor.call('/auth/oauth2/token', {
    method: 'POST',
    body: form.toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
}

async function signedIn(vendor: Vendor): Promise<(path: string, body?: unknown) => Promise<Answer>> {
  const credentials: Credentials = (await vendor.control('/credentials')).body;
  const { body } = await askToken(vendor, credentials.clientId, await sign(credentials));
  const headers = { ...JSON_ONLY, authorization: `Bearer ${body.access_token}` };
  return (path, given) =>
    vendor.call(`/v1${path}`, { headers, ...(given === undefined ? {} : { method: 'POST', body: given }) });
}

const activity = (activityType: string, serial: string, relationships: object = {}) => ({
  data: {
    type: 'orgDeviceActivities',
    attributes: { activityType },
    relationships: { ...relationships, devices: { data: [{ type: 'orgDevices', id: serial }] } },
  },
});

test('knows the company’s own Apple devices, assigned, and no others', async () => {
  await using vendor = await start();
  const api = await signedIn(vendor);
  const { body } = await api('/orgDevices');
  expect(body.data.map(({ id }: { id: string }) => id)).toEqual(['C02ADA0001', 'F17ADA0002']);
  expect((await api('/orgDevices/C02ADA0001')).body.data).toMatchObject({
    attributes: { serialNumber: 'C02ADA0001', status: 'ASSIGNED', releasedFromOrgDateTime: null },
  });
  expect((await api('/orgDevices/PF0BO0003')).status).toBe(404);
});

test('pages, by the link that it gives', async () => {
  await using vendor = await start({ pageSize: 1 });
  const api = await signedIn(vendor);
  const first = (await api('/orgDevices')).body;
  expect(first.data).toHaveLength(1);
  const second = (await api(String(first.links.next).replace(`${vendor.url}/v1`, ''))).body;
  expect(second.data[0].id).toBe('F17ADA0002');
  expect(second.links.next).toBeUndefined();
});

test('gives a token for a signed assertion, once', async () => {
  await using vendor = await start();
  const credentials: Credentials = (await vendor.control('/credentials')).body;
  const assertion = await sign(credentials);
  expect((await askToken(vendor, credentials.clientId, assertion)).status).toBe(200);
  expect((await askToken(vendor, credentials.clientId, assertion)).body.error).toBe('invalid_client');
  const tooLong = Math.floor(Date.now() / 1000) + 181 * 86_400;
  for (const claims of [{ exp: tooLong }, { aud: 'elsewhere' }, { iss: 'another' }, { exp: 1 }]) {
    const answer = await askToken(vendor, credentials.clientId, await sign(credentials, claims));
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_client' } });
  }
  const other = await askToken(vendor, credentials.clientId, await sign(credentials), 'school.api');
  expect(other.body.error).toBe('invalid_scope');
});

test('wants to be asked for JSON, with a token', async () => {
  await using vendor = await start();
  expect((await vendor.call('/v1/orgDevices', { headers: { accept: 'text/html' } })).status).toBe(406);
  expect((await vendor.call('/v1/orgDevices', { headers: JSON_ONLY })).status).toBe(401);
});

test('a release is counted at once and worked through later; the device is shown with its time', async () => {
  await using vendor = await start();
  const api = await signedIn(vendor);
  const { status, body } = await api('/orgDeviceActivities', activity('RELEASE_DEVICES', 'C02ADA0001'));
  expect(status).toBe(201);
  expect(body.data.attributes).toMatchObject({ status: 'IN_PROGRESS', subStatus: 'SUBMITTED' });
  expect(await vendor.effects()).toMatchObject([
    { kind: 'release', target: 'C02ADA0001', key: 'ada-laptop' },
  ]);
  await vi.waitFor(
    async () =>
      expect((await api(`/orgDeviceActivities/${body.data.id}`)).body.data.attributes).toMatchObject({
        status: 'COMPLETED',
        subStatus: 'COMPLETED_WITH_SUCCESS',
      }),
    5000,
  );
  const { attributes } = (await api('/orgDevices/C02ADA0001')).body.data;
  expect(attributes.status).toBe('UNASSIGNED');
  expect(Date.parse(attributes.releasedFromOrgDateTime)).toBeGreaterThan(
    Date.parse(attributes.addedToOrgDateTime),
  );
  expect((await api('/orgDeviceActivities', activity('RELEASE_DEVICES', 'C02ADA0001'))).status).toBe(409);
});

test('an assignment wants the server, a release is not known at the school', async () => {
  await using vendor = await start();
  const api = await signedIn(vendor);
  expect((await api('/orgDeviceActivities', activity('UNASSIGN_DEVICES', 'C02ADA0001'))).status).toBe(409);
  const unassign = activity('UNASSIGN_DEVICES', 'C02ADA0001', { mdmServer: SERVER });
  expect((await api('/orgDeviceActivities', unassign)).status).toBe(201);
  await using school = await start({ programme: 'school' });
  const credentials: Credentials = (await school.control('/credentials')).body;
  const { body } = await askToken(school, credentials.clientId, await sign(credentials), 'school.api');
  const answer = await school.call('/v1/orgDeviceActivities', {
    headers: { ...JSON_ONLY, authorization: `Bearer ${body.access_token}` },
    body: activity('RELEASE_DEVICES', 'C02ADA0001'),
  });
  expect(answer.status).toBe(400);
  expect(await school.effects()).toEqual([]);
});

test('tells who locked a device, and refuses in Apple’s shape', async () => {
  await using vendor = await start();
  const api = await signedIn(vendor);
  await vendor.control('/devices/ada-phone/lock', {});
  expect((await api('/orgDevices/F17ADA0002/activationLockStatus')).body.data.attributes).toEqual({
    isLocked: true,
    lockType: 'USER',
  });
  expect((await api('/orgDevices/NOBODY')).body.errors).toMatchObject([{ status: '404', code: 'NOT_FOUND' }]);
});
