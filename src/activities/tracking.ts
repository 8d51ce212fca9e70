/** Where a parcel is: a fact of its custody, by the carrier's word, which proves no return. */
import { sql } from 'kysely';
import type { HookContent } from '../adapters/webhook.ts';
import { deviceStream } from '../domain/fact.ts';
import { announceCustody } from '../store/custody-news.ts';
import type { Tx } from '../store/database.ts';
import { appendFacts } from '../store/facts.ts';
import { loadCustody, readPolicy } from '../store/rule-facts.ts';
import type { EngineContext } from './context.ts';
import { inTransaction } from '../store/transactions.ts';

/** Statuses after which somebody has to do something; the others are only news, and wake nobody. */
const TROUBLE = new Set(['return_to_sender', 'failure', 'cancelled', 'error']);

/** Takes in one tracking, in whatever order they come; of an unknown parcel nothing is kept. */
export async function takeTracking(
  context: EngineContext,
  connector: string,
  { trackingCode, status, occurredAt }: Extract<HookContent, { kind: 'tracker' }>,
): Promise<void> {
  const now = context.clock();
  await inTransaction(context.db, async (tx) => {
    const tracker = await tx
      .selectFrom('trackers')
      .select(['device_id', 'epoch'])
      .where('tracking_code', '=', trackingCode)
      .executeTakeFirst();
    if (tracker === undefined) return;
    const { device_id: deviceId, epoch } = tracker;
    const key = `return.tracked:${trackingCode}:${status}:${occurredAt}`;
    const data = { epoch, trackingCode, status, occurredAt };
    const fact = { key, type: 'return.tracked', actor: `connector:${connector}`, data } as const;
    await appendFacts(tx, [{ stream: deviceStream(deviceId), ...fact }], now);
    await tx.updateTable('trackers').set({ status }).where('tracking_code', '=', trackingCode).execute();
    if (TROUBLE.has(status)) await announceCustody(tx, deviceId, epoch, now);
    else await lookAgain(tx, deviceId, epoch, now);
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
