/** Where a parcel is: a fact of its custody, by the carrier's word, which proves no return. */
import { sql } from 'kysely';
import type { HookContent } from '../adapters/webhook.ts';
import { deviceStream } from '../domain/fact.ts';
import type { NewFact } from '../domain/fact.ts';
import { announceCustody } from '../store/custody-news.ts';
import type { Tx } from '../store/database.ts';
import { appendFacts } from '../store/facts.ts';
import { lockStream } from '../store/held-streams.ts';
import { loadCustody, readPolicy } from '../store/rule-facts.ts';
import type { EngineContext } from './context.ts';
import { inTransaction } from '../store/transactions.ts';

/** Statuses after which somebody has to do something; the others are only news, and wake nobody. */
const TROUBLE = new Set(['return_to_sender', 'failure', 'cancelled', 'error']);

/**
 * Takes in one tracking, pushed or polled, in whatever order and however often they come; of an unknown parcel nothing is
 * kept.
 *
 * @returns Whether it was news.
 */
export async function takeTracking(
  context: EngineContext,
  connector: string,
  {
    trackingCode,
    status,
    occurredAt,
  }: Pick<Extract<HookContent, { kind: 'tracker' }>, 'trackingCode' | 'status' | 'occurredAt'>,
): Promise<boolean> {
  const now = context.clock();
  return inTransaction(context.db, async (tx) => {
    const tracker = await tx
      .selectFrom('trackers')
      .select(['device_id', 'epoch', 'purpose'])
      .where('tracking_code', '=', trackingCode)
      .executeTakeFirst();
    if (tracker === undefined) return false;
    const { device_id: deviceId, epoch, purpose } = tracker;
    const stream = deviceStream(deviceId);
    await lockStream(tx, stream);
    const type = purpose === 'box' ? 'return.box-tracked' : 'return.tracked';
    const fact: NewFact = {
      stream,
      key: `${type}:${trackingCode}:${status}:${occurredAt}`,
      type,
      actor: `connector:${connector}`,
      data: { epoch, trackingCode, status, occurredAt },
    };
    if ((await appendFacts(tx, [fact], now)).length === 0) return false;
    await tx
      .updateTable('trackers')
      .set({ status, occurred_at: occurredAt })
      .where('tracking_code', '=', trackingCode)
      // An older word that comes late is kept as a fact, and is not where the parcel is.
      .where((row) => row.or([row('occurred_at', 'is', null), row('occurred_at', '<=', occurredAt)]))
      .execute();
    if (TROUBLE.has(status)) await announceCustody(tx, deviceId, epoch, now);
    else await lookAgain(tx, deviceId, epoch, now);
    return true;
  });
}

/** A parcel that moves no more has no event of its own: somebody looks when it would count as lost. */
async function lookAgain(tx: Tx, deviceId: string, epoch: number, now: Date): Promise<void> {
  const custody = await loadCustody(tx, deviceId, epoch);
  const { lostInTransitAfterMs } = (await readPolicy(tx, custody.policyDigest)).return;
  const at = new Date(now.getTime() + lostInTransitAfterMs);
  await tx
    .updateTable('custodies')
    .set({ next_at: sql<string>`least(next_at, ${at}::timestamptz)` })
    .where('device_id', '=', deviceId)
    .where('epoch', '=', epoch)
    .where('state', '=', 'open')
    .execute();
}
