/** Two people declare a device lost: it stands for the return, and for the wipe that stays queued. */
import { NotToDecide } from '../../domain/decisions.ts';
import type { DeviceSubject } from '../../domain/decisions.ts';
import { deviceStream } from '../../domain/fact.ts';
import type { Tx } from '../database.ts';
import { appendFacts } from '../facts.ts';
import type { DecisionRow } from '../read/decisions.ts';
import type { Bound } from './decisions.ts';
import { boundTo, lockOpenCustody } from './open-custody.ts';
import { settleWipeExceptions } from './settle-wipe-exceptions.ts';

export async function bindLost(tx: Tx, deviceId: string): Promise<Bound> {
  const custody = await lockOpenCustody(tx, deviceId);
  if (custody.transferred !== null) throw new NotToDecide('handed-over');
  if (custody.lostReported === null) throw new NotToDecide('not-reported-lost');
  if (custody.lostDeclared !== null && custody.route === 'lost') throw new NotToDecide('same-route');
  const { serial } = custody.opened.data;
  return boundTo(custody, { kind: 'declare-lost', deviceId, epoch: custody.epoch, serial });
}

export async function declareLost(
  tx: Tx,
  row: DecisionRow,
  { deviceId, epoch }: DeviceSubject,
  by: string,
  now: Date,
): Promise<void> {
  const custody = await lockOpenCustody(tx, deviceId);
  const stream = deviceStream(deviceId);
  const decisionId = row.id;
  await appendFacts(
    tx,
    [
      {
        stream,
        key: `route.changed:${decisionId}`,
        type: 'route.changed',
        actor: by,
        data: { epoch, decisionId, from: custody.route, to: 'lost', reviewAt: null },
      },
      {
        stream,
        key: `lost.declared:${decisionId}`,
        type: 'lost.declared',
        actor: by,
        data: { epoch, decisionId },
      },
    ],
    now,
  );
  await tx
    .updateTable('custodies')
    .set({ route: 'lost' })
    .where('device_id', '=', deviceId)
    .where('epoch', '=', epoch)
    .execute();
  await settleWipeExceptions(tx, custody, 'declared-lost', by, now);
}
