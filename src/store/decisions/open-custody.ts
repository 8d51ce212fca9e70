import type { CustodyState } from '../../domain/custody-state.ts';
import { NotToDecide } from '../../domain/decisions.ts';
import { deviceStream } from '../../domain/fact.ts';
import type { Judgement, RuleContext } from '../../domain/judgement.ts';
import { custodyGates } from '../../domain/rules/custody.ts';
import type { DeviceGate } from '../../domain/gates.ts';
import type { Reader, Tx } from '../database.ts';
import { lockStream } from '../held-streams.ts';
import { loadCustody, readPolicy } from '../rule-facts.ts';
import type { Bound } from './decisions.ts';

/** The device's open custody, with its stream held. @throws NotToDecide when it has none. */
export async function lockOpenCustody(tx: Tx, deviceId: string): Promise<CustodyState> {
  await lockStream(tx, deviceStream(deviceId));
  const row = await tx
    .selectFrom('custodies')
    .select('epoch')
    .where('device_id', '=', deviceId)
    .where('state', '=', 'open')
    .executeTakeFirst();
  if (row === undefined) throw new NotToDecide('custody-not-open');
  return loadCustody(tx, deviceId, row.epoch);
}

/** How its gates stand now, by the policy it was opened under. */
export async function gatesNow(
  db: Reader,
  custody: CustodyState,
  now: Date,
): Promise<Readonly<Record<DeviceGate, Judgement>>> {
  return custodyGates(custody, await contextNow(db, custody, now));
}

export async function contextNow(db: Reader, custody: CustodyState, now: Date): Promise<RuleContext> {
  const { policyDigest } = custody;
  const policy = await readPolicy(db, policyDigest);
  // Which carrier and inventory there are decides how the workflow goes on, not how gates stand.
  return { policy, policyDigest, now: now.getTime(), carrier: null, inventory: null };
}

/** A subject on the device's own stream. */
export function boundTo(custody: CustodyState, subject: Bound['subject']): Bound {
  const { deviceId, epoch } = custody;
  const { caseId } = custody.opened.data;
  return { subject, stream: deviceStream(deviceId), round: epoch, caseId, deviceId };
}
