/** `handback login` and what follows from it, against a real issuer and a real API. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startReceiver } from '../../sandbox/core/testing.ts';
import { startApi, tokenOf } from '../api/support/api.ts';
import type { TestApi } from '../api/support/api.ts';
import { eventually } from '../support/engine/eventually.ts';
import { oidcOf, startIssuer, trusting } from '../support/issuer/issuer.ts';
import type { TestIssuer } from '../support/issuer/issuer.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { handback, json } from './support/command.ts';
import type { Ran } from './support/command.ts';
import { handbackProcess } from './support/spawned.ts';

let database: TestDatabase;
let issuer: TestIssuer;
let api: TestApi;
let home: string;

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
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'handback-home-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

type Env = Readonly<Record<string, string>>;

const env = (more: Env = {}): Env => ({ HOME: home, HANDBACK_DATA: home, HANDBACK_URL: api.url, ...more });
const run = (args: readonly string[], more: Env = {}): Promise<Ran> => handback(args, { env: env(more) });
const PROGRAM = { HANDBACK_CLIENT_ID: 'handback-program', HANDBACK_CLIENT_SECRET: 'handback-program-secret' };
const asProgram = (more: Env = {}) =>
  run(['login', '--client', '--issuer', issuer.url], { ...PROGRAM, ...more });

const file = () => join(home, '.config', 'handback', 'sign-ins.json');
const kept = () => JSON.parse(readFileSync(file(), 'utf8')) as Record<string, Record<string, string>>;

/** Signs in as that person does: the command waits, and the person opens a browser. */
async function login(
  person: string,
  approve = true,
): Promise<{ code: number | null; out: string; err: string }> {
  const command = handbackProcess(['login'], env());
  await command.says('Waiting for you');
  const userCode = /shows the code (\S+)/u.exec(command.err())?.[1] ?? '';
  expect(command.err()).toContain(`Open ${issuer.url}/device?user_code=${userCode}`);
  await issuer.control('/devices', { userCode, person, approve });
  const code = await command.exited;
  return { code, out: command.out(), err: command.err() };
}

/** As if this much time had passed for the token that is kept. */
function expire(): void {
  const all = kept();
  for (const signIn of Object.values(all)) signIn['expiresAt'] = new Date(0).toISOString();
  writeFileSync(file(), JSON.stringify(all));
}

describe('a person', () => {
  test('signs in with a code, is who they are, and signs out here and at the issuer', async () => {
    const { code, out } = await login('olga');
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^Signed in as Olga Operator \(user:\S+\) with operator at /u),
    ]);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(statSync(join(home, '.config', 'handback')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(home, '.config', 'handback'))).toEqual(['sign-ins.json']);

    expect(json(await run(['whoami', '--json']))).toMatchObject({ kind: 'person', roles: ['operator'] });
    expect((await run(['whoami'])).out).toMatch(/name +Olga Operator\n/u);
    expect((await run(['case', 'list'])).out).toBe('No cases.\n');
    expect(await run(['access', 'list'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('you have no role that may do this'),
    });

    const { refreshToken = '' } = kept()[api.url] ?? {};
    expect((await run(['logout'])).out).toBe(`Signed out at ${api.url}.\n`);
    expect(kept()).toEqual({});
    expect((await run(['logout'])).out).toBe(`You were not signed in at ${api.url}.\n`);
    expect((await run(['whoami'])).err).toContain('run `handback login`');
    const again = await fetch(`${issuer.url}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: 'handback-cli',
        refresh_token: refreshToken,
      }),
    });
    expect(await again.json()).toMatchObject({ error: 'invalid_grant' });
  });

  test('goes on with a renewed token, also when several commands want it at once', async () => {
    await login('olga');
    const before = kept()[api.url];
    expire();
    const ran = await Promise.all([1, 2, 3, 4].map(() => run(['whoami', '--json'])));
    expect(ran.map(({ code, err }) => [code, err])).toEqual(ran.map(() => [0, '']));
    const after = kept()[api.url];
    expect(after?.['accessToken']).not.toBe(before?.['accessToken']);
    expect(after?.['refreshToken']).not.toBe(before?.['refreshToken']);
  });

  test('goes on when the API refuses a token that should still hold', async () => {
    await login('olga');
    await issuer.control('/keys/rotate', { withdraw: true });
    expect(await run(['whoami', '--json'])).toMatchObject({ code: 0, err: '' });
  });

  test('whose account was disabled is told to sign in again, and cannot', async () => {
    await login('finn');
    await issuer.control('/people/finn/disable', {});
    expire();
    expect(await run(['whoami'])).toMatchObject({
      code: 1,
      err: `handback: your sign-in at ${api.url} has ended: run \`handback login\`\n`,
    });
    await issuer.control('/people/finn/enable', {});
  });

  test('who says no in the browser is not signed in', async () => {
    const { code, err } = await login('olga', false);
    expect(code).toBe(1);
    expect(err).toContain('the sign-in was refused in the browser');
    expect((await run(['whoami'])).code).toBe(1);
  });

  test('whose access is revoked is told so; restored by another, goes on', async () => {
    await login('aki');
    const { actor } = json(await run(['whoami', '--json']));
    const admin = { HANDBACK_TOKEN: tokenOf('admin') };
    const reason = ['--reason', 'ticket 4711'];
    expect((await run(['access', 'revoke', String(actor), ...reason], admin)).out).toContain(
      'is refused everything',
    );
    expect((await run(['case', 'list'])).err).toContain(`your access at ${api.url} was revoked`);
    const listed = await run(['access', 'list', '--revoked'], admin);
    expect(listed.out).toContain('Aki Approver');
    expect(listed.out).toContain('ticket 4711');
    expect((await run(['access', 'restore', String(actor), ...reason], admin)).code).toBe(0);
    expect((await run(['case', 'list'])).code).toBe(0);
    expect((await run(['access', 'list', '--revoked'], admin)).out).toBe('Nobody is revoked.\n');
    expect((await run(['access', 'revoke', 'token:t-admin', ...reason], admin)).err).toContain('own access');
    expect((await run(['access', 'erase', String(actor)], admin)).code).toBe(0);
    expect((await run(['access', 'list', '--all'], admin)).out).not.toContain('Aki');
  });
});

describe('a program', () => {
  test('signs in with its own credentials, and renews its token with them alone', async () => {
    expect((await asProgram()).out).toMatch(/^Signed in as user:\S+ with operator at /u);
    expect(json(await run(['whoami', '--json']))).toMatchObject({ kind: 'program', displayName: null });
    expect(readFileSync(file(), 'utf8')).not.toContain(PROGRAM.HANDBACK_CLIENT_SECRET);
    expire();
    expect((await run(['whoami'])).err).toContain('set HANDBACK_CLIENT_ID and HANDBACK_CLIENT_SECRET');
    expect((await run(['whoami'], PROGRAM)).code).toBe(0);
  });

  test('with a wrong secret, or without any, is told so', async () => {
    expect((await asProgram({ HANDBACK_CLIENT_SECRET: 'wrong' })).err).toContain('or its secret is wrong');
    expect((await run(['login', '--client', '--issuer', issuer.url])).err).toContain(
      'set HANDBACK_CLIENT_ID',
    );
  });

  test('sends its secret to no issuer that only the API named', async () => {
    expect((await run(['login', '--client'], PROGRAM)).err).toContain('name the issuer');
    const elsewhere = await run(['login', '--client', '--issuer', 'https://elsewhere.example'], PROGRAM);
    expect(elsewhere.err).toContain('nothing was sent');
    expect((await asProgram({ HANDBACK_ISSUER: 'https://elsewhere.example' })).code).toBe(0);
  });
});

describe('the token of one API', () => {
  test('is never sent to another', async () => {
    await asProgram();
    const { accessToken = 'none' } = kept()[api.url] ?? {};
    const stranger = await startReceiver();
    stranger.answer = () => ({ status: 401, body: '{}' });
    for (const url of [stranger.url, stranger.url.replace('127.0.0.1', 'localhost'), `${stranger.url}/api`])
      expect((await run(['whoami'], { HANDBACK_URL: url })).code).toBe(1);
    expect(stranger.received.length).toBeGreaterThan(0);
    expect(JSON.stringify(stranger.received)).not.toContain(accessToken);
    expect(stranger.received.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
    await stranger.stop();
  });

  test('gives way to HANDBACK_TOKEN, and goes before the token of a data directory', async () => {
    await asProgram();
    writeFileSync(join(home, 'admin-token'), tokenOf('admin'));
    expect(json(await run(['whoami', '--json']))).toMatchObject({ kind: 'program' });
    expect(json(await run(['whoami', '--json'], { HANDBACK_TOKEN: tokenOf('viewer') }))).toMatchObject({
      actor: 'token:t-viewer',
    });
    await run(['logout']);
    expect(json(await run(['whoami', '--json']))).toMatchObject({ actor: 'token:t-admin' });
  });
});

describe('what cannot be', () => {
  test('an API without an issuer, one that is not https, a home that is none, a file that is damaged', async () => {
    const plainApi = await startApi(database.url);
    expect((await run(['login'], { HANDBACK_URL: plainApi.url })).err).toContain('knows no sign-in');
    await plainApi.stop();
    expect((await run(['login'], { HANDBACK_URL: 'http://handback.example' })).err).toContain('is not https');
    expect((await handback(['login'], { env: { HANDBACK_URL: api.url } })).err).toContain('set HOME');
    await asProgram();
    writeFileSync(file(), '{"half":');
    expect((await run(['whoami'])).err).toContain('is damaged');
  });

  test('an issuer that is down when a token must be renewed is named', async () => {
    await login('olga');
    expire();
    const mend = await issuer.breakDown();
    expect((await run(['whoami'])).err).toContain(`the issuer ${issuer.url} does not answer`);
    await mend();
    await eventually('the sign-in to go on', async () => (await run(['whoami'])).code === 0, 30_000);
  });
});
