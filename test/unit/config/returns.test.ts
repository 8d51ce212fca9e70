import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { CONNECTOR_KINDS } from '../../../src/adapters/connector-kinds.ts';
import { ConfigError } from '../../../src/config/config-error.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { canonicalDigest } from '../../../src/ledger/canonical.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'handback-returns-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function load(more: object) {
  const file = join(directory, 'handback.yaml');
  const connectors = { post: { kind: 'easypost', apiKey: 'EZTK-test' } };
  await writeFile(file, stringify({ connectors, ...more }));
  return loadConfig({ file, env: {}, kinds: CONNECTOR_KINDS });
}

describe('how devices come back', () => {
  it('a country’s carrier must be one that is configured', async () => {
    expect((await load({ returns: { carriers: { DE: 'post' } } })).returns.carriers).toEqual({ DE: 'post' });
    const error = await load({ returns: { carriers: { DE: 'pigeon' } } }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).toContain('returns.carriers.DE');
  });

  it('a policy that says nothing of it has the digest that it always had', async () => {
    const [silent, said] = [await load({}), await load({ policy: { return: { means: {} } } })];
    expect(silent.policy.return).not.toHaveProperty('means');
    expect(said.policy.return.means).toEqual({ default: 'label', byCountry: {} });
    expect(canonicalDigest(silent.policy)).not.toBe(canonicalDigest(said.policy));
  });

  it('labels that nobody will use are given back unless it says otherwise', async () => {
    expect((await load({})).returns.refundLabels).toBe(true);
    expect((await load({ returns: { refundLabels: false } })).returns.refundLabels).toBe(false);
  });

  it('means are those that there are, by countries', async () => {
    const policy = { return: { means: { default: 'drop-off', byCountry: { DE: 'box' } } } };
    expect((await load({ policy })).policy.return.means).toEqual(policy.return.means);
    for (const byCountry of [{ DE: 'drone' }, { Germany: 'box' }])
      await expect(load({ policy: { return: { means: { byCountry } } } })).rejects.toThrow(ConfigError);
  });
});
