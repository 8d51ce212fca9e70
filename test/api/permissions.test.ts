/** Every door against every role: the one table decides, and nothing is open that should not be. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiDocument } from '../../scripts/generate/api-reference.ts';
import { documentUrl, rendered } from '../../scripts/generate/lib/generated-part.ts';
import { PERMISSIONS, isAllowed } from '../../src/api/permissions.ts';
import type { Action } from '../../src/api/permissions.ts';
import { ROUTES } from '../../src/api/routes/index.ts';
import { ROLES } from '../../src/config/schema.ts';
import type { Role } from '../../src/config/schema.ts';
import { oidcOf, startIssuer, trusting } from '../support/issuer/issuer.ts';
import type { TestIssuer } from '../support/issuer/issuer.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { startApi } from './support/api.ts';
import type { TestApi } from './support/api.ts';

let database: TestDatabase;
let issuer: TestIssuer;
let api: TestApi;
/** A signed-in person's token for each role. */
let signedIn: ReadonlyMap<Role, string>;

/** Whose groups give the role, in the sandbox. */
const PEOPLE: Readonly<Record<Role, string>> = {
  viewer: 'vik',
  operator: 'olga',
  approver: 'aki',
  'asset-manager': 'mina',
  dock: 'dan',
  legal: 'lena',
  finance: 'finn',
  auditor: 'ines',
  vendor: 'vera',
  admin: 'adam',
};

beforeAll(async () => {
  database = await testDatabase();
  issuer = await startIssuer();
  const vik = { key: 'vik', givenName: 'Vik', familyName: 'Viewer', workEmail: 'vik@example.com' };
  await issuer.control('/people', { ...vik, groups: ['handback-viewers'] });
  signedIn = new Map(
    await Promise.all(
      ROLES.map(async (role) => [role, await issuer.token({ person: PEOPLE[role] })] as const),
    ),
  );
  api = await startApi(database.url, { oidc: oidcOf(trusting(issuer.url)) });
});
afterAll(async () => {
  await api.stop();
  await issuer.stop();
  await database.drop();
});

const PREFIX: Readonly<Record<string, string>> = {
  cases: 'case',
  devices: 'dev',
  exceptions: 'exc',
  notifications: 'ntf',
  pickups: 'pick',
  people: 'per',
  actors: 'user',
};

interface Door {
  readonly method: string;
  readonly path: string;
  readonly action: Action;
}

/** Paths with ids of things that do not exist: whoever is let in finds nothing, and changes nothing. */
const DOORS: readonly Door[] = [
  ...ROUTES.map(({ method, path, action }) => {
    const kind = PREFIX[path.split('/')[1] ?? ''];
    const id =
      kind === undefined
        ? '999999'
        : kind === 'user'
          ? `user:${'a'.repeat(26)}`
          : `${kind}_01kf0000000000000000000000`;
    return { method: method.toUpperCase(), path: `/api/v1${path.replace(':id', id)}`, action };
  }),
  { method: 'GET', path: '/api/v1/openapi.json', action: 'openapi.read' },
  { method: 'GET', path: '/metrics', action: 'metrics.read' },
];

const WALK = DOORS.flatMap((door) => ROLES.map((role) => ({ ...door, role })));

const LET_IN = WALK.filter(({ role, action }) => isAllowed([role], action));
const KEPT_OUT = WALK.filter(({ role, action }) => !isAllowed([role], action));

test.each(LET_IN)('$method $path lets in $role', async ({ method, path, role }) => {
  const { status } = await api.call(method, path, { as: role, ...nonsense(method) });
  expect([401, 403]).not.toContain(status);
  expect(status).toBeLessThan(500);
});

test.each(KEPT_OUT)('$method $path keeps out $role', async ({ method, path, role }) => {
  const answer = await api.call(method, path, { as: role, ...nonsense(method) });
  expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
});

/** As the person who has that role signed in. */
function as(role: Role) {
  return { headers: { authorization: `Bearer ${signedIn.get(role) ?? ''}` } };
}

test.each(LET_IN)('$method $path lets in a person who signed in as $role', async ({ method, path, role }) => {
  const { status } = await api.call(method, path, { ...as(role), ...nonsense(method) });
  expect([401, 403]).not.toContain(status);
  expect(status).toBeLessThan(500);
});

test.each(KEPT_OUT)(
  '$method $path keeps out a person who signed in as $role',
  async ({ method, path, role }) => {
    const answer = await api.call(method, path, { ...as(role), ...nonsense(method) });
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  },
);

test('the walk was done by people who have that one role each', async () => {
  for (const role of ROLES) {
    const { body } = await api.call('GET', '/api/v1/me', as(role));
    expect(body).toMatchObject({ kind: 'person', roles: [role] });
  }
});

/** Refused by whoever reads it: a body that does nothing. */
function nonsense(method: string) {
  return method === 'GET' ? {} : { body: { nonsense: true } };
}

test.each(DOORS)('$method $path needs a token', async ({ method, path }) => {
  const answer = await api.call(method, path, method === 'GET' ? {} : { body: {} });
  expect(answer.status).toBe(401);
  expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  expect(
    (await api.call(method, path, { headers: { authorization: 'Bearer of-bad-news-0123456789' } })).status,
  ).toBe(401);
  expect((await api.call(method, path, { headers: { authorization: 'Basic dmlld2VyOg==' } })).status).toBe(
    401,
  );
});

test('a path that is not there tells nothing without a token', async () => {
  expect((await api.call('GET', '/api/v1/secrets')).status).toBe(401);
  expect((await api.call('GET', '/api/v1/secrets', { as: 'admin' })).status).toBe(404);
});

test('health, readiness and webhooks are all that is open', async () => {
  expect((await api.call('GET', '/healthz')).status).toBe(200);
  expect((await api.call('GET', '/readyz')).body).toEqual({ status: 'ready' });
  expect((await api.call('GET', '/')).status).toBe(404);
});

test('every action is of a route, and every role that is named may do something', () => {
  const used = new Set(DOORS.map((door) => door.action));
  expect((Object.keys(PERMISSIONS) as Action[]).filter((action) => !used.has(action))).toEqual([]);
});

test('docs/api.md prints permissions, routes and problems as they are', async () => {
  const document = apiDocument();
  expect(await readFile(documentUrl(document), 'utf8'), 'run: node scripts/generate/api-reference.ts').toBe(
    await rendered(document),
  );
});
