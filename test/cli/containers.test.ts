/** The image and the compose file, as far as they can be tried without a container engine. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { validate } from 'dockerfile-utils';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { CONNECTOR_KINDS } from '../../src/adapters/connector-kinds.ts';
import { readKeyRing } from '../../src/cli/local/key-source.ts';
import { loadConfig } from '../../src/config/load.ts';
import { eventually } from '../support/engine/eventually.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { describeLocalTemporal } from '../support/temporal/describe-with.ts';
import { localTemporal } from '../support/temporal/local-temporal.ts';
import { handback } from './support/command.ts';
import { start } from './support/spawned.ts';
import type { Spawned } from './support/spawned.ts';

const Compose = z.looseObject({
  services: z.record(
    z.string(),
    z.looseObject({
      image: z.string(),
      build: z.string().optional(),
      command: z.array(z.string()).default([]),
      environment: z.record(z.string(), z.string()).default({}),
      env_file: z.string().optional(),
      ports: z.array(z.string()).default([]),
      volumes: z.array(z.string()).default([]),
      depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
    }),
  ),
});

const text = await readFile('docker-compose.yml', 'utf8');
const document: unknown = parse(text, { merge: true });
const { services } = Compose.parse(document);
const ours = Object.entries(services).filter(([, { build }]) => build !== undefined);

describe('docker-compose.yml', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const fits = async () =>
    ajv.compile(JSON.parse(await readFile('test/cli/compose-spec/compose-spec.json', 'utf8')) as object);

  test('fits the Compose Specification, which a planted mistake does not', async () => {
    const check = await fits();
    expect([check(document), check.errors]).toEqual([true, null]);
    expect(check(parse(text.replace('shm_size:', 'shm_sise:'), { merge: true }))).toBe(false);
  });

  test('waits only for services that are there, on conditions that they can meet', () => {
    const waits = Object.entries(services).flatMap(([name, service]) =>
      Object.entries(service.depends_on).map(([other, { condition }]) => ({ name, other, condition })),
    );
    expect(waits.length).toBeGreaterThan(5);
    for (const { name, other, condition } of waits) {
      const awaited = services[other] ?? {};
      const canMeet = condition === 'service_healthy' ? 'healthcheck' in awaited : other in services;
      expect([name, other, canMeet]).toEqual([name, other, true]);
    }
  });

  test('publishes on loopback only, pins every image, and mounts only what is there', () => {
    for (const { image, ports, volumes } of Object.values(services)) {
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/u);
      expect(image).toMatch(/:(\d+\.\d+|\$\{)/u);
      const files = volumes
        .map((volume) => volume.split(':')[0] ?? '')
        .filter((from) => from.startsWith('.'));
      for (const file of files) expect([file, existsSync(file)]).toEqual([file, true]);
    }
  });

  test('holds no secret: they come from env files, which one script makes', async () => {
    expect(text).not.toMatch(/(PASSWORD|PWD|SECRET|TOKEN|KEY): (?!'true')/u);
    const script = await readFile('deploy/make-env.sh', 'utf8');
    const files = Object.values(services).flatMap((service) => service.env_file ?? []);
    for (const file of files) expect(script).toContain(`cat >${file.replace('deploy/', '')} <<`);
  });

  test.each(ours)('%s is started with a command that there is', async (_name, { command }) => {
    const [first = '', ...rest] = command;
    const help = await handback([first, '--help']);
    if (first === 'sandbox') return;
    for (const flag of rest.filter((word) => word.startsWith('--'))) expect(help.out).toContain(flag);
  });

  test('its configuration loads with what the script makes', async () => {
    const env = await madeEnv();
    const config = await loadConfig({ file: 'deploy/handback.yaml', env, kinds: CONNECTOR_KINDS });
    expect(config.tokens.map(({ id }) => id)).toEqual(['operations']);
    const { checkpoints, packs } = readKeyRing(config, new Date());
    expect([checkpoints.signers.length, packs.signers.length]).toEqual([1, 1]);
  });
});

describe('Dockerfile', () => {
  const dockerfile = () => readFile('Dockerfile', 'utf8');

  test('is without mistakes that a linter knows', async () => {
    expect(validate(await dockerfile()).map(({ message }) => message)).toEqual([]);
    expect(validate((await dockerfile()).replace('--interval', '--intervall'))).not.toEqual([]);
  });

  test('pins its base, runs as another user than root, and is watched', async () => {
    const lines = (await dockerfile()).split('\n');
    for (const line of lines.filter((each) => each.startsWith('FROM ')))
      expect(line).toMatch(/^FROM node:24\.\d+-slim/u);
    expect(lines.findLastIndex((line) => line === 'USER node')).toBeGreaterThan(0);
    expect(lines.some((line) => line.startsWith('HEALTHCHECK '))).toBe(true);
  });
});

/** What the script puts into the environment of our containers. */
async function madeEnv(): Promise<Record<string, string>> {
  const directory = await mkdtemp(join(tmpdir(), 'handback-env-'));
  try {
    await cp('deploy/make-env.sh', join(directory, 'make-env.sh'));
    await promisify(execFile)('sh', [join(directory, 'make-env.sh')]);
    return parseEnv(await readFile(join(directory, 'handback.env'), 'utf8'));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** As env files are read: the value is everything behind the first equals sign. */
function parseEnv(file: string): Record<string, string> {
  const lines = file.split('\n').filter((line) => line.includes('='));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

/** What the Dockerfile copies from the context, in the places it copies it to. */
async function imageIn(directory: string): Promise<void> {
  const copies = (await readFile('Dockerfile', 'utf8')).matchAll(/^COPY (?!--from)(.+) (\S+)$/gmu);
  for (const [, from = '', to = ''] of copies) {
    const sources = from.split(' ');
    for (const source of sources) {
      const target = sources.length > 1 || to === './' ? join(directory, to, source) : join(directory, to);
      await cp(source, target, { recursive: true });
    }
  }
  await symlink(join(process.cwd(), 'node_modules'), join(directory, 'node_modules'));
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

describeLocalTemporal('what the image runs', () => {
  let directory: string;
  let database: TestDatabase;
  let temporal: Awaited<ReturnType<typeof localTemporal>>;
  let env: Record<string, string>;
  const started: Spawned[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'handback-image-'));
    await imageIn(directory);
    [database, temporal] = [await testDatabase(), await localTemporal()];
    env = {
      ...services['worker']?.environment,
      NODE_ENV: 'production',
      HANDBACK_CONFIG: join(process.cwd(), 'deploy', 'handback.yaml'),
      HANDBACK_DATA: join(directory, 'data'),
      HANDBACK_HTTP_HOST: '127.0.0.1',
      HANDBACK_HTTP_PORT: String(await freePort()),
      HANDBACK_HEALTH_FILE: '',
      ...(await madeEnv()),
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: temporal.address,
    };
  });
  afterAll(async () => {
    for (const each of started) each.signal('SIGKILL');
    await Promise.all(started.map((each) => each.exited));
    await temporal.teardown();
    await database.drop();
    await rm(directory, { recursive: true, force: true });
  });

  function run(command: readonly string[], more: Readonly<Record<string, string>> = {}): Spawned {
    const program = start(['src/cli/main.ts', ...command], { ...env, ...more }, directory);
    started.push(program);
    return program;
  }

  async function isHealthy(more: Readonly<Record<string, string>> = {}): Promise<boolean> {
    const check = start(['deploy/healthcheck.mjs'], { ...env, ...more }, directory);
    return (await check.exited) === 0;
  }

  const healthy = (more?: Readonly<Record<string, string>>) =>
    eventually('the health check to pass', () => isHealthy(more));

  test('migrate, then api: healthy while it serves, gone with exit code 0 on SIGTERM', async () => {
    expect(await isHealthy()).toBe(false);
    expect(await run(services['migrate']?.command ?? []).exited).toBe(0);
    const api = run(services['api']?.command ?? []);
    await api.says('api is ready');
    await healthy();
    api.signal('SIGTERM');
    expect(await api.exited).toBe(0);
  });

  test('worker: healthy by its file, gone with exit code 0 on SIGTERM', async () => {
    const file = { HANDBACK_HEALTH_FILE: join(directory, 'worker.alive') };
    expect(await isHealthy(file)).toBe(false);
    const worker = run(services['worker']?.command ?? [], file);
    await worker.says('worker is ready');
    await healthy(file);
    worker.signal('SIGTERM');
    expect(await worker.exited).toBe(0);
  });

  test('sandbox: healthy by its control listener', async () => {
    const port = String(await freePort());
    // As the compose file runs it, on free ports: others may have its own.
    const sandbox = run([...(services['sandbox']?.command ?? []), '--ephemeral', '--control-port', port]);
    await sandbox.says('ready');
    await healthy({ HANDBACK_HEALTH_URL: `http://127.0.0.1:${port}/healthz` });
    sandbox.signal('SIGTERM');
    expect(await sandbox.exited).toBe(0);
  });
});
