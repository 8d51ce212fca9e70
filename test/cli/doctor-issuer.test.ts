/** What `handback doctor` says of sign-in. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkIssuer } from '../../src/cli/local/doctor/issuer.ts';
import type { Config } from '../../src/config/load.ts';
import { ConfigSchema } from '../../src/config/schema.ts';
import { startIssuer } from '../support/issuer/issuer.ts';
import type { TestIssuer } from '../support/issuer/issuer.ts';

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await startIssuer();
});
afterAll(() => issuer.stop());

function config(parts: object): Config {
  return { ...ConfigSchema.parse(parts), connectors: [], dataDir: '/nowhere' };
}

const trusts = (url: string, more: object = {}) => ({
  oidc: { issuer: url, audience: 'urn:handback:api', ...more },
});
const standings = async (parts: object) =>
  (await checkIssuer(config(parts))).map(({ name, standing }) => [name, standing]);

test('an issuer that gives its keys is well, one that does not answer has failed', async () => {
  expect(await standings(trusts(issuer.url))).toEqual([['sign-in', 'ok']]);
  const mend = await issuer.breakDown('/jwks');
  expect(await standings(trusts(issuer.url))).toEqual([['sign-in', 'failed']]);
  await mend();
  expect(await standings(trusts(`${issuer.url}/`))).toEqual([['sign-in', 'failed']]);
  expect(await standings(trusts('http://127.0.0.1:9'))).toEqual([['sign-in', 'failed']]);
});

test('subjects that differ by client have failed until a claim is named', async () => {
  const pairwise = await startIssuer({ pairwise: true });
  expect(await standings(trusts(pairwise.url))).toEqual([['sign-in', 'failed']]);
  expect(await standings(trusts(pairwise.url, { subjectClaim: 'oid' }))).toEqual([['sign-in', 'ok']]);
  await pairwise.stop();
});

test('no issuer is a warning, and so are static tokens that decide beside one', async () => {
  expect(await standings({})).toEqual([['sign-in', 'warning']]);
  const token = { id: 'shared', token: '0123456789abcdef' };
  expect(await standings({ ...trusts(issuer.url), tokens: [{ ...token, roles: ['approver'] }] })).toEqual([
    ['sign-in', 'ok'],
    ['tokens that decide', 'warning'],
  ]);
  expect(await standings({ ...trusts(issuer.url), tokens: [{ ...token, roles: ['viewer'] }] })).toEqual([
    ['sign-in', 'ok'],
  ]);
});
