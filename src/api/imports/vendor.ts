import type { ApiDeps } from '../deps.ts';
import { Problem } from '../problem.ts';

/** @throws Problem `invalid-request` when no disposal vendor of that name is configured. */
export function mustBeVendor({ connectors }: Pick<ApiDeps, 'connectors'>, name: string, path: string): void {
  if (connectors.some((one) => one.port === 'disposition' && one.name === name)) return;
  throw new Problem('invalid-request', [{ path, message: 'no disposal vendor of that name is configured' }]);
}
