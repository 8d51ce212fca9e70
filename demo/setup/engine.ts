/** The engine, started as anybody would: `handback up` with a configuration file. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { startChild } from './child.ts';
import type { Child } from './child.ts';
import { ROOT } from './root.ts';
import { VENDORS } from './sandbox.ts';
import type { Sandbox } from './sandbox.ts';
import type { Secrets } from './secrets.ts';

const Ready = z.object({
  url: z.url(),
  temporalAddress: z.string(),
  temporalUi: z.string().nullable(),
  tokenFile: z.string(),
  dataDir: z.string(),
  pid: z.int(),
});

export interface Engine extends z.infer<typeof Ready> {
  readonly child: Child;
}

export interface EngineSpec {
  readonly dataDir: string;
  readonly secrets: Secrets;
  readonly sandbox: Sandbox;
  readonly httpPort: number;
  readonly temporalUi: boolean;
  readonly onError: (line: string) => void;
  readonly signal: AbortSignal;
}

/** The first start makes a database and bundles the workflows. */
const READY_WITHIN_MS = 180_000;

/** @throws Error with what the engine said when it does not start. */
export async function startEngine(spec: EngineSpec): Promise<Engine> {
  const { dataDir, onError, signal } = spec;
  const child = await startChild({
    name: 'handback up',
    args: [
      join(ROOT, 'src/cli/main.ts'),
      'up',
      '--config',
      join(ROOT, 'config/demo.yaml'),
      '--json',
      ...(spec.temporalUi ? ['--temporal-ui'] : []),
    ],
    env: environment(spec),
    isReady: (line) => line.startsWith('{'),
    readyWithinMs: READY_WITHIN_MS,
    onError: (line) => onError(line.replace(/^handback: /u, '')),
    signal,
  });
  const ready = Ready.parse(JSON.parse(child.greeting.at(-1) ?? ''));
  writeFileSync(join(dataDir, 'demo-tokens.json'), `${JSON.stringify(spec.secrets.tokens, null, 2)}\n`, {
    mode: 0o600,
  });
  return { ...ready, child };
}

/** What `config/demo.yaml` asks for. Servers that the environment names are not used: the demo brings its own. */
function environment({ dataDir, secrets, sandbox, httpPort }: EngineSpec): NodeJS.ProcessEnv {
  const { DATABASE_URL: _database, HANDBACK_PUBLIC_URL: _url, ...inherited } = process.env;
  const { tokens, okta, graph, snipeit, easypost, itad, hr, abm, slack, teams } = secrets;
  const ports = VENDORS.map(
    (vendor) => [`DEMO_${vendor.toUpperCase()}_PORT`, new URL(sandbox.urls[vendor]).port] as const,
  );
  return {
    ...inherited,
    ...Object.fromEntries(ports),
    HANDBACK_DATA: dataDir,
    HANDBACK_HTTP_PORT: String(httpPort),
    DEMO_PAYLOAD_KEY: secrets.payloadKey,
    DEMO_TOKEN_OPERATOR: tokens.operator,
    DEMO_TOKEN_ASSETS: tokens.assets,
    DEMO_TOKEN_DOCK: tokens.dock,
    DEMO_TOKEN_VIEWER: tokens.viewer,
    DEMO_TOKEN_DUTY: tokens.duty,
    DEMO_TOKEN_APPROVER: tokens.approver,
    DEMO_TOKEN_LEGAL: tokens.legal,
    DEMO_OKTA_TOKEN: okta.token,
    DEMO_OKTA_HOOK_SECRET: okta.hook,
    DEMO_GRAPH_TENANT: graph.tenant,
    DEMO_GRAPH_CLIENT: graph.client,
    DEMO_GRAPH_SECRET: graph.secret,
    DEMO_GRAPH_CLIENT_STATE: graph.clientState,
    DEMO_SNIPEIT_TOKEN: snipeit.token,
    DEMO_EASYPOST_KEY: easypost.key,
    DEMO_EASYPOST_SECRET: easypost.webhook,
    DEMO_ITAD_TOKEN: itad.token,
    DEMO_ITAD_SECRET: itad.webhook,
    DEMO_HR_TOKEN: hr.token,
    DEMO_HR_SECRET: hr.webhook,
    DEMO_ABM_PRIVATE_KEY: abm.privateKey,
    DEMO_SLACK_WEBHOOK: slack.webhook,
    DEMO_TEAMS_WEBHOOK: teams.webhook,
  };
}
