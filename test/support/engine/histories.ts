/** Histories of workflows as JSON, run by run. */
import proto from '@temporalio/proto';
import { eventually } from './eventually.ts';
import { temporalClient } from './start-engine.ts';
import type { Engine } from './start-engine.ts';

export interface RecordedRun {
  readonly workflowId: string;
  /** The history as JSON: enums by name, bytes in base64. */
  readonly history: { readonly events: readonly RecordedEvent[] };
}

export type RecordedEvent = Readonly<Record<string, unknown>> & { readonly eventType: string };

const { History } = proto.temporal.api.history.v1;
type History = ReturnType<typeof History.fromObject>;

/** The SDK's own conversion wants the protobuf library installed once; here it is not. */
function toJson(history: object): RecordedRun['history'] {
  const options = { enums: String, longs: String, bytes: String };
  return History.toObject(History.fromObject(history), options) as RecordedRun['history'];
}

export function fromJson(history: RecordedRun['history']): History {
  return History.fromObject(history);
}

/** Every run of a workflow, the first one first. Waits until the last one has ended. */
export async function recordRuns(engine: Engine, workflowId: string): Promise<readonly RecordedRun[]> {
  const client = await temporalClient(engine);
  await eventually(`the end of ${workflowId}`, async () => {
    const { status } = await client.workflow.getHandle(workflowId).describe();
    return status.name !== 'RUNNING';
  });
  const runs: RecordedRun[] = [];
  const latest = await client.workflow.getHandle(workflowId).fetchHistory();
  let runId = latest.events?.[0]?.workflowExecutionStartedEventAttributes?.firstExecutionRunId ?? undefined;
  while (runId !== undefined) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    runs.push({ workflowId, history: toJson(history) });
    runId =
      history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
  }
  return runs;
}

/** How many events of each type. */
export function countEvents(run: RecordedRun): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { eventType } of run.history.events) counts[eventType] = (counts[eventType] ?? 0) + 1;
  return counts;
}
