/** Releasing a wipe limit that was reached, by two people who had the same list of held wipes in view. */
import { NotToDecide } from '../../domain/decisions.ts';
import { SYSTEM_STREAM } from '../../domain/fact.ts';
import type { Tx } from '../database.ts';
import { appendFacts } from '../facts.ts';
import { freeHeldWipes, heldWipes } from '../held-wipes.ts';
import type { DecisionRow } from '../read/decisions.ts';
import type { Bound } from './decisions.ts';

export async function bindRelease(tx: Tx): Promise<Bound> {
  const row = await tx
    .selectFrom('wipe_limits')
    .selectAll()
    .where('scope', '=', 'all')
    .forUpdate()
    .executeTakeFirstOrThrow();
  const { tripped_at: trippedAt, released_at: releasedAt } = row;
  if (trippedAt === null || (releasedAt !== null && releasedAt >= trippedAt))
    throw new NotToDecide('limit-not-reached');
  const wipes = await heldWipes(tx);
  const held = wipes.map((wipe) => ({
    deviceId: wipe.deviceId,
    epoch: wipe.epoch,
    approvalId: wipe.approvalId,
  }));
  const subject = { kind: 'release-wipe-limit', trippedAt, held } as const;
  return { subject, stream: SYSTEM_STREAM, round: 0, caseId: null, deviceId: null };
}

/** The window starts anew; each freed wipe is judged anew, and may be held again. */
export async function releaseLimit(tx: Tx, row: DecisionRow, by: string, now: Date): Promise<void> {
  await tx
    .updateTable('wipe_limits')
    .set({
      released_at: now,
      release_requested_by: row.requested_by,
      release_requested_at: row.requested_at,
      released_by: by,
      decision_id: row.id,
    })
    .where('scope', '=', 'all')
    .execute();
  const freed = await freeHeldWipes(tx, by, now);
  const fact = {
    stream: SYSTEM_STREAM,
    key: `limit.released:${row.id}`,
    type: 'limit.released',
    actor: by,
    data: { decisionId: row.id, freed },
  } as const;
  await appendFacts(tx, [fact], now);
}
