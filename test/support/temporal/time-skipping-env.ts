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
  return TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: executable.path } },
  });
}
