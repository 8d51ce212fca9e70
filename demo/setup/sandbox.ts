/** The simulated vendors as a process of their own, on free ports. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChild } from './child.ts';
import type { Child } from './child.ts';
import { ROOT } from './root.ts';
import type { Secrets } from './secrets.ts';

export const VENDORS = [
  'okta',
  'graph',
  'snipeit',
  'easypost',
  'itad',
  'hr',
  'oidc',
  'abm',
  'mail',
  'slack',
  'teams',
] as const;
export type Vendor = (typeof VENDORS)[number];

export interface Sandbox {
  readonly child: Child;
  /** What the demo drives the vendors' own people and hardware with. */
  readonly controlUrl: string;
  readonly urls: Readonly<Record<Vendor, string>>;
}

/** A day takes a second here, so senders try again soon, and for as long as a real one would: through any outage of the demo. */
const RETRIES_MS = [500, 1000, 2000, ...Array.from({ length: 150 }, () => 4000)];
/** A month's requests in a minute must not meet the limits of a month. */
const PLENTY = 100_000;

export async function startSandbox(
  dataDir: string,
  secrets: Secrets,
  hooks: { readonly onError: (line: string) => void; readonly signal: AbortSignal },
): Promise<Sandbox> {
  const { okta, graph, snipeit, easypost, itad, hr, abm, slack, teams } = secrets;
  const instances = [
    { kind: 'okta', token: okta.token, rateLimit: PLENTY },
    {
      kind: 'graph',
      tenantId: graph.tenant,
      clientId: graph.client,
      clientSecret: graph.secret,
      notificationRetryMs: RETRIES_MS,
    },
    { kind: 'snipeit', token: snipeit.token, throttlePerMinute: PLENTY },
    { kind: 'easypost', apiKey: easypost.key, indexPerSecond: 0, webhookRetryDelaysMs: RETRIES_MS },
    { kind: 'itad', token: itad.token, webhookRetryDelaysMs: RETRIES_MS },
    { kind: 'hr', token: hr.token, webhookRetryDelaysMs: RETRIES_MS },
    { kind: 'oidc' },
    { kind: 'abm', publicKey: abm.publicKey },
    { kind: 'mail' },
    { kind: 'slack', channels: { ops: slack.webhook } },
    { kind: 'teams', channels: { security: teams.webhook } },
  ].map((instance) => ({ name: instance.kind, port: 0, ...instance }));
  const file = join(dataDir, 'sandbox.json');
  writeFileSync(file, JSON.stringify(instances), { mode: 0o600 });
  const child = await startChild({
    name: 'the sandbox',
    args: [join(ROOT, 'sandbox/main.ts'), '--instances', file, '--control-port', '0'],
    env: process.env,
    isReady: (line) => line === 'ready',
    readyWithinMs: 60_000,
    ...hooks,
  });
  const places = new Map(
    child.greeting.map((line) => {
      const [name = '', url = ''] = line.split(' ');
      return [name, url] as const;
    }),
  );
  const urlOf = (name: string): string => {
    const url = places.get(name);
    if (url === undefined) throw new Error(`the sandbox does not say where ${name} is`);
    return url;
  };
  const urls = Object.fromEntries(VENDORS.map((name) => [name, urlOf(name)])) as Record<Vendor, string>;
  return { child, controlUrl: urlOf('control'), urls };
}
