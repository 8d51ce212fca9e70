/** Changing the policy in force, and moving an open case to it: each by two people. */
import { NotToDecide } from '../../domain/decisions.ts';
import type { SubjectOf } from '../../domain/decisions.ts';
import { caseStream, deviceStream, SYSTEM_STREAM } from '../../domain/fact.ts';
import { wakeCase, wakeCustody } from '../cases.ts';
import type { Tx } from '../database.ts';
import { recordPolicyChange } from '../audits/installation.ts';
import { appendFacts } from '../facts.ts';
import { policyInForce } from '../policy-in-force.ts';
import type { DecisionRow } from '../read/decisions.ts';
import type { Bound } from './decisions.ts';

export async function bindPolicy(tx: Tx): Promise<Bound> {
  // Held, so that two who ask at once ask for one.
  await tx.selectFrom('policy_in_force').select('digest').forUpdate().execute();
  const { digest: from, proposed: to } = await policyInForce(tx);
  if (to === null) throw new NotToDecide('nothing-proposed');
  const subject = { kind: 'change-policy', from, to } as const;
  return { subject, stream: SYSTEM_STREAM, round: 0, caseId: null, deviceId: null };
}

/** New cases are opened under it from now on; open ones keep theirs. */
export async function changePolicy(
  tx: Tx,
  row: DecisionRow,
  { from, to }: SubjectOf<'change-policy'>,
  by: string,
  now: Date,
): Promise<void> {
  await tx
    .updateTable('policy_in_force')
    .set({ digest: to, since: now, decision_id: row.id, proposed_digest: null, proposed_at: null })
    .execute();
  await recordPolicyChange(tx, { decisionId: row.id, from, to }, by, now);
}

export async function bindMove(tx: Tx, caseId: string): Promise<Bound> {
  const row = await tx
    .selectFrom('cases')
    .select(['generation', 'state', 'policy_digest'])
    .where('id', '=', caseId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (row === undefined || (row.state !== 'open' && row.state !== 'scheduled'))
    throw new NotToDecide('case-not-open');
  const { digest: to } = await policyInForce(tx);
  const { generation, policy_digest: from } = row;
  if (from === to) throw new NotToDecide('same-policy');
  const subject = { kind: 'move-policy', caseId, generation, from, to } as const;
  return { subject, stream: caseStream(caseId), round: generation, caseId, deviceId: null };
}

/** The case and its open custodies are judged by the new policy from now on. */
export async function movePolicy(
  tx: Tx,
  row: DecisionRow,
  { caseId, generation, from, to }: SubjectOf<'move-policy'>,
  by: string,
  now: Date,
): Promise<void> {
  const fact = {
    stream: caseStream(caseId),
    key: `case.policy-moved:${row.id}`,
    type: 'case.policy-moved',
    actor: by,
    data: { generation, decisionId: row.id, from, to },
  } as const;
  await appendFacts(tx, [fact], now);
  await tx.updateTable('cases').set({ policy_digest: to }).where('id', '=', caseId).execute();
  const custodies = await tx
    .selectFrom('custodies')
    .select(['device_id', 'epoch'])
    .where('case_id', '=', caseId)
    .where('generation', '=', generation)
    .where('state', '=', 'open')
    .orderBy('device_id')
    .execute();
  for (const { device_id: deviceId, epoch } of custodies) {
    const moved = {
      stream: deviceStream(deviceId),
      key: `custody.policy-moved:${row.id}:${deviceId}`,
      type: 'custody.policy-moved',
      actor: by,
      data: { epoch, decisionId: row.id, from, to },
    } as const;
    await appendFacts(tx, [moved], now);
    await wakeCustody(tx, deviceId, epoch);
  }
  await wakeCase(tx, caseId, generation);
}
