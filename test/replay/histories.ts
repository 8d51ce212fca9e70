/** The histories that are checked in, and what is needed to replay them. */
import { readdirSync, readFileSync } from 'node:fs';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import type { BundleOptions, ReplayWorkerOptions, WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { createDataConverter, failureConverterPath } from '../../src/worker/data-converter.ts';
import { workflowsPath } from '../../src/worker/workflows-path.ts';
import { TEST_PAYLOAD_KEY } from '../support/engine/engine-config.ts';
import { fromJson } from '../support/engine/histories.ts';
import type { RecordedRun } from '../support/engine/histories.ts';
import { quietRuntime } from '../support/temporal/quiet-runtime.ts';

const DIRECTORY = new URL('histories/', import.meta.url);

export const dataConverter = createDataConverter([
  { id: TEST_PAYLOAD_KEY.id, secret: Buffer.from(TEST_PAYLOAD_KEY.secret, 'base64') },
]);

export interface NamedRun extends RecordedRun {
  readonly name: string;
}

/** Everything under `histories/`, in the order of the names. */
export function readHistories(): readonly NamedRun[] {
  const names = readdirSync(DIRECTORY).filter((name) => name.endsWith('.json'));
  return names.toSorted().map((name) => ({
    name: name.slice(0, -'.json'.length),
    ...(JSON.parse(readFileSync(new URL(name, DIRECTORY), 'utf8')) as RecordedRun),
  }));
}

const quiet = new DefaultLogger('ERROR');

/** Bundles the engine's workflows, or others, as a worker does. */
export function bundleWorkflows(options: Partial<BundleOptions> = {}): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({ workflowsPath, failureConverterPath, logger: quiet, ...options });
}

export interface Replayed {
  readonly name: string;
  /** The kind of error, when it does not replay. */
  readonly error: string | null;
}

/** Replays runs one after the other. `maxCachedWorkflows` is read by replay workers too, though their type leaves it out. */
export async function replay(
  runs: readonly NamedRun[],
  workflowBundle: WorkflowBundleWithSourceMap,
  options: { readonly maxCachedWorkflows?: number } = {},
): Promise<readonly Replayed[]> {
  quietRuntime();
  const worker: ReplayWorkerOptions & { maxCachedWorkflows?: number } = {
    workflowBundle,
    dataConverter,
    ...options,
  };
  const replayed: Replayed[] = [];
  for (const { name, workflowId, history } of runs) {
    const results = Worker.runReplayHistories(worker, [{ workflowId, history: fromJson(history) }]);
    for await (const { error } of results) replayed.push({ name, error: error?.name ?? null });
  }
  return replayed;
}
