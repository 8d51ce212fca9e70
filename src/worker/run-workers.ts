/** Temporal workers: one for workflows and database work, one per connector's queue. */
import { Worker } from '@temporalio/worker';
import type { NativeConnection, WorkerOptions, WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { DataConverter } from '@temporalio/common';

export interface WorkersPlan {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly dataConverter: DataConverter;
  /** Versioned worker deployments in production; absent: unversioned. */
  readonly deployment: { readonly name: string; readonly buildId: string } | undefined;
  readonly workflowBundle: WorkflowBundleWithSourceMap;
  readonly engine: { readonly queue: string; readonly activities: object };
  readonly vendors: { readonly queues: readonly string[]; readonly activities: object };
}

/** Activities under way get this long to finish when the worker stops. */
const GRACE = '10s';

/** Starts all of them. `failed` resolves when one ends by itself. */
export async function runWorkers(
  plan: WorkersPlan,
): Promise<{ stop(): Promise<void>; readonly failed: Promise<Error> }> {
  const common = {
    connection: plan.connection,
    namespace: plan.namespace,
    dataConverter: plan.dataConverter,
    shutdownGraceTime: GRACE,
    ...versioning(plan),
  } satisfies Partial<WorkerOptions>;
  const engine = Worker.create({
    ...common,
    taskQueue: plan.engine.queue,
    workflowBundle: plan.workflowBundle,
    activities: plan.engine.activities,
    maxConcurrentLocalActivityExecutions: 8,
    maxConcurrentActivityTaskExecutions: 8,
    maxCachedWorkflows: 500,
  });
  const vendors = plan.vendors.queues.map((taskQueue) =>
    Worker.create({
      ...common,
      taskQueue,
      activities: plan.vendors.activities,
      maxConcurrentActivityTaskExecutions: 10,
      maxConcurrentActivityTaskPolls: 2,
    }),
  );
  const all = await allOrNone([engine, ...vendors]);
  let stopping = false;
  const runs = all.map((worker) => worker.run());
  const failed = new Promise<Error>((resolve) => {
    for (const run of runs)
      run.catch(
        (error: unknown) =>
          !stopping && resolve(error instanceof Error ? error : new Error('a worker ended')),
      );
  });
  return {
    failed,
    async stop() {
      stopping = true;
      for (const worker of all) if (worker.getState() === 'RUNNING') worker.shutdown();
      await Promise.allSettled(runs);
    },
  };
}

/** @throws what the first that failed did; the others have ended by then, or the connection could not be closed. */
async function allOrNone(creating: readonly Promise<Worker>[]): Promise<readonly Worker[]> {
  const outcomes = await Promise.allSettled(creating);
  const made = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure === undefined) return made;
  await Promise.allSettled(
    made.map(async (worker) => {
      // Only a worker that runs can be shut down.
      const run = worker.run();
      worker.shutdown();
      await run;
    }),
  );
  throw failure.reason;
}

function versioning({ deployment }: WorkersPlan): Partial<WorkerOptions> {
  if (deployment === undefined) return {};
  const { name, buildId } = deployment;
  return {
    workerDeploymentOptions: {
      version: { deploymentName: name, buildId },
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'AUTO_UPGRADE',
    },
  };
}
