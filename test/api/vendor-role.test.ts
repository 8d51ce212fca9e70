/** The role `vendor`: its own pickups, and not a hint of anybody else's. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { oidcOf, startIssuer, trusting } from '../support/issuer/issuer.ts';
import type { TestIssuer } from '../support/issuer/issuer.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { itemsIn, listIn, startApi, textIn } from './support/api.ts';
import type { Answer, TestApi } from './support/api.ts';
import { pickupDesk } from './support/pickups.ts';

let database: TestDatabase;
let issuer: TestIssuer;
let api: TestApi;
let ours: string;
let theirs: string;

const desk = pickupDesk(() => api);

beforeAll(async () => {
  database = await testDatabase();
  issuer = await startIssuer();
  api = await startApi(database.url, {
    oidc: oidcOf(trusting(issuer.url, { vendors: { 'itad-staff': ['itad'], 'other-staff': ['other'] } })),
    connectors: ['itad', 'other'].map((name) => ({
      name,
      kind: 'generic',
      port: 'disposition',
      mode: 'enforce',
    })),
  });
  ours = (await desk.pickupOf('VENDOR-01')).pickupId;
  const { devices } = await desk.ready('VENDOR-02');
  const deviceIds = devices.map(({ deviceId }) => deviceId);
  theirs = textIn(await desk.create({ connector: 'other', deviceIds }), 'id');
  await desk.scan(ours, 'UNKNOWN-99');
});
afterAll(async () => {
  await api.stop();
  await issuer.stop();
  await database.drop();
});

async function as(groups: readonly string[], path: string): Promise<Answer> {
  await issuer.control('/people/vera/groups', { groups });
  const authorization = `Bearer ${await issuer.token({ person: 'vera' })}`;
  return api.call('GET', path, { headers: { authorization } });
}

const idsIn = (answer: Answer) => itemsIn(answer).map(({ id }) => id);

test('sees the pickups of its own connectors in the list', async () => {
  expect(idsIn(await as(['itad-staff'], '/api/v1/pickups'))).toEqual([ours]);
  expect(idsIn(await as(['other-staff'], '/api/v1/pickups'))).toEqual([theirs]);
  expect(idsIn(await as(['itad-staff', 'other-staff'], '/api/v1/pickups'))).toHaveLength(2);
  expect(idsIn(await as(['itad-staff'], '/api/v1/pickups?connector=other'))).toEqual([]);
  expect(idsIn(await api.call('GET', '/api/v1/pickups', { as: 'vendor' }))).toEqual([ours]);
});

test('reads its own; another’s is as if it were not there', async () => {
  const own = await as(['itad-staff'], `/api/v1/pickups/${ours}`);
  expect(own).toMatchObject({ status: 200, body: { id: ours, connector: 'itad' } });
  const foreign = await as(['itad-staff'], `/api/v1/pickups/${theirs}`);
  const nowhere = await as(['itad-staff'], '/api/v1/pickups/pick_01kf0000000000000000000000');
  expect([foreign.status, foreign.text]).toEqual([404, nowhere.text]);
});

test('reads no exceptions, which say what people think of it', async () => {
  const asViewer = await api.call('GET', `/api/v1/pickups/${ours}`, { as: 'viewer' });
  expect(listIn(asViewer, 'exceptions')).not.toEqual([]);
  expect(listIn(await as(['itad-staff'], `/api/v1/pickups/${ours}`), 'exceptions')).toEqual([]);
});

test('somebody with another role that reads pickups sees all of them', async () => {
  expect(idsIn(await as(['itad-staff', 'handback-auditors'], '/api/v1/pickups'))).toHaveLength(2);
  expect((await as(['itad-staff', 'handback-auditors'], `/api/v1/pickups/${theirs}`)).status).toBe(200);
});

test('a role that does not read pickups widens nothing', async () => {
  const mixed = ['itad-staff', 'handback-nobodies'];
  expect((await as(mixed, `/api/v1/pickups/${theirs}`)).status).toBe(404);
  expect((await as(['handback-nobodies'], `/api/v1/pickups/${ours}`)).status).toBe(403);
});
