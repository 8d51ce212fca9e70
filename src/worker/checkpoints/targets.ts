import type { LedgerConfig } from '../../config/ledger-schema.ts';
import { bucketTarget } from './bucket.ts';
import { directoryTarget } from './directory.ts';
import { httpTarget } from './http.ts';
import type { CheckpointTarget } from './target.ts';

/** Every configured place outside. */
export function createTargets({
  directories,
  http,
  buckets,
}: LedgerConfig['publish']): readonly CheckpointTarget[] {
  return [...directories.map(directoryTarget), ...http.map(httpTarget), ...buckets.map(bucketTarget)];
}
