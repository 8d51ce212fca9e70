/** The sandbox as a program: starts, says where things are, stops on SIGTERM or SIGINT. `--help` lists the options. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { InstanceSpec } from './core/start.ts';
import { DEFAULT_INSTANCES, startSandbox } from './index.ts';

const HELP = `Usage: node sandbox/main.ts [options]

  --host <host>          interface to listen on (127.0.0.1)
  --public-host <host>   host name in the links that the vendors hand out (the host)
  --control-port <port>  control listener (4200); 0 for any free port
  --only <names>         only these of the default instances, comma-separated
  --port <name=port>     another port for an instance; can be repeated
  --ephemeral            any free port for every instance that --port does not name
  --instances <file>     JSON list of instances instead of the default ones: [{"kind", "name", "port"?, …options}]
  --company <file>       JSON company to seed at the start
  --log                  a line per request on standard error
`;

const Port = z.coerce.number().int().min(0).max(65_535);
const Instances = z.array(z.looseObject({ kind: z.string(), name: z.string(), port: Port.default(0) }));

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      'public-host': { type: 'string' },
      'control-port': { type: 'string', default: '4200' },
      only: { type: 'string' },
      port: { type: 'string', multiple: true, default: [] },
      ephemeral: { type: 'boolean', default: false },
      instances: { type: 'string' },
      company: { type: 'string' },
      log: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const sandbox = await startSandbox({
    host: values.host,
    ...(values['public-host'] === undefined ? {} : { publicHost: values['public-host'] }),
    controlPort: Port.parse(values['control-port']),
    instances: chooseInstances(values),
    ...(values.log ? { log: (line: string) => void process.stderr.write(`${line}\n`) } : {}),
  });
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    void sandbox.stop();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);

  if (values.company !== undefined) await seed(sandbox.controlUrl, values.company);
  process.stdout.write(`control ${sandbox.controlUrl}\n`);
  for (const [name, url] of Object.entries(sandbox.urls)) process.stdout.write(`${name} ${url}\n`);
  process.stdout.write('ready\n');
}

function chooseInstances(values: {
  only?: string | undefined;
  port: string[];
  ephemeral: boolean;
  instances?: string | undefined;
}): InstanceSpec[] {
  const only = values.only?.split(',');
  const listed: readonly InstanceSpec[] =
    values.instances === undefined ? DEFAULT_INSTANCES : Instances.parse(readJson(values.instances));
  const ports = new Map(
    values.port.map((text) => {
      const [name = '', port = ''] = text.split('=');
      return [name, Port.parse(port)] as const;
    }),
  );
  const known = new Set(listed.map(({ name }) => name));
  for (const name of [...(only ?? []), ...ports.keys()])
    if (!known.has(name)) throw new Error(`no instance is named ${name}; there are ${[...known].join(', ')}`);
  return listed
    .filter(({ name }) => only === undefined || only.includes(name))
    .map((instance) => ({
      ...instance,
      port: ports.get(instance.name) ?? (values.ephemeral ? 0 : (instance.port ?? 0)),
    }));
}

async function seed(controlUrl: string, file: string): Promise<void> {
  const response = await fetch(`${controlUrl}/company`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(readJson(file)),
  });
  if (!response.ok) throw new Error(`the company in ${file} was refused: ${await response.text()}`);
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

try {
  await main();
} catch (error) {
  process.stderr.write(`sandbox: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
