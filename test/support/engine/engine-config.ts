/** A configuration whose connectors are the sandbox's instances, with a policy of seconds. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { CONNECTOR_KINDS } from '../../../src/adapters/connector-kinds.ts';
import { loadConfig } from '../../../src/config/load.ts';
import type { Config } from '../../../src/config/load.ts';

/** 32 bytes, the same in every test: payloads of checked-in histories are sealed with it. */
export const TEST_PAYLOAD_KEY = { id: 'test', secret: Buffer.alloc(32, 7).toString('base64') };

/** Policy durations that let a test end soon; a test overrides what it is about. */
const POLICY = {
  accessCut: { sourceDownDelay: '5s' },
  wipe: { approval: 'policy', retry: '500ms', appleSilence: '2s', due: '1h' },
  wipeLimit: { count: 1000, fleetShare: 1 },
  return: { due: '1h' },
};

export interface EngineConfigOptions {
  readonly urls: Readonly<Record<string, string>>;
  readonly policy?: Readonly<Record<string, object>>;
  readonly sweeps?: Readonly<Record<string, string>>;
  /** Leaves connectors out, or changes their settings, by name. */
  readonly connectors?: Readonly<Record<string, object | null>>;
}

/** Reads the configuration through the real loader. */
export async function engineConfig(options: EngineConfigOptions): Promise<Config> {
  const directory = await mkdtemp(join(tmpdir(), 'handback-config-'));
  try {
    const file = join(directory, 'handback.yaml');
    await writeFile(file, stringify(documentOf(options)));
    return await loadConfig({ file, env: { HANDBACK_DATA: directory }, kinds: CONNECTOR_KINDS });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function documentOf({ urls, policy = {}, sweeps = {}, connectors = {} }: EngineConfigOptions): object {
  const tenantId = '5a9db0c0-0000-4000-a000-000000000001';
  const graph = {
    baseUrl: urls['graph'],
    tokenUrl: `${urls['graph']}/${tenantId}/oauth2/v2.0/token`,
    tenantId,
    clientId: '5a9db0c0-0000-4000-a000-00000000c11e',
    clientSecret: 'sandbox-graph-secret',
    requestsPerSecond: 500,
    burst: 500,
  };
  const all: Record<string, object | null> = {
    okta: {
      kind: 'okta',
      mode: 'enforce',
      baseUrl: urls['okta'],
      apiToken: 'sandbox-okta-token',
      requestsPerSecond: 500,
      burst: 500,
    },
    entra: { kind: 'entra', mode: 'enforce', ...graph },
    intune: { kind: 'intune', mode: 'enforce', ...graph, peopleFrom: 'entra', settleMs: 1_000 },
    snipeit: {
      kind: 'snipeit',
      mode: 'enforce',
      baseUrl: urls['snipeit'],
      token: 'snipeit-sandbox-token',
      requestsPerSecond: 500,
      burst: 500,
    },
    ...connectors,
  };
  return {
    log: { level: 'silent' },
    payloadKeys: [TEST_PAYLOAD_KEY],
    connectors: Object.fromEntries(Object.entries(all).filter(([, settings]) => settings !== null)),
    sweeps: { devices: '1s', identity: '1h', snapshots: '1h', reconcile: '1h', retryCap: '1s', ...sweeps },
    policy: { ...POLICY, ...policy },
  };
}
