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

/** Whether the event was taken in. One whose person could not be told is taken in again when it comes again. */
export async function isKnownEvent(db: Reader, connector: string, eventId: string): Promise<boolean> {
  const row = await db
    .selectFrom('lifecycle_events')
    .select('outcome')
    .where('connector', '=', connector)
    .where('event_id', '=', eventId)
    .executeTakeFirst();
  return row !== undefined && row.outcome !== 'ambiguous';
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
    .onConflict((conflict) =>
      conflict
        .columns(['connector', 'event_id'])
        .doUpdateSet({ person_id: personId, outcome })
        .where('lifecycle_events.outcome', '=', 'ambiguous'),
    )
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
