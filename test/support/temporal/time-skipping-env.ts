/** Temporal's test server, on which a wait of months takes moments. It cannot list workflows. */
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { timeSkippingExecutable } from './executables.ts';
import { quietRuntime } from './quiet-runtime.ts';

/**
 * Starts a server whose time jumps to the next timer while a test awaits a workflow's result (or
 * `env.sleep`). Time is one for the whole server: run its tests one after the other. End it with
 * `teardown()` in an `afterAll`.
 *
 * @throws when there is no test server; `describeTimeSkipping` skips such tests.
 */
export async function timeSkippingEnv(): Promise<TestWorkflowEnvironment> {
  const executable = timeSkippingExecutable();
  if ('missing' in executable) throw new Error(executable.missing);
  quietRuntime();
  process.env['JDK_JAVA_OPTIONS'] ??= QUICK_START;
  return startedWithin(executable.path, ATTEMPTS);
}

/** The server lives for seconds: what it would gain by the better compiler, its start would lose. */
const QUICK_START = '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC';

/** The SDK waits five seconds for a start, which a busy machine may need more than once. */
const ATTEMPTS = 12;

async function startedWithin(path: string, attempts: number): Promise<TestWorkflowEnvironment> {
  const server = { executable: { type: 'existing-path', path } } as const;
  try {
    return await TestWorkflowEnvironment.createTimeSkipping({ server });
  } catch (error) {
    if (attempts <= 1) throw error;
    return startedWithin(path, attempts - 1);
  }
}
