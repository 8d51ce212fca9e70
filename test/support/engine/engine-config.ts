/** A configuration whose connectors are the sandbox's instances, with a policy of seconds. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { stableId } from '../../../sandbox/core/ids.ts';
import { CONNECTOR_KINDS } from '../../../src/adapters/connector-kinds.ts';
import { loadConfig } from '../../../src/config/load.ts';
import type { Config } from '../../../src/config/load.ts';
import { TEST_PERSON_KEYS } from '../person-keys.ts';

/** 32 bytes, the same in every test: payloads of checked-in histories are sealed with it. */
export const TEST_PAYLOAD_KEY = { id: 'test', secret: Buffer.alloc(32, 7).toString('base64') };

/** A send may take half of it: on a busy machine, one that is cut off sooner is asked for again under a new approval. */
const SETTLE_MS = 6_000;

/** Policy durations that let a test end soon; a test overrides what it is about. */
const POLICY = {
  accessCut: { sourceDownDelay: '5s' },
  wipe: { approval: 'policy', retry: '500ms', appleSilence: '2s', due: '1h' },
  wipeLimit: { count: 1000, perDay: 10_000, fleetShare: 1 },
  return: { due: '1h' },
  release: { activationLock: false, autopilot: false, mdmRecord: false },
};

/** Where returned devices go, when labels are bought. */
const DEPOT = { name: 'Depot', street1: '1 Dock Road', city: 'Berlin', zip: '10115', country: 'DE' };

export interface EngineConfigOptions {
  readonly urls: Readonly<Record<string, string>>;
  readonly policy?: Readonly<Record<string, object>>;
  readonly sweeps?: Readonly<Record<string, string>>;
  /** Leaves connectors out, or changes their settings, by name. */
  readonly connectors?: Readonly<Record<string, object | null>>;
  /** Buys return labels from the carrier, for leavers whose address is known. Default: no carrier. */
  readonly labels?: boolean;
  /** A second inventory, ServiceNow, beside Snipe-IT. Default: none. */
  readonly serviceNow?: boolean;
  /** A disposal vendor that is asked over its interface. Default: none. */
  readonly disposalVendor?: boolean;
  /** Tells people: by mail, the operators in Slack, security in Teams. Default: nobody is told. */
  readonly notices?: NoticeOptions;
  /** The section `people`. */
  readonly people?: Readonly<Record<string, unknown>>;
  /** Temporal's namespace. Default `default`. */
  readonly namespace?: string;
}

/** What a test changes about notices. */
export interface NoticeOptions {
  readonly mode?: 'observe' | 'recommend' | 'enforce';
  /** Laid over the `notify` section. */
  readonly notify?: Readonly<Record<string, unknown>>;
}

/** A configuration file on disk, as a process of its own reads it. */
export interface ConfigFile {
  readonly path: string;
  readonly directory: string;
  remove(): Promise<void>;
}

/** Writes the file into a directory of its own. */
export async function writeEngineConfig(options: EngineConfigOptions): Promise<ConfigFile> {
  const directory = await mkdtemp(join(tmpdir(), 'handback-config-'));
  const path = join(directory, 'handback.yaml');
  await writeFile(path, stringify(documentOf(options)));
  return { path, directory, remove: () => rm(directory, { recursive: true, force: true }) };
}

/** Reads the configuration through the real loader. */
export async function engineConfig(options: EngineConfigOptions): Promise<Config> {
  const file = await writeEngineConfig(options);
  try {
    return await loadConfig({
      file: file.path,
      env: { HANDBACK_DATA: file.directory },
      kinds: CONNECTOR_KINDS,
    });
  } finally {
    await file.remove();
  }
}

function documentOf(options: EngineConfigOptions): object {
  const { policy = {}, sweeps = {}, labels = false, namespace = 'default' } = options;
  return {
    log: { level: 'silent' },
    temporal: { namespace },
    payloadKeys: [TEST_PAYLOAD_KEY],
    personKeys: TEST_PERSON_KEYS,
    connectors: connectorsOf(options),
    ...(labels ? { returns: { to: DEPOT } } : {}),
    ...(options.people === undefined ? {} : { people: options.people }),
    ...(options.notices === undefined ? {} : { notify: { ...NOTIFY, ...options.notices.notify } }),
    sweeps: {
      devices: '1s',
      identity: '1h',
      snapshots: '1h',
      reconcile: '1h',
      retryCap: '1s',
      ...sweeps,
    },
    policy: mergedPolicy(policy),
  };
}

const NOTIFY = {
  mailPeopleBy: 'mail',
  roles: {
    operator: [{ connector: 'slack', to: 'ops' }],
    'asset-manager': [{ connector: 'mail', to: 'assets@it.example' }],
    security: [{ connector: 'teams', to: 'security' }],
  },
};

/** A time limit of seconds, so that what hangs is soon over. */
const FAST = { requestsPerSecond: 500, burst: 500, timeLimitMs: 3_000 };

/** The sandbox's mail server and chats; a webhook's secret depends on instance and channel only. */
function notifiers(
  urls: Readonly<Record<string, string>>,
  { mode = 'enforce' }: NoticeOptions,
): Record<string, object> {
  const slack = `${urls['slack']}/services/T00SANDBOX/B00SANDBOX/${stableId(24, 'slack', 'ops')}`;
  const teams =
    `${urls['teams']}/workflows/5a9db0c0/triggers/manual/paths/invoke` +
    `?api-version=2016-06-01&sig=${stableId(24, 'teams', 'security')}`;
  return {
    mail: { kind: 'smtp', mode, baseUrl: urls['mail'], tls: 'off', from: 'handback@it.example', ...FAST },
    slack: { kind: 'slack', mode, channels: { ops: slack }, ...FAST },
    teams: { kind: 'teams', mode, channels: { security: teams }, ...FAST },
  };
}

function mergedPolicy(policy: Readonly<Record<string, object>>): object {
  const sections = Object.entries(POLICY).map(([name, section]) => [name, { ...section, ...policy[name] }]);
  return { ...policy, ...Object.fromEntries(sections) };
}

function connectorsOf(options: EngineConfigOptions): object {
  const { urls, connectors = {}, labels = false, serviceNow = false } = options;
  const tenantId = '5a9db0c0-0000-4000-a000-000000000001';
  const rate = { requestsPerSecond: 500, burst: 500 };
  const graph = {
    baseUrl: urls['graph'],
    tokenUrl: `${urls['graph']}/${tenantId}/oauth2/v2.0/token`,
    tenantId,
    clientId: '5a9db0c0-0000-4000-a000-00000000c11e',
    clientSecret: 'sandbox-graph-secret',
    ...rate,
  };
  const all: Record<string, object | null> = {
    okta: { kind: 'okta', mode: 'enforce', baseUrl: urls['okta'], apiToken: 'sandbox-okta-token', ...rate },
    entra: { kind: 'entra', mode: 'enforce', ...graph },
    intune: { kind: 'intune', mode: 'enforce', ...graph, peopleFrom: 'entra', settleMs: SETTLE_MS },
    snipeit: {
      kind: 'snipeit',
      mode: 'enforce',
      baseUrl: urls['snipeit'],
      token: 'snipeit-sandbox-token',
      ...rate,
    },
    ...(labels
      ? {
          easypost: {
            kind: 'easypost',
            mode: 'enforce',
            baseUrl: `${urls['easypost']}/v2`,
            apiKey: 'EZTK-sandbox',
            ...rate,
          },
        }
      : {}),
  };
  const account = { type: 'basic', username: 'handback', password: 'servicenow-sandbox-password' };
  const second = { kind: 'servicenow', mode: 'enforce', baseUrl: urls['servicenow'], auth: account, ...rate };
  Object.assign(all, serviceNow ? { servicenow: second } : {});
  const webhookSecrets = [`whsec_${Buffer.alloc(24, 7).toString('base64')}`];
  const itad = { kind: 'generic', baseUrl: urls['itad'], token: 'itad-sandbox-token', webhookSecrets };
  Object.assign(all, options.disposalVendor === true ? { itad: { ...itad, mode: 'enforce', ...rate } } : {});
  Object.assign(all, options.notices === undefined ? {} : notifiers(urls, options.notices));
  const named = Object.keys({ ...all, ...connectors }).map((name) => [
    name,
    connectors[name] === null ? null : { ...all[name], ...connectors[name] },
  ]);
  return Object.fromEntries(named.filter(([, settings]) => settings !== null));
}
