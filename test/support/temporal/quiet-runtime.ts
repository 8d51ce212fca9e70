/** One SDK runtime per test process, that logs errors only (`HANDBACK_TEST_LOG=DEBUG` shows all). */
import { DefaultLogger, Runtime, type LogLevel } from '@temporalio/worker';

let installed = false;

/** Call it before anything else of the SDK; it does nothing the second time. */
export function quietRuntime(): void {
  if (installed) return;
  installed = true;
  const level = (process.env['HANDBACK_TEST_LOG'] ?? 'ERROR') as LogLevel;
  Runtime.install({ logger: new DefaultLogger(level) });
}
