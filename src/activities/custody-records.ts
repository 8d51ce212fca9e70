/** Commits what the rules want recorded of a custody, in the transaction of the judgement. */
import type { CustodyState } from '../domain/custody-state.ts';
import type { Disposition } from '../domain/disposition-end.ts';
import { deviceStream } from '../domain/fact.ts';
import type { Record as RuleRecord, RuleContext } from '../domain/judgement.ts';
import { RULES_VERSION } from '../domain/rules-version.ts';
import { wakeCase } from '../store/cases.ts';
import type { Tx } from '../store/database.ts';
import { appendFacts } from '../store/facts.ts';
import { lockStream } from '../store/held-streams.ts';
import { derivedId } from '../store/ids.ts';
import { actionHash } from '../store/wipe-intents.ts';
import type { EngineContext } from './context.ts';
import { commitShared } from './shared-records.ts';
import { wipeActionOf } from '../domain/wipe-action.ts';

/** Commits one record of a custody's judgement. */
export async function commitCustodyRecord(
  context: EngineContext,
  tx: Tx,
  state: CustodyState,
  record: RuleRecord,
  rules: RuleContext,
  now: Date,
): Promise<void> {
  if (await commitShared(context, tx, { kind: 'custody', state }, record, rules, now)) return;
  if (record.kind === 'approve-wipe') return approveByPolicy(tx, state, record.attempt, rules, now);
  if (record.kind === 'close-custody') return closeCustody(tx, state, record.disposition, rules, now);
  throw new Error(`a custody records no ${record.kind}`);
}

async function approveByPolicy(
  tx: Tx,
  state: CustodyState,
  attempt: number,
  rules: RuleContext,
  now: Date,
): Promise<void> {
  const { deviceId, epoch } = state;
  const approvalId = derivedId('approval', `wipe:${deviceId}:${epoch}:${attempt}`);
  const expires = new Date(now.getTime() + rules.policy.wipe.approvalLifeMs);
  const hash = actionHash(wipeActionOf(state));
  const { policyDigest } = rules;
  await tx
    .insertInto('approvals')
    .values({
      id: approvalId,
      kind: 'wipe',
      device_id: deviceId,
      epoch,
      basis: 'policy',
      action_hash: hash,
      policy_digest: policyDigest,
      requested_by: 'handback',
      approved_by: `policy:${policyDigest}`,
      created_at: now,
      expires_at: expires,
    })
    .execute();
  const data = {
    epoch,
    approvalId,
    basis: 'policy',
    policyDigest,
    actionHash: hash,
    expiresAt: expires.toISOString(),
    attempt,
  } as const;
  await appendFacts(
    tx,
    [
      {
        stream: deviceStream(deviceId),
        key: `wipe.approved:${approvalId}`,
        type: 'wipe.approved',
        actor: 'handback',
        data,
      },
    ],
    now,
  );
}

async function closeCustody(
  tx: Tx,
  state: CustodyState,
  disposition: Disposition,
  rules: RuleContext,
  now: Date,
): Promise<void> {
  const { deviceId, epoch } = state;
  const { caseId, generation } = state.opened.data;
  // By the stream's end, not by what was judged: a deadline that was missed may have been recorded since.
  const { seq } = await lockStream(tx, deviceStream(deviceId));
  const data = {
    epoch,
    caseId,
    disposition,
    factCount: seq + 1,
    rulesVersion: RULES_VERSION,
    policyDigest: rules.policyDigest,
  };
  await appendFacts(
    tx,
    [
      {
        stream: deviceStream(deviceId),
        key: `custody.closed:${deviceId}:${epoch}`,
        type: 'custody.closed',
        actor: 'handback',
        data,
      },
    ],
    now,
  );
  await tx
    .updateTable('custodies')
    .set({ state: 'closed', closed_at: now })
    .where('device_id', '=', deviceId)
    .where('epoch', '=', epoch)
    .execute();
  await wakeCase(tx, caseId, generation);
}
