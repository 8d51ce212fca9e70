/** Lifecycle events as they were taken in: each once, with what was made of it. */
import { personStream } from '../domain/fact.ts';
import type { LifecycleKind } from '../domain/lifecycle.ts';
import type { Reader, Tx } from './database.ts';
import { appendFacts } from './facts.ts';

export interface LifecycleEvent {
  readonly connector: string;
  /** The provider's own id of the event. */
  readonly eventId: string;
  readonly kind: LifecycleKind;
  readonly externalId: string;
  readonly personId: string | null;
  /** ISO 8601 UTC. */
  readonly occurredAt: string;
  readonly effectiveAt: string;
}

export async function isKnownEvent(db: Reader, connector: string, eventId: string): Promise<boolean> {
  const row = await db
    .selectFrom('lifecycle_events')
    .select('kind')
    .where('connector', '=', connector)
    .where('event_id', '=', eventId)
    .executeTakeFirst();
  return row !== undefined;
}

/** Keeps the event and what was made of it. @returns `false` when it was taken in before: then nothing else may be done. */
export async function recordEvent(
  tx: Tx,
  event: LifecycleEvent,
  outcome: string,
  now: Date,
): Promise<boolean> {
  const { connector, eventId, kind, externalId, personId, occurredAt, effectiveAt } = event;
  const inserted = await tx
    .insertInto('lifecycle_events')
    .values({
      connector,
      event_id: eventId,
      kind,
      external_id: externalId,
      person_id: personId,
      occurred_at: occurredAt,
      effective_at: effectiveAt,
      received_at: now,
      outcome,
    })
    .onConflict((conflict) => conflict.columns(['connector', 'event_id']).doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows !== 1n) return false;
  if (personId === null) return true;
  const data = { personId, source: connector, eventId, kind, occurredAt, effectiveAt };
  const key = `lifecycle.recorded:${connector}:${eventId}`;
  await appendFacts(
    tx,
    [
      {
        stream: personStream(personId),
        key,
        type: 'lifecycle.recorded',
        actor: `connector:${connector}`,
        data,
      },
    ],
    now,
  );
  return true;
}

export async function noteOutcome(
  tx: Tx,
  connector: string,
  eventId: string,
  outcome: string,
): Promise<void> {
  await tx
    .updateTable('lifecycle_events')
    .set({ outcome })
    .where('connector', '=', connector)
    .where('event_id', '=', eventId)
    .execute();
}

/**
 * Whether the same source has said something newer about this person's leaving: then an older event that arrives late, or
 * again, decides nothing.
 */
export async function isSuperseded(tx: Tx, event: LifecycleEvent): Promise<boolean> {
  if (event.personId === null) return false;
  const newer = await tx
    .selectFrom('lifecycle_events')
    .select('event_id')
    .where('connector', '=', event.connector)
    .where('person_id', '=', event.personId)
    .where('kind', 'in', ['leaver', 'rehire', 'cancellation'])
    .where('occurred_at', '>', event.occurredAt)
    .limit(1)
    .executeTakeFirst();
  return newer !== undefined;
}

/**
 * Whether this person's leaving has been dealt with: their last offboarding ended well, and nobody has said since that they
 * came back. Then another word about the same leaving (the account deleted weeks later, HR's date after the provider's) opens
 * nothing.
 */
export async function isOffboarded(tx: Tx, personId: string): Promise<boolean> {
  const last = await tx
    .selectFrom('cases')
    .select(['state', 'opened_at'])
    .where('person_id', '=', personId)
    .where('kind', '=', 'offboarding')
    .orderBy('opened_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (last === undefined || (last.state !== 'completed' && last.state !== 'completed-with-waivers'))
    return false;
  const back = await tx
    .selectFrom('lifecycle_events')
    .select('event_id')
    .where('person_id', '=', personId)
    .where('kind', 'in', ['joiner', 'rehire'])
    .where('occurred_at', '>', last.opened_at)
    .limit(1)
    .executeTakeFirst();
  return back === undefined;
}
