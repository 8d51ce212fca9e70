/** Wipes that may still change: what a sweep over one device manager goes by. */
import type { Platform } from '../domain/platform.ts';
import type { Reader } from './database.ts';

export interface PendingWipe {
  readonly intentId: string;
  readonly deviceId: string;
  readonly epoch: number;
  readonly caseId: string;
  /** The record that the command was for. */
  readonly mdmId: string;
  readonly sendStartedAt: string;
  readonly priorWipeStartedAt: string | null;
  readonly answer: 'accepted' | 'not-accepted' | 'unknown' | null;
  /** Of the last observation; `null`: nothing was observed yet. */
  readonly observedDigest: string | null;
  readonly custodyOpen: boolean;
  readonly platform: Platform;
  readonly policyDigest: string;
}

/** In the order of their ids. */
export async function pendingWipes(db: Reader, connector: string): Promise<readonly PendingWipe[]> {
  const rows = await db
    .selectFrom('intents')
    .innerJoin('custodies', (join) =>
      join
        .onRef('custodies.device_id', '=', 'intents.device_id')
        .onRef('custodies.epoch', '=', 'intents.epoch'),
    )
    .innerJoin('devices', 'devices.id', 'intents.device_id')
    .innerJoin('cases', 'cases.id', 'custodies.case_id')
    .select([
      'intents.id',
      'intents.device_id',
      'intents.epoch',
      'intents.target',
      'intents.send_started_at',
      'intents.prior_started_at',
      'intents.answer',
      'intents.observed_digest',
      'custodies.case_id',
      'custodies.state',
      'devices.platform',
      'cases.policy_digest',
    ])
    .where('intents.kind', '=', 'wipe')
    .where('intents.connector', '=', connector)
    .where('intents.settled_at', 'is', null)
    .where('intents.send_started_at', 'is not', null)
    .orderBy('intents.id')
    .execute();
  return rows.flatMap((row) =>
    row.send_started_at === null
      ? []
      : [
          {
            intentId: row.id,
            deviceId: row.device_id,
            epoch: row.epoch,
            caseId: row.case_id,
            mdmId: row.target,
            sendStartedAt: row.send_started_at,
            priorWipeStartedAt: row.prior_started_at,
            answer: row.answer,
            observedDigest: row.observed_digest,
            custodyOpen: row.state === 'open',
            platform: row.platform,
            policyDigest: row.policy_digest,
          },
        ],
  );
}
