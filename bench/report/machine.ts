/** Where the figures come from: without this they say nothing. */
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { createRequire } from 'node:module';
import { findTemporalCli } from '../../src/worker/embedded-temporal/find-temporal-cli.ts';

export interface Machine {
  readonly commit: string;
  readonly at: string;
  readonly cores: number;
  readonly processor: string;
  readonly memoryGiB: number;
  /** Mean number of runnable processes over the last minute, before the run: more than the cores means a busy machine. */
  readonly loadBefore: number;
  readonly node: string;
  readonly temporal: string;
  readonly temporalSdk: string;
}

export function describeMachine(): Machine {
  const require = createRequire(import.meta.url);
  return {
    commit: said('git', ['describe', '--always', '--dirty', '--abbrev=10']),
    at: new Date().toISOString(),
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    loadBefore: loadavg()[0] ?? Number.NaN,
    node: process.version,
    temporal: said(findTemporalCli(process.env) ?? 'temporal', ['--version']),
    temporalSdk: (require('@temporalio/worker/package.json') as { version: string }).version,
  };
}

function said(program: string, args: readonly string[]): string {
  try {
    return execFileSync(program, [...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown';
  }
}
