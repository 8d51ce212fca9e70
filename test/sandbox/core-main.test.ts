import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { controlClient, smallCompany } from '../../sandbox/core/testing.ts';
import { DEFAULT_INSTANCES, SIMULATORS, startSandbox } from '../../sandbox/index.ts';

const MAIN = fileURLToPath(new URL('../../sandbox/main.ts', import.meta.url));
let child: ChildProcess | undefined;
afterEach(() => void child?.kill('SIGKILL'));

/** Runs the program until it says `ready`, or ends. Returns what it printed. */
async function run(...args: string[]): Promise<string> {
  const started = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  child = started;
  let output = '';
  const ready = new Promise<void>((resolve) => {
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
      if (output.includes('ready\n')) resolve();
    };
    started.stdout.on('data', take);
    started.stderr.on('data', take);
  });
  await Promise.race([ready, once(started, 'close')]);
  return output;
}

describe('the whole sandbox', () => {
  test('every simulator starts beside the others, and takes the same company', async () => {
    const sandbox = await startSandbox({
      controlPort: 0,
      instances: DEFAULT_INSTANCES.map((instance) => ({ ...instance, port: 0 })),
    });
    try {
      expect(Object.keys(sandbox.urls)).toEqual(Object.keys(SIMULATORS));
      const control = controlClient(sandbox.controlUrl);
      expect(await control.post('/company', smallCompany())).toEqual({ people: 3, devices: 3 });
      await control.post('/reset');
      await control.post('/company', smallCompany());
    } finally {
      await sandbox.stop();
    }
  });

  test('default ports differ, and every kind has one default instance', () => {
    expect(new Set(DEFAULT_INSTANCES.map(({ port }) => port)).size).toBe(DEFAULT_INSTANCES.length);
    expect(DEFAULT_INSTANCES.map(({ kind }) => kind)).toEqual(Object.keys(SIMULATORS));
  });
});

describe('the program', () => {
  test('says where things are, answers, and stops on SIGTERM with exit code 0', async () => {
    const output = await run('--control-port', '0', '--only', 'okta,graph', '--ephemeral');
    const controlUrl = /^control (\S+)$/m.exec(output)?.[1] ?? '';
    const listed = await controlClient(controlUrl).get<{ instances: { name: string; url: string }[] }>('/');
    expect(listed.instances.map(({ name, url }) => `${name} ${url}`)).toEqual(
      output.split('\n').filter((line) => /^(okta|graph) /.test(line)),
    );
    child?.kill('SIGTERM');
    await vi.waitFor(() => expect(child?.exitCode).toBe(0), 20_000);
  });

  test('a mistake in its arguments ends it with a sentence and exit code 1', async () => {
    const output = await run('--only', 'nobody');
    expect(output).toContain('no instance is named nobody');
    expect(child?.exitCode).toBe(1);
  });
});
