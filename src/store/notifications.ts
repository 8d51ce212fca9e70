/**
 * Messages to people as intents: one row for each thing that somebody is to be told, queued in the transaction that records
 * it. Who sets `send_started_at`, and has committed that, may send, once; a lost answer is never sent again by itself.
 */
import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { NewFact } from '../domain/fact.ts';
import type { Gate } from '../domain/gates.ts';
import { noticesWorkflowId } from '../domain/ids.ts';
import type { NoticeKind, Routed } from '../domain/notices/route.ts';
import type { Database, Reader, Tx } from './database.ts';
import { appendFacts } from './facts.ts';
import { lockStream } from './held-streams.ts';
import { derivedId } from './ids.ts';
import { queueWakeAt, queueWakes } from './outbox.ts';
import type { Schema } from './schema.ts';

export type Notification = Selectable<Schema['notifications']>;

/** What a message is about. */
export interface Occasion {
  readonly kind: NoticeKind;
  /** Key of the fact that it tells of. */
  readonly factKey: string;
  readonly stream: string;
  readonly round: number;
  readonly gate: Gate | null;
  readonly exceptionId: string | null;
  readonly caseId: string;
  readonly deviceId: string | null;
  /** ISO 8601 UTC: the deadline that has passed. */
  readonly dueAt: string;
}

/** A recipient, and from when on they may be written to. */
export interface Queued extends Routed {
  readonly sendAfter: Date;
}

/** Queues one message for each recipient. What is queued or written down already stays as it is. */
export async function queueNotifications(
  tx: Tx,
  occasion: Occasion,
  recipients: readonly Queued[],
  now: Date,
): Promise<void> {
  for (const recipient of recipients) {
    const { role, place, personId, connector, target, template, language, suppressed, sendAfter } = recipient;
    const key = `${occasion.factKey}#${place}`;
    const inserted = await tx
      .insertInto('notifications')
      .values({
        id: derivedId('notification', key),
        key,
        fact_key: occasion.factKey,
        stream: occasion.stream,
        round: occasion.round,
        kind: occasion.kind,
        gate: occasion.gate,
        exception_id: occasion.exceptionId,
        case_id: occasion.caseId,
        device_id: occasion.deviceId,
        due_at: occasion.dueAt,
        role,
        person_id: personId,
        connector,
        target,
        template,
        language,
        state: suppressed === null ? 'queued' : 'suppressed',
        why: suppressed,
        created_at: now,
        send_after: sendAfter,
        next_try_at: sendAfter,
      })
      .onConflict((conflict) => conflict.column('key').doNothing())
      .executeTakeFirst();
    const isNew = inserted.numInsertedOrUpdatedRows === 1n;
    if (isNew && suppressed === null && connector !== null) await wakeAt(tx, connector, sendAfter, now);
  }
}

async function wakeAt(tx: Tx, connector: string, at: Date, now: Date): Promise<void> {
  const wake = { workflowId: noticesWorkflowId(connector), workflowType: 'connectorNotices' } as const;
  if (at.getTime() <= now.getTime()) await queueWakes(tx, [wake]);
  else await queueWakeAt(tx, wake, at);
}

/** The next message of a connector that is due, the longest waiting first. */
export async function nextDue(db: Reader, connector: string, now: Date): Promise<Notification | null> {
  const row = await db
    .selectFrom('notifications')
    .selectAll()
    .where('connector', '=', connector)
    .where('state', '=', 'queued')
    .where('next_try_at', '<=', now.toISOString())
    .orderBy('next_try_at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

/** Holds the message and the stream that it is about. `null` when there is none such. */
export async function lockNotification(
  tx: Tx,
  { id, stream }: Pick<Notification, 'id' | 'stream'>,
): Promise<Notification | null> {
  await lockStream(tx, stream);
  const row = await tx
    .selectFrom('notifications')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row ?? null;
}

/** Claims the send. @returns `true` for exactly one caller, until it is given back. */
export async function claimNotification(tx: Tx, id: string, textDigest: string, now: Date): Promise<boolean> {
  const updated = await tx
    .updateTable('notifications')
    .set({ state: 'sending', send_started_at: now, text_digest: textDigest })
    .where('id', '=', id)
    .where('state', '=', 'queued')
    .where('send_started_at', 'is', null)
    .executeTakeFirst();
  return updated.numUpdatedRows === 1n;
}

/** Nobody is told, and why. */
export async function suppressNotification(tx: Tx, id: string, why: string): Promise<void> {
  await tx
    .updateTable('notifications')
    .set({ state: 'suppressed', why })
    .where('id', '=', id)
    .where('state', '=', 'queued')
    .execute();
}

/** Gives the claim back: certainly nothing was sent. It is due again at `retryAt`. */
export async function releaseNotification(
  tx: Tx,
  { id, connector }: Pick<Notification, 'id' | 'connector'>,
  retryAt: Date,
  now: Date,
): Promise<void> {
  await tx
    .updateTable('notifications')
    .set({
      state: 'queued',
      send_started_at: null,
      text_digest: null,
      next_try_at: retryAt,
      tries: sql<number>`tries + 1`,
    })
    .where('id', '=', id)
    .where('state', '=', 'sending')
    .execute();
  if (connector !== null) await wakeAt(tx, connector, retryAt, now);
}

/** Puts off one that nobody has claimed. */
export async function deferNotification(
  tx: Tx,
  { id, connector }: Pick<Notification, 'id' | 'connector'>,
  retryAt: Date,
  now: Date,
): Promise<void> {
  await tx
    .updateTable('notifications')
    .set({ next_try_at: retryAt, tries: sql<number>`tries + 1` })
    .where('id', '=', id)
    .where('state', '=', 'queued')
    .execute();
  if (connector !== null) await wakeAt(tx, connector, retryAt, now);
}

export type SendOutcome =
  | { readonly outcome: 'sent' }
  | { readonly outcome: 'failed' | 'unknown'; readonly why: string };

/**
 * Records what became of a send, as a fact and in the row. A send that was given up as unknown and was answered all the same
 * counts as what the answer says.
 */
export async function recordOutcome(
  tx: Tx,
  notification: Notification,
  result: SendOutcome,
  now: Date,
): Promise<void> {
  const row = await lockNotification(tx, notification);
  const isOpen = row?.state === 'sending' || (row?.state === 'unknown' && result.outcome === 'sent');
  if (row === null || !isOpen) return;
  await appendFacts(tx, [factOf(row, result)], now);
  await tx
    .updateTable('notifications')
    .set({
      state: result.outcome,
      why: result.outcome === 'sent' ? null : result.why,
      answered_at: result.outcome === 'unknown' ? null : now,
      tries: sql<number>`tries + 1`,
    })
    .where('id', '=', row.id)
    .execute();
}

function factOf(row: Notification, result: SendOutcome): NewFact {
  const data = {
    notificationId: row.id,
    round: row.round,
    role: row.role,
    connector: row.connector ?? '',
    template: row.template,
    language: row.language,
  };
  const common = { stream: row.stream, actor: `connector:${row.connector ?? ''}` };
  if (result.outcome === 'sent')
    return { ...common, key: `notice.sent:${row.id}`, type: 'notice.sent', data };
  const { outcome, why } = result;
  return {
    ...common,
    key: `notice.failed:${row.id}`,
    type: 'notice.failed',
    data: { ...data, outcome, why },
  };
}

/** Messages of a connector whose send began and has no answer. */
export async function unanswered(db: Reader, connector: string): Promise<readonly Notification[]> {
  return db
    .selectFrom('notifications')
    .selectAll()
    .where('connector', '=', connector)
    .where('state', '=', 'sending')
    .orderBy('send_started_at')
    .execute();
}

/** Has the connector looked at again then: a send without an answer may be lost by that time. */
export async function lookAgainAt(db: Database, connector: string, at: Date): Promise<void> {
  await db.transaction().execute((tx) => wakeAt(tx, connector, at, new Date(0)));
}

export type Resend =
  | { readonly kind: 'ordered'; readonly notification: Notification }
  /** It is not one that can go out again, or it has been ordered to. */
  | { readonly kind: 'not-failed' | 'ordered-before' }
  | null;

/**
 * Has a message sent that failed, whose answer was lost, or that a backfill held back: somebody's decision, under a new id.
 *
 * @returns `null` when there is no such message.
 */
export async function resendNotification(tx: Tx, id: string, by: string, now: Date): Promise<Resend> {
  const known = await tx
    .selectFrom('notifications')
    .select(['id', 'stream'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (known === undefined) return null;
  const row = await lockNotification(tx, known);
  if (row === null) return null;
  // What was held back for its backfill only waits for somebody's word.
  const isHeldBack = row.state === 'suppressed' && row.why === 'backfill';
  if (row.state !== 'failed' && row.state !== 'unknown' && !isHeldBack) return { kind: 'not-failed' };
  const later = await tx
    .selectFrom('notifications')
    .select('id')
    .where('resend_of', '=', id)
    .executeTakeFirst();
  if (later !== undefined) return { kind: 'ordered-before' };
  const key = `${row.key}~again`;
  const newId = derivedId('notification', key);
  const { tries: _tries, why: _why, text_digest: _digest, answered_at: _answered, ...same } = row;
  const notification = await tx
    .insertInto('notifications')
    .values({
      ...same,
      id: newId,
      key,
      state: 'queued',
      why: null,
      created_at: now,
      send_after: now,
      next_try_at: now,
      send_started_at: null,
      answered_at: null,
      resend_of: id,
      ordered_by: by,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  const data = { notificationId: newId, round: row.round, resendOf: id, by };
  await appendFacts(
    tx,
    [
      {
        stream: row.stream,
        key: `notice.resend-ordered:${newId}`,
        type: 'notice.resend-ordered',
        actor: by,
        data,
      },
    ],
    now,
  );
  if (row.connector !== null) await wakeAt(tx, row.connector, now, now);
  return { kind: 'ordered', notification };
}
