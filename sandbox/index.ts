/** The sandbox as a whole: every simulator there is, and where each listens by default. */
import type { InstanceSpec, Sandbox, StartOptions } from './core/start.ts';
import { startInstances } from './core/start.ts';
import type { SimulatorMap } from './core/simulator.ts';
import { createAbm } from './abm/index.ts';
import { createSlack } from './chat/slack.ts';
import { createTeams } from './chat/teams.ts';
import { createEasypost } from './easypost/index.ts';
import { createGraph } from './graph/index.ts';
import { createHr } from './hr/index.ts';
import { createItad } from './itad/index.ts';
import { createLansweeper } from './lansweeper/index.ts';
import { createMail } from './mail/index.ts';
import { createOidc } from './oidc/index.ts';
import { createOkta } from './okta/index.ts';
import { createS3 } from './s3/index.ts';
import { createServiceNow } from './servicenow/index.ts';
import { createShippo } from './shippo/index.ts';
import { createSnipeit } from './snipeit/index.ts';

/** Kind to factory. */
export const SIMULATORS = {
  okta: createOkta,
  graph: createGraph,
  snipeit: createSnipeit,
  easypost: createEasypost,
  itad: createItad,
  hr: createHr,
  oidc: createOidc,
  slack: createSlack,
  teams: createTeams,
  abm: createAbm,
  mail: createMail,
  servicenow: createServiceNow,
  shippo: createShippo,
  lansweeper: createLansweeper,
  s3: createS3,
} as const satisfies SimulatorMap;

/** One instance of each kind, named after it. The control listener has 4200. */
export const DEFAULT_INSTANCES: readonly InstanceSpec[] = [
  { kind: 'okta', name: 'okta', port: 4201 },
  { kind: 'graph', name: 'graph', port: 4202 },
  { kind: 'snipeit', name: 'snipeit', port: 4203 },
  { kind: 'easypost', name: 'easypost', port: 4204 },
  { kind: 'itad', name: 'itad', port: 4205 },
  { kind: 'hr', name: 'hr', port: 4206 },
  { kind: 'oidc', name: 'oidc', port: 4207 },
  { kind: 'slack', name: 'slack', port: 4208 },
  { kind: 'teams', name: 'teams', port: 4209 },
  { kind: 'abm', name: 'abm', port: 4210 },
  { kind: 'mail', name: 'mail', port: 4211 },
  { kind: 'servicenow', name: 'servicenow', port: 4212 },
  { kind: 'shippo', name: 'shippo', port: 4213 },
  { kind: 'lansweeper', name: 'lansweeper', port: 4214 },
  { kind: 's3', name: 's3', port: 4215 },
];

/** Starts the sandbox; by default one of each, on the default ports. */
export function startSandbox(options: Partial<Omit<StartOptions, 'simulators'>> = {}): Promise<Sandbox> {
  return startInstances({ instances: DEFAULT_INSTANCES, ...options, simulators: SIMULATORS });
}
