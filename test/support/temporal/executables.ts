/** Which Temporal servers tests can start here, and why not where they cannot. */
import { knownTemporalClis, knownTestServer } from '../../../scripts/bootstrap/known-servers.mjs';

/** A server's executable, or the reason that tests which need it are skipped with. */
export type Executable = { readonly path: string } | { readonly missing: string };

/** The Temporal CLI, whose development server `localTemporal` starts. */
export function localTemporalExecutable(): Executable {
  const [path] = knownTemporalClis();
  return path === undefined ? { missing: 'no Temporal CLI: run `npm run bootstrap`' } : { path };
}

/** The time-skipping test server that `timeSkippingEnv` starts. */
export function timeSkippingExecutable(): Executable {
  const path = knownTestServer();
  if (path !== undefined) return { path };
  const missing = process.env['HANDBACK_TEST_SERVER_MISSING'];
  return { missing: missing ?? 'no time-skipping test server: run `npm run bootstrap`' };
}
