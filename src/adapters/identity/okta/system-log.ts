/** What changed, by polling the System Log: recovers what an event hook dropped. */
import { ConnectorError } from '../../errors.ts';
import { unexpectedAnswer } from '../../clients/failure.ts';
import type { CallOptions } from '../../read-options.ts';
import type { LifecycleHint } from '../port.ts';
import type { OktaClient } from './client.ts';
import { KIND_OF_EVENT, toHint } from './map.ts';
import { OktaLogEvent } from './schema.ts';

const OPERATION = 'poll system log';
const LIMIT = 1000;
/** The first poll begins this much earlier, in case our clock is ahead of Okta's; repeated events have the same uuid. */
const OVERLAP_MS = 5 * 60_000;
/** Okta keeps the log for 90 days. */
const RETENTION_MS = 89 * 24 * 3_600_000;

export interface Changes {
  readonly hints: readonly LifecycleHint[];
  readonly cursor: string;
  readonly more: boolean;
  readonly resync: boolean;
}

/**
 * One page. A query without `until` is a polling one: it comes in the order of persistence and always has a `next` link,
 * which is the cursor. `after` is never made by us, and a cursor that Okta no longer takes begins anew at the start of
 * the log.
 */
export async function changesSince(
  connector: string,
  client: OktaClient,
  cursor: string | null,
  now: Date,
  options?: CallOptions,
): Promise<Changes> {
  if (cursor === null) return poll(connector, client, firstPoll(now.getTime() - OVERLAP_MS), false, options);
  try {
    return await poll(connector, client, cursor, false, options);
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.status !== 400) throw error;
    return poll(connector, client, firstPoll(now.getTime() - RETENTION_MS), true, options);
  }
}

function firstPoll(since: number): string {
  const filter = Object.keys(KIND_OF_EVENT)
    .map((type) => `eventType eq "${type}"`)
    .join(' or ');
  return `/api/v1/logs?since=${encodeURIComponent(new Date(since).toISOString())}&limit=${LIMIT}&filter=${encodeURIComponent(filter)}`;
}

async function poll(
  connector: string,
  client: OktaClient,
  at: string,
  resync: boolean,
  options?: CallOptions,
): Promise<Changes> {
  const operation = { connector, operation: OPERATION, effect: 'read' } as const;
  const page = await client.page(OPERATION, at, OktaLogEvent, options);
  if (page.next === null) throw unexpectedAnswer(operation);
  const hints = page.items.map(toHint).filter((hint) => hint !== null);
  if (!hints.every((hint) => hint !== 'malformed')) throw unexpectedAnswer(operation);
  // Only an empty page says that there is nothing more.
  return { hints, cursor: page.next, more: page.items.length > 0, resync };
}
