/**
 * Sends what waits for one notifier. Each message is claimed, sent once, and recorded; what nobody knows the end of is shown,
 * and never sent again by itself.
 */
import { ConnectorError } from '../../adapters/errors.ts';
import { UNUSABLE } from '../../adapters/notify/port.ts';
import type { Message, Notifier } from '../../adapters/notify/port.ts';
import type { Connected } from '../../adapters/connectors.ts';
import {
  claimNotification,
  deferNotification,
  lockNotification,
  lookAgainAt,
  nextDue,
  recordOutcome,
  releaseNotification,
  suppressNotification,
  unanswered,
} from '../../store/notifications.ts';
import type { Notification } from '../../store/notifications.ts';
import { inTransaction } from '../../store/transactions.ts';
import { connectorOf } from '../context.ts';
import type { EngineContext } from '../context.ts';
import { noteHealth } from '../poll.ts';
import { prepareNotice } from './prepare.ts';

/** First pause before a message is tried again, milliseconds; it doubles up to the longest pause of the installation. */
const FIRST_PAUSE_MS = 1_000;
/** How long after the last moment of a send its answer may still be on its way into the database, milliseconds. */
const GRACE_MS = 5_000;

/** Sends everything that is due. Ends early when the notifier can send nothing now: it is woken again in time. */
export async function sendNotices(
  context: EngineContext,
  { connector }: { readonly connector: string },
  beat: () => void = () => {},
): Promise<void> {
  const notifier = connectorOf(context.connectors.notify, connector);
  await settleLost(context, notifier);
  for (;;) {
    beat();
    const due = await nextDue(context.db, connector, context.clock());
    if (due === null) return;
    if ((await sendOne(context, notifier, due)) === 'stop') return;
  }
}

async function sendOne(
  context: EngineContext,
  notifier: Connected<Notifier>,
  due: Notification,
): Promise<'go-on' | 'stop'> {
  const claimed = await claimOrDefer(context, notifier, due);
  if (claimed === null) return 'go-on';
  context.crash('notice-claimed');
  try {
    await send(context, notifier, claimed);
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    await noteHealth(context, notifier.name, isOwnTo(error) ? null : error.code);
    return recordFailure(context, due, error);
  }
  context.crash('notice-sent');
  await inTransaction(context.db, (tx) => recordOutcome(tx, due, { outcome: 'sent' }, context.clock()));
  await noteHealth(context, notifier.name, null);
  return 'go-on';
}

interface Claimed {
  readonly message: Message;
  readonly at: Date;
}

/** Within the time of the claim: after that it counts as lost, and nothing may go out any more. */
function send(
  { clock }: EngineContext,
  { name, port }: Connected<Notifier>,
  { message, at }: Claimed,
): Promise<void> {
  const left = at.getTime() + port.sendLimitMs - clock().getTime();
  if (left <= 0) throw new ConnectorError('retryable', name, 'send message');
  return port.send(message, { signal: AbortSignal.timeout(left) });
}

/** One message that cannot be made must not keep the others from going out: it waits, and the fault shows in the log. */
async function claimOrDefer(
  context: EngineContext,
  notifier: Connected<Notifier>,
  due: Notification,
): Promise<Claimed | null> {
  try {
    return await claim(context, notifier, due);
  } catch (error) {
    const fields = { connector: notifier.name, notification: due.id };
    context.log.warn({ ...fields, error: error instanceof Error ? error.name : '' }, 'message not made');
    const now = context.clock();
    // Where the database itself is away this fails as well, and the whole is tried again.
    await inTransaction(context.db, (tx) => deferNotification(tx, due, pauseAfter(context, due, now), now));
    return null;
  }
}

function pauseAfter({ retryCapMs }: EngineContext, { tries }: Notification, now: Date): Date {
  return new Date(now.getTime() + Math.min(retryCapMs, FIRST_PAUSE_MS * 2 ** Math.min(tries, 16)));
}

/** @returns the message for the one caller who may send it; `null` when nobody is to be told, or somebody else tells them. */
async function claim(
  context: EngineContext,
  notifier: Connected<Notifier>,
  due: Notification,
): Promise<Claimed | null> {
  return inTransaction(context.db, async (tx) => {
    const row = await lockNotification(tx, due);
    if (row === null || row.state !== 'queued') return null;
    const now = context.clock();
    const prepared = await prepareNotice(context, tx, notifier, row, now);
    if (prepared.kind === 'suppressed') {
      await suppressNotification(tx, row.id, prepared.why);
      return null;
    }
    const isOurs = await claimNotification(tx, row.id, prepared.digest, now);
    return isOurs ? { message: prepared.message, at: now } : null;
  });
}

async function recordFailure(
  context: EngineContext,
  due: Notification,
  error: ConnectorError,
): Promise<'go-on' | 'stop'> {
  const now = context.clock();
  const { connector, id } = due;
  const fields = { connector: error.connector, notification: id, reason: error.code };
  if (error.code === 'outcome-unknown' || error.code === 'unexpected-answer') {
    context.log.warn(fields, 'message sent without a readable answer');
    await inTransaction(context.db, (tx) =>
      recordOutcome(tx, due, { outcome: 'unknown', why: error.code }, now),
    );
    return 'go-on';
  }
  const stops = isAboutConnector(error);
  const givesUp = now.getTime() > Date.parse(due.send_after) + context.notices.giveUpAfterMs;
  if (givesUp || (error.code !== 'retryable' && !stops)) {
    context.log.warn(fields, 'message could not be sent');
    await inTransaction(context.db, (tx) =>
      recordOutcome(tx, due, { outcome: 'failed', why: error.code }, now),
    );
    // The others have no wake of their own any more: each is tried, and waits or is given up by itself.
    return 'go-on';
  }
  const retryAt =
    error.retryAfterMs === undefined
      ? pauseAfter(context, due, now)
      : new Date(now.getTime() + error.retryAfterMs);
  await inTransaction(context.db, (tx) => releaseNotification(tx, { id, connector }, retryAt, now));
  return stops ? 'stop' : 'go-on';
}

/** The others that wait would fare no better now: throttled, not there, or not let in. */
function isAboutConnector({ code, status, vendorCode }: ConnectorError): boolean {
  if (code === 'retryable') return status === undefined || status === 429 || status === 421;
  return code === 'refused' && (status === 401 || status === 403 || UNUSABLE.has(vendorCode ?? ''));
}

/** The notifier is well, and answered about this one message. */
function isOwnTo(error: ConnectorError): boolean {
  const isAnswer = error.code === 'refused' || error.code === 'not-found' || error.code === 'conflict';
  return isAnswer && !isAboutConnector(error);
}

/** A send that began too long ago has no answer any more: its process ended. Younger ones are looked at again in time. */
async function settleLost(context: EngineContext, { name, port }: Connected<Notifier>): Promise<void> {
  const now = context.clock();
  for (const one of await unanswered(context.db, name)) {
    const lostAt = Date.parse(one.send_started_at ?? one.created_at) + port.sendLimitMs + GRACE_MS;
    if (lostAt > now.getTime()) {
      await lookAgainAt(context.db, name, new Date(lostAt));
      return;
    }
    context.log.warn({ connector: name, notification: one.id }, 'message begun and never answered');
    await inTransaction(context.db, (tx) =>
      recordOutcome(tx, one, { outcome: 'unknown', why: 'process-ended' }, now),
    );
  }
}
