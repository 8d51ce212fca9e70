/** The one configuration of a run: the engine reads it, and so does the straightforward program. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { SECRETS } from './secrets.ts';

/** How often the device manager is swept for the state of wipes, by both programs. */
export const SWEEP_EVERY = '1s';

export interface ConfigFileOptions {
  readonly directory: string;
  readonly urls: Readonly<Record<string, string>>;
  /** Where the API listens. */
  readonly port: number;
  /** The inventory is asked no faster than its vendor would let us by default. */
  readonly slowInventory?: boolean;
}

/** Writes it. @returns its path. */
export async function writeConfigFile({
  directory,
  urls,
  port,
  slowInventory = false,
}: ConfigFileOptions): Promise<string> {
  const file = join(directory, `handback-${port}.yaml`);
  await writeFile(file, stringify(documentOf(urls, port, slowInventory)));
  return file;
}

function documentOf(urls: Readonly<Record<string, string>>, port: number, slowInventory: boolean): object {
  // The vendors' own limits are lifted in the sandbox, so ours are too.
  const unlimited = { requestsPerSecond: 10_000, burst: 10_000 };
  const graph = {
    mode: 'enforce',
    baseUrl: urls['graph'],
    tokenUrl: `${urls['graph']}/${SECRETS.graphTenant}/oauth2/v2.0/token`,
    tenantId: SECRETS.graphTenant,
    clientId: SECRETS.graphClient,
    clientSecret: SECRETS.graphSecret,
    ...unlimited,
  };
  return {
    http: { port },
    log: { level: 'error' },
    payloadKeys: [{ id: 'bench', secret: SECRETS.payloadKey }],
    personKeys: { wrapping: [{ id: 'bench', secret: SECRETS.payloadKey }], index: SECRETS.payloadKey },
    tokens: [
      { id: 'bench', token: SECRETS.apiToken, roles: ['operator', 'asset-manager', 'dock', 'viewer'] },
    ],
    connectors: {
      okta: {
        kind: 'okta',
        mode: 'enforce',
        baseUrl: urls['okta'],
        apiToken: SECRETS.oktaToken,
        hook: { secret: SECRETS.oktaHook },
        ...unlimited,
      },
      entra: { kind: 'entra', ...graph },
      intune: { kind: 'intune', peopleFrom: 'entra', settleMs: 4_000, ...graph },
      snipeit: {
        kind: 'snipeit',
        mode: 'enforce',
        baseUrl: urls['snipeit'],
        token: SECRETS.snipeitToken,
        username: 'work-email',
        referenceField: '_snipeit_disposal_certificate_3',
        ownershipField: '_snipeit_ownership_1',
        platformField: '_snipeit_platform_2',
        ...(slowInventory ? {} : unlimited),
      },
      itad: {
        kind: 'generic',
        mode: 'enforce',
        baseUrl: urls['itad'],
        token: SECRETS.itadToken,
        webhookSecrets: [SECRETS.itadHook],
        ...unlimited,
      },
      hr: { kind: 'webhook', mode: 'enforce', webhookSecrets: [SECRETS.hrHook] },
    },
    // Only the sweep of wipes runs during a measurement; what else is on a schedule is not part of either's path.
    sweeps: { devices: SWEEP_EVERY, identity: '1d', snapshots: '1d', reconcile: '1d', retryCap: '2s' },
    policy: {
      // A command that a vendor under load did not take is asked for again as soon as the straightforward program asks.
      wipe: { approval: 'policy', retry: '1s' },
      wipeLimit: { count: 1_000_000, window: '20m', perDay: 1_000_000, fleetShare: 1 },
      // The straightforward program lets nothing go either.
      release: { activationLock: false, autopilot: false, mdmRecord: false },
      handoff: { minimumGrade: 'purge' },
    },
  };
}
