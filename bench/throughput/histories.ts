/** What a case left in Temporal's histories: events and bytes, by the workflow's kind. */
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';

export interface HistorySize {
  readonly events: number;
  readonly bytes: number;
}

/** Histories as Temporal stores them: events, and the bytes of their protocol form. */
export async function historySize(client: Client, workflowId: string): Promise<HistorySize> {
  const history = await client.workflow.getHandle(workflowId).fetchHistory();
  const bytes = proto.temporal.api.history.v1.History.encode(history).finish().length;
  return { events: history.events?.length ?? 0, bytes };
}

/** Event types and how often each stands in a history, the most frequent first: where they come from. */
export async function eventTypes(
  client: Client,
  workflowId: string,
): Promise<readonly (readonly [string, number])[]> {
  const history = await client.workflow.getHandle(workflowId).fetchHistory();
  const names = (history.events ?? []).map(
    (event) => proto.temporal.api.enums.v1.EventType[event.eventType ?? 0] ?? '',
  );
  const counts = [...Map.groupBy(names, (name) => name)].map(
    ([name, list]) => [name.replace('EVENT_TYPE_', '').toLowerCase(), list.length] as const,
  );
  return counts.toSorted((a, b) => b[1] - a[1]);
}
