/** `describe` for tests that need a Temporal server: skipped, with the reason in its name, without one. */
import { describeWhere } from '../where.ts';
import { localTemporalExecutable, timeSkippingExecutable, type Executable } from './executables.ts';

/** A suite that calls `timeSkippingEnv`. */
export function describeTimeSkipping(name: string, body: () => void): void {
  describeWith(timeSkippingExecutable(), name, body);
}

/** A suite that calls `localTemporal`. */
export function describeLocalTemporal(name: string, body: () => void): void {
  describeWith(localTemporalExecutable(), name, body);
}

function describeWith(executable: Executable, name: string, body: () => void): void {
  describeWhere('path' in executable ? null : executable.missing, name, body);
}
