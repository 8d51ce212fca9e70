/** Everything that runs for the demo, from the first process to the imported directory; and its end. */
import { DEVICES, PEOPLE } from './cast.ts';
import { createEngineClient } from './engine/client.ts';
import type { EngineClient } from './engine/client.ts';
import { createDesks } from './engine/desks.ts';
import type { Desks } from './engine/desks.ts';
import { watchCases } from './engine/watch.ts';
import type { Watch } from './engine/watch.ts';
import { takeDataDirectory } from './setup/data-directory.ts';
import type { DataDirectory } from './setup/data-directory.ts';
import { startEngine } from './setup/engine.ts';
import type { Engine } from './setup/engine.ts';
import { registerHooks } from './setup/hooks.ts';
import { freePort } from './setup/ports.ts';
import { startSandbox } from './setup/sandbox.ts';
import type { Sandbox } from './setup/sandbox.ts';
import { makeSecrets } from './setup/secrets.ts';
import type { Secrets } from './setup/secrets.ts';
import { pause } from './stories/stage.ts';
import { createControl } from './vendors/control.ts';
import type { Control } from './vendors/control.ts';

export interface Installation {
  readonly data: DataDirectory;
  readonly secrets: Secrets;
  readonly sandbox: Sandbox;
  readonly engine: Engine;
  readonly control: Control;
  readonly client: EngineClient;
  readonly desks: Desks;
  readonly watch: Watch;
}

export interface InstallationSpec {
  readonly keep: boolean;
  /** One line for each step that is done. */
  readonly step: (text: string) => void;
  /** What the engine says while it runs, such as that it starts a process again. */
  readonly onEngine: (line: string) => void;
  readonly signal: AbortSignal;
  /** Takes what has to be undone, the last first. */
  readonly stack: AsyncDisposableStack;
}

/** Starts all of it. What was started is stopped by the stack, also when a later step fails. */
export async function install(spec: InstallationSpec): Promise<Installation> {
  const { signal, stack, step } = spec;
  const data = takeDataDirectory();
  stack.defer(() => (spec.keep ? data.keep() : data.remove()));
  const secrets = makeSecrets();

  const sandbox = await startSandbox(data.path, secrets, { onError: spec.onEngine, signal });
  stack.defer(() => sandbox.child.stop());
  const control = createControl(sandbox.controlUrl, signal);
  await control.post('/company', { people: PEOPLE, devices: DEVICES });
  step(`six vendors simulated, with a company of ${PEOPLE.length} people and ${DEVICES.length} devices`);

  const httpPort = await freePort();
  const engine = await startEngine({
    dataDir: data.path,
    secrets,
    sandbox,
    httpPort,
    temporalUi: spec.keep,
    onError: spec.onEngine,
    signal,
  });
  stack.defer(() => engine.child.stop());
  step('PostgreSQL, Temporal, api and worker are up');

  const client = createEngineClient(engine.url, secrets.tokens, signal);
  const watch = watchCases(client, signal);
  const wait = (ms: number): Promise<void> => pause(ms, signal);
  await registerHooks(sandbox, secrets, engine.url);
  while ((await watch.people()).size < PEOPLE.length) await wait(500);
  const desks = createDesks(client, wait);
  await desks.importAddresses();
  await subscribed(control, wait);
  step('the directory is imported, webhooks are registered and verified');
  return { data, secrets, sandbox, engine, control, client, desks, watch };
}

/** The engine subscribes to Graph by itself. */
async function subscribed(control: Control, wait: (ms: number) => Promise<void>): Promise<void> {
  while (!(await control.effects()).some(({ kind }) => kind === 'subscription.create')) await wait(300);
}
