/** What stands behind a command that reached the device manager: its one intent, and that one's approval. */
import type { Database } from '../../../src/store/database.ts';

export interface Approval {
  readonly id: string;
  readonly deviceId: string;
  readonly epoch: number;
  readonly basis: 'policy' | 'person';
  readonly mdmId: string;
  readonly decisionId: string | null;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** `null` when there is no claimed intent of that id with an approval of that very custody. */
export async function approvalOf(db: Database, intentId: string): Promise<Approval | null> {
  const row = await db
    .selectFrom('intents')
    .innerJoin('approvals', (join) =>
      join
        .onRef('approvals.id', '=', 'intents.approval_id')
        .onRef('approvals.device_id', '=', 'intents.device_id')
        .onRef('approvals.epoch', '=', 'intents.epoch')
        .onRef('approvals.action_hash', '=', 'intents.action_hash'),
    )
    .select([
      'approvals.id',
      'approvals.device_id',
      'approvals.epoch',
      'approvals.basis',
      'approvals.decision_id',
    ])
    .select(['approvals.expires_at', 'intents.target'])
    .where('intents.id', '=', intentId)
    .where('intents.kind', '=', 'wipe')
    .where('intents.send_started_at', 'is not', null)
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    id: row.id,
    deviceId: row.device_id,
    epoch: row.epoch,
    basis: row.basis,
    mdmId: row.target,
    decisionId: row.decision_id,
    expiresAt: Date.parse(row.expires_at),
  };
}
