/** Two people approve one wipe of one device: at most one command comes of it, and only while nothing has changed. */
import type { CustodyState } from '../../domain/custody-state.ts';
import { NotToDecide } from '../../domain/decisions.ts';
import type { SubjectOf } from '../../domain/decisions.ts';
import { isOpen } from '../../domain/exceptions.ts';
import { deviceStream } from '../../domain/fact.ts';
import { isThrough } from '../../domain/gates.ts';
import { DECIDED_BY_APPROVAL } from '../../domain/rules/wipe-step.ts';
import { isUnderWay } from '../../domain/rules/wipe.ts';
import { recordIn } from '../../domain/rules/standing.ts';
import { wipeActionOf } from '../../domain/wipe-action.ts';
import { announceCustody } from '../custody-news.ts';
import type { Tx } from '../database.ts';
import { resolveException } from '../exceptions.ts';
import { appendFacts } from '../facts.ts';
import { derivedId } from '../ids.ts';
import type { DecisionRow } from '../read/decisions.ts';
import { actionHash } from '../wipe-intents.ts';
import type { Bound } from './decisions.ts';
import { boundTo, contextNow, gatesNow, lockOpenCustody } from './open-custody.ts';

export async function bindWipe(tx: Tx, deviceId: string, now: Date): Promise<Bound> {
  const custody = await lockOpenCustody(tx, deviceId);
  if (custody.route === 'personal' || custody.route === 'legal-retention')
    throw new NotToDecide('route-has-no-wipe');
  if (recordIn(custody, 'mdm') === null) throw new NotToDecide('device-unmanaged');
  const { ownership } = custody.opened.data;
  if (ownership !== 'corporate' && !(ownership === 'leased' && custody.route === 'lessor-return'))
    throw new NotToDecide('device-personal');
  const gates = await gatesNow(tx, custody, now);
  if (isThrough(gates.wipe.status.state)) throw new NotToDecide('wipe-proven');
  if (isUnderWay(custody, await contextNow(tx, custody, now))) throw new NotToDecide('wipe-under-way');
  const action = wipeActionOf(custody);
  return boundTo(custody, {
    kind: 'approve-wipe',
    deviceId,
    epoch: custody.epoch,
    serial: action.serial,
    mdmId: action.mdmId,
    actionHash: actionHash(action),
    attempt: custody.wipes.length + 1,
  });
}

export async function approveWipe(
  tx: Tx,
  row: DecisionRow,
  subject: SubjectOf<'approve-wipe'>,
  by: string,
  now: Date,
): Promise<void> {
  const { deviceId, epoch, attempt } = subject;
  const custody = await lockOpenCustody(tx, deviceId);
  const { policyDigest } = custody;
  const { policy } = await contextNow(tx, custody, now);
  const approvalId = derivedId('approval', `wipe:${row.id}`);
  const expiresAt = new Date(now.getTime() + policy.wipe.approvalLifeMs).toISOString();
  await tx
    .insertInto('approvals')
    .values({
      id: approvalId,
      kind: 'wipe',
      device_id: deviceId,
      epoch,
      basis: 'person',
      action_hash: subject.actionHash,
      policy_digest: policyDigest,
      requested_by: row.requested_by,
      approved_by: by,
      created_at: now,
      expires_at: expiresAt,
      decision_id: row.id,
    })
    .execute();
  await resolveDecided(tx, custody, by, now);
  const data = {
    epoch,
    approvalId,
    basis: 'person',
    policyDigest,
    actionHash: subject.actionHash,
    expiresAt,
    attempt,
    decisionId: row.id,
  } as const;
  const stream = deviceStream(deviceId);
  await appendFacts(
    tx,
    [{ stream, key: `wipe.approved:${approvalId}`, type: 'wipe.approved', actor: by, data }],
    now,
  );
  await announceCustody(tx, deviceId, epoch, now);
}

/** What asked for this very approval is answered by it. */
async function resolveDecided(tx: Tx, { exceptions }: CustodyState, by: string, now: Date): Promise<void> {
  for (const exception of exceptions) {
    const { exceptionId, code } = exception.opened.data;
    if (!isOpen(exception) || !DECIDED_BY_APPROVAL.has(code)) continue;
    await resolveException(tx, { exceptionId, outcome: 'approved', reason: 'a wipe was approved', by }, now);
  }
}
