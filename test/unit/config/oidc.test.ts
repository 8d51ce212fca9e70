/** The configuration of sign-in: what would open a hole stops the start. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import { ConfigError } from '../../../src/config/config-error.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { isLoopback, isPrivateOnTheWay } from '../../../src/config/loopback.ts';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'handback-config-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const kinds = {
  itad: { port: 'disposition', settings: z.strictObject({}) },
  mdm: { port: 'devices', settings: z.strictObject({}) },
};
const GOOD = { issuer: 'https://login.example.com/realms/it', audience: 'handback' };

function load(content: object) {
  const file = join(directory, 'handback.yaml');
  writeFileSync(
    file,
    stringify({ connectors: { itad: { kind: 'itad' }, intune: { kind: 'mdm' } }, ...content }),
  );
  return loadConfig({ file, env: {}, kinds });
}

async function refused(content: object): Promise<string> {
  const failure = await load(content).catch((error: unknown) => error);
  if (failure instanceof ConfigError) return failure.message;
  throw new Error('it should not have loaded', { cause: failure });
}

test('asymmetric signatures only, groups in `groups`, tokens of at most two hours', async () => {
  const { oidc } = await load({ oidc: GOOD });
  expect(oidc).toMatchObject({
    algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
    groupsClaim: 'groups',
    maxTokenAge: 7_200_000,
    roles: {},
    vendors: {},
    programs: {},
  });
});

describe.each(['none', 'HS256', 'HS512'])('%s', (algorithm) => {
  test('is no algorithm', async () => {
    expect(await refused({ oidc: { ...GOOD, algorithms: ['RS256', algorithm] } })).toContain(
      'oidc.algorithms.1',
    );
  });
});

test.each([
  ['http on another machine', { issuer: 'http://login.example.com' }, 'oidc.issuer: https'],
  ['an address that only looks like this machine', { issuer: 'http://127.0.0.1.example.com' }, 'oidc.issuer'],
  ['an issuer with a query', { issuer: 'https://login.example.com/?a=b' }, 'oidc.issuer'],
  ['the client as audience', { audience: 'cli', clientId: 'cli' }, 'oidc.audience: not the id of a client'],
  [
    'a program as audience',
    { audience: 'bot', programs: { bot: { roles: ['operator'] } } },
    'oidc.audience: not the id of a client',
  ],
  [
    'a program that people sign in with',
    { clientId: 'cli', programs: { cli: { roles: ['operator'] } } },
    'oidc.programs',
  ],
  ['a program that approves', { programs: { bot: { roles: ['approver'] } } }, 'oidc.programs.bot.roles.0'],
  ['a program that administers', { programs: { bot: { roles: ['admin'] } } }, 'oidc.programs.bot.roles.0'],
  ['a program that may nothing', { programs: { bot: {} } }, 'oidc.programs.bot: roles or vendorOf'],
  ['a role that is none', { roles: { staff: ['root'] } }, 'oidc.roles.staff.0'],
  ['the role vendor for everything', { roles: { staff: ['vendor'] } }, 'oidc.roles.staff.0'],
  ['a vendor that is not configured', { vendors: { staff: ['other'] } }, 'oidc.vendors.staff: names of'],
  ['a vendor that is none', { vendors: { staff: ['intune'] } }, 'oidc.vendors.staff: names of'],
  ['a key that is none', { allowAll: true }, 'oidc'],
])('%s stops the start', async (_what, change, said) => {
  expect(await refused({ oidc: { ...GOOD, ...change } })).toContain(said);
});

test('a static token of a vendor names its connectors, and only such a one does', async () => {
  const token = { id: 'itad', token: '0123456789abcdef' };
  expect(await refused({ tokens: [{ ...token, roles: ['vendor'] }] })).toContain('tokens.0.vendorOf');
  expect(await refused({ tokens: [{ ...token, roles: ['viewer'], vendorOf: ['itad'] }] })).toContain(
    'tokens.0.vendorOf',
  );
  expect(await refused({ tokens: [{ ...token, roles: ['vendor'], vendorOf: ['okta'] }] })).toContain(
    'tokens.0.vendorOf',
  );
  const { tokens } = await load({ tokens: [{ ...token, roles: ['vendor'], vendorOf: ['itad'] }] });
  expect(tokens).toMatchObject([{ vendorOf: ['itad'] }]);
});

test('loopback is this machine, and nothing that begins or ends like it', () => {
  for (const url of ['http://localhost:1', 'http://127.0.0.1', 'http://127.1.2.3:80/x', 'http://[::1]:4'])
    expect([url, isLoopback(url), isPrivateOnTheWay(url)]).toEqual([url, true, true]);
  for (const url of ['http://localhost.example', 'http://127.example', 'http://10.0.0.1', 'http://[::2]'])
    expect([url, isLoopback(url), isPrivateOnTheWay(url)]).toEqual([url, false, false]);
  expect(isPrivateOnTheWay('https://anywhere.example')).toBe(true);
  expect(isPrivateOnTheWay('ftp://localhost')).toBe(false);
});
