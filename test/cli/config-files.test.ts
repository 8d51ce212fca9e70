/** The configuration files that come with the software are configurations. */
import { generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { CONNECTOR_KINDS, PORTS } from '../../src/adapters/connector-kinds.ts';
import { ConfigError } from '../../src/config/config-error.ts';
import { loadConfig } from '../../src/config/load.ts';

const EXAMPLE = 'handback.example.yaml';
const DEMO = 'config/demo.yaml';

/** A value of the right form for every `${NAME}` of the file. */
async function variablesOf(file: string): Promise<Record<string, string>> {
  const lines = (await readFile(file, 'utf8'))
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'));
  const names = [...lines.join('\n').matchAll(/\$\{([A-Z_]+)\}/gu)].map(([, name = '']) => name);
  return Object.fromEntries(names.map((name) => [name, valueOf(name)]));
}

const { privateKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

function valueOf(name: string): string {
  if (name.endsWith('PRIVATE_KEY')) return privateKey;
  if (name.endsWith('_PORT')) return '4300';
  if (name.endsWith('DATABASE_URL')) return 'postgresql://reader:secret@127.0.0.1:5432/assets';
  if (/(PAYLOAD|PERSON|PERSON_INDEX)_KEY$/u.test(name)) return Buffer.alloc(32, 7).toString('base64');
  if (/(ITAD|HR)_(WEBHOOK_)?SECRET$/u.test(name)) return `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  return `${name.toLowerCase()}-0123456789`;
}

describe.each([EXAMPLE, DEMO])('%s', (file) => {
  test('loads when its variables are set', async () => {
    const config = await loadConfig({ file, env: await variablesOf(file), kinds: CONNECTOR_KINDS });
    expect(config.payloadKeys).toHaveLength(1);
  });

  test('names each variable that is not set', async () => {
    const names = Object.keys(await variablesOf(file));
    expect(names.length).toBeGreaterThan(10);
    const failure = await loadConfig({ file, env: {}, kinds: CONNECTOR_KINDS }).catch(
      (error: unknown) => error,
    );
    if (!(failure instanceof ConfigError)) throw new Error('it should not have loaded', { cause: failure });
    for (const name of names) expect(failure.message).toContain(`variable ${name} is not set`);
  });
});

test('the example has a connector of every kind; the demo one of every kind of system but legal holds', async () => {
  const [example, demo] = await Promise.all(
    [EXAMPLE, DEMO].map(async (file) =>
      loadConfig({ file, env: await variablesOf(file), kinds: CONNECTOR_KINDS }),
    ),
  );
  expect(example?.connectors.map(({ kind }) => kind).toSorted()).toEqual(
    Object.keys(CONNECTOR_KINDS).toSorted(),
  );
  expect(new Set(demo?.connectors.map(({ port }) => port))).toEqual(
    new Set(PORTS.filter((port) => port !== 'holds')),
  );
});

test('the example observes only, and shows the defaults of the policy', async () => {
  const example = await loadConfig({
    file: EXAMPLE,
    env: await variablesOf(EXAMPLE),
    kinds: CONNECTOR_KINDS,
  });
  const empty = await loadConfig({ file: '/dev/null', env: {}, kinds: CONNECTOR_KINDS });
  expect(new Set(example.connectors.map(({ mode }) => mode))).toEqual(new Set(['observe']));
  expect(example.policy).toEqual(empty.policy);
  expect(example.sweeps).toEqual(empty.sweeps);
  expect(example.log).toEqual(empty.log);
});

test('the demo enforces, with approvals by policy and a day of policy in about a second', async () => {
  const { connectors, policy } = await loadConfig({
    file: DEMO,
    env: await variablesOf(DEMO),
    kinds: CONNECTOR_KINDS,
  });
  expect(new Set(connectors.map(({ mode }) => mode))).toEqual(new Set(['enforce']));
  expect(policy.wipe.approval).toBe('policy');
  const waits = [policy.return.dueMs, policy.wipe.dueMs, policy.closure.dueMs, policy.exceptions.dueMs];
  for (const ms of waits) expect(ms).toBeLessThanOrEqual(5_000);
});
