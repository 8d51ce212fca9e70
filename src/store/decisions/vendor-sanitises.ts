/** Two people let a device leave with its data, sealed: the vendor's certificate then proves wipe and handoff together. */
import { NotToDecide } from '../../domain/decisions.ts';
import type { DeviceSubject } from '../../domain/decisions.ts';
import { deviceStream } from '../../domain/fact.ts';
import { isThrough } from '../../domain/gates.ts';
import type { Tx } from '../database.ts';
import { appendFacts } from '../facts.ts';
import type { DecisionRow } from '../read/decisions.ts';
import type { Bound } from './decisions.ts';
import { boundTo, gatesNow, lockOpenCustody } from './open-custody.ts';
import { settleWipeExceptions } from './settle-wipe-exceptions.ts';

export async function bindDelegation(tx: Tx, deviceId: string, now: Date): Promise<Bound> {
  const custody = await lockOpenCustody(tx, deviceId);
  if (custody.route !== 'dispose') throw new NotToDecide('not-on-disposal');
  if (custody.delegated !== null) throw new NotToDecide('gate-through');
  if (isThrough((await gatesNow(tx, custody, now)).wipe.status.state)) throw new NotToDecide('wipe-proven');
  const { serial } = custody.opened.data;
  return boundTo(custody, { kind: 'vendor-sanitises', deviceId, epoch: custody.epoch, serial });
}

export async function delegate(
  tx: Tx,
  row: DecisionRow,
  { deviceId, epoch }: DeviceSubject,
  by: string,
  now: Date,
): Promise<void> {
  const custody = await lockOpenCustody(tx, deviceId);
  const fact = {
    stream: deviceStream(deviceId),
    key: `sanitisation.delegated:${deviceId}:${epoch}`,
    type: 'sanitisation.delegated',
    actor: by,
    data: { epoch, decisionId: row.id },
  } as const;
  await appendFacts(tx, [fact], now);
  await settleWipeExceptions(tx, custody, 'vendor-sanitises', by, now);
}
