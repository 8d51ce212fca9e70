/** A real Temporal server for one test file: the CLI's development server on a free loopback port. */
import { TestWorkflowEnvironment } from '@temporalio/testing';
import type { defineSearchAttributeKey } from '@temporalio/common';
import { localTemporalExecutable } from './executables.ts';
import { quietRuntime } from './quiet-runtime.ts';

export interface LocalTemporalOptions {
  /** Keeps the state in this SQLite file, so that a second server can be started on it. Default: in memory. */
  readonly dbFile?: string;
  /** Default: a free port. */
  readonly port?: number;
  /** Default `default`; created at the start. */
  readonly namespace?: string;
  readonly searchAttributes?: readonly ReturnType<typeof defineSearchAttributeKey>[];
  /** More namespaces, created at the start: tests that share a server run in one each. */
  readonly namespaces?: readonly string[];
  /** Laid over the server's dynamic configuration, by its own keys. */
  readonly dynamicConfig?: Readonly<Record<string, number>>;
}

/**
 * Without these the server's single shard reads its queues 20 times a second, and each step of a
 * workflow waits up to 50 ms.
 */
const defaults = {
  'history.transferProcessorMaxPollRPS': 2000,
  'history.transferProcessorMaxPollHostRPS': 20_000,
  'history.timerProcessorMaxPollRPS': 2000,
};

/** A file is synced on each write otherwise; the state still survives a kill of the server. */
const filePragmas = ['journal_mode=wal', 'synchronous=normal'];

/**
 * Starts the server, ready for requests. It has `client`, `nativeConnection` for workers, `address` and
 * `namespace`; end it with `teardown()` in an `afterAll`.
 *
 * @throws when there is no Temporal CLI; `describeLocalTemporal` skips such tests.
 */
export async function localTemporal(options: LocalTemporalOptions = {}): Promise<TestWorkflowEnvironment> {
  const executable = localTemporalExecutable();
  if ('missing' in executable) throw new Error(executable.missing);
  quietRuntime();
  const { dbFile, port, namespace = 'default', searchAttributes = [] } = options;
  return TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: executable.path },
      ip: '127.0.0.1',
      namespace,
      searchAttributes: [...searchAttributes],
      log: { format: 'pretty', level: 'error' },
      extraArgs: extraArguments(options),
      ...(dbFile === undefined ? {} : { dbFilename: dbFile }),
      ...(port === undefined ? {} : { port }),
    },
  });
}

function extraArguments({ dbFile, namespaces = [], dynamicConfig = {} }: LocalTemporalOptions): string[] {
  const dynamic = Object.entries({ ...defaults, ...dynamicConfig }).flatMap(([key, value]) => [
    '--dynamic-config-value',
    `${key}=${value}`,
  ]);
  const more = namespaces.flatMap((name) => ['--namespace', name]);
  const pragmas = dbFile === undefined ? [] : filePragmas.flatMap((pragma) => ['--sqlite-pragma', pragma]);
  return [...dynamic, ...more, ...pragmas];
}
