/** Commits what the rules want recorded, in the transaction of the judgement. */
import { caseStream, deviceStream } from '../domain/fact.ts';
import type { CaseState } from '../domain/case-state.ts';
import type { CustodyState } from '../domain/custody-state.ts';
import { timesOpened } from '../domain/exceptions.ts';
import type { Record as RuleRecord, RuleContext } from '../domain/judgement.ts';
import { RULES_VERSION } from '../domain/rules-version.ts';
import type { Tx } from '../store/database.ts';
import { openException } from '../store/exceptions.ts';
import { appendFacts } from '../store/facts.ts';
import { derivedId } from '../store/ids.ts';
import { wakeCase } from '../store/cases.ts';
import { openCustody, planCustody } from '../store/custodies.ts';
import type { CustodyOwner } from '../store/custodies.ts';
import { actionHash } from '../store/wipe-intents.ts';
import type { MatchedDevice } from '../domain/matching.ts';
import { wipeActionOf } from './wipe-action.ts';

/** The stream a judgement is about. */
type Subject =
  | { readonly kind: 'case'; readonly state: CaseState }
  | { readonly kind: 'custody'; readonly state: CustodyState };

/** Records of either kind of stream: facts as the rules made them, exceptions, escalations. */
async function commitShared(
  tx: Tx,
  subject: Subject,
  record: RuleRecord,
  rules: RuleContext,
  now: Date,
): Promise<boolean> {
  const stream =
    subject.kind === 'case' ? caseStream(subject.state.caseId) : deviceStream(subject.state.deviceId);
  const round = subject.kind === 'case' ? subject.state.generation : subject.state.epoch;
  switch (record.kind) {
    case 'fact':
      await appendFacts(
        tx,
        [{ ...record.fact, stream, actor: 'handback' } as Parameters<typeof appendFacts>[1][number]],
        now,
      );
      return true;
    case 'exception':
      await openException(
        tx,
        {
          stream,
          code: record.code,
          gate: record.gate,
          round,
          owner: record.owner,
          blocking: record.blocking,
          dueAt: new Date(now.getTime() + rules.policy.exceptions.dueMs),
          caseId: subject.kind === 'case' ? subject.state.caseId : subject.state.opened.data.caseId,
          deviceId: subject.kind === 'case' ? null : subject.state.deviceId,
          occurrence: String(timesOpened(subject.state.exceptions, record.code) + 1),
        },
        now,
      );
      return true;
    case 'escalation': {
      const { gate, exceptionId, rung, to, dueAt } = record;
      const key = `escalation.raised:${stream}:${round}:${exceptionId ?? gate}:${dueAt}:${rung}`;
      const data = { gate, exceptionId, round, rung, to, dueAt };
      await appendFacts(tx, [{ stream, key, type: 'escalation.raised', actor: 'handback', data }], now);
      return true;
    }
    default:
      return false;
  }
}

/** Commits one record of a custody's judgement. */
export async function commitCustodyRecord(
  tx: Tx,
  state: CustodyState,
  record: RuleRecord,
  rules: RuleContext,
  now: Date,
): Promise<void> {
  if (await commitShared(tx, { kind: 'custody', state }, record, rules, now)) return;
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
  disposition: 'destroyed' | 'sanitised',
  rules: RuleContext,
  now: Date,
): Promise<void> {
  const { deviceId, epoch } = state;
  const { caseId, generation } = state.opened.data;
  const data = {
    epoch,
    caseId,
    disposition,
    factCount: state.factCount + 1,
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

/** Commits one record of a case's judgement. */
export async function commitCaseRecord(
  tx: Tx,
  state: CaseState,
  record: RuleRecord,
  rules: RuleContext,
  now: Date,
): Promise<void> {
  if (await commitShared(tx, { kind: 'case', state }, record, rules, now)) return;
  switch (record.kind) {
    case 'start-case':
      return startCase(tx, state, rules, now);
    case 'conclude-discovery':
      return concludeDiscovery(tx, state, record.devices, rules, now);
    case 'open-custodies':
      return openCustodies(tx, state, rules, now);
    case 'complete-case':
      return completeCase(tx, state, record.outcome, rules, now);
    default:
      throw new Error(`a case records no ${record.kind}`);
  }
}

async function startCase(tx: Tx, state: CaseState, { policyDigest }: RuleContext, now: Date): Promise<void> {
  const { caseId, generation } = state;
  const key = `case.started:${caseId}:${generation}`;
  await appendFacts(
    tx,
    [
      {
        stream: caseStream(caseId),
        key,
        type: 'case.started',
        actor: 'handback',
        data: { generation, rulesVersion: RULES_VERSION, policyDigest },
      },
    ],
    now,
  );
  await tx.updateTable('cases').set({ state: 'open', started_at: now }).where('id', '=', caseId).execute();
}

function ownerOf(state: CaseState, rules: RuleContext): CustodyOwner {
  return {
    caseId: state.caseId,
    generation: state.generation,
    personId: state.opened.data.personId,
    policy: rules.policy,
    policyDigest: rules.policyDigest,
  };
}

async function concludeDiscovery(
  tx: Tx,
  state: CaseState,
  matched: readonly MatchedDevice[],
  rules: RuleContext,
  now: Date,
): Promise<void> {
  const { caseId, generation } = state;
  const devices = [];
  for (const device of matched) {
    // A record that only other people's holders name (found by its serial) is not the leaver's device.
    const planned =
      device.serial === null
        ? null
        : await planCustody(tx, ownerOf(state, rules), { ...device, serial: device.serial });
    if (planned !== null) devices.push(planned);
    else await raiseAtDiscovery(tx, state, device, rules, now);
  }
  const data = {
    generation,
    devices,
    sources: [...state.answers.keys()].toSorted(),
    rulesVersion: RULES_VERSION,
    policyDigest: rules.policyDigest,
  };
  await appendFacts(
    tx,
    [
      {
        stream: caseStream(caseId),
        key: `discovery.concluded:${caseId}:${generation}`,
        type: 'discovery.concluded',
        actor: 'handback',
        data,
      },
    ],
    now,
  );
}

/** A record that cannot be followed: without a usable serial, or already in somebody's custody. */
async function raiseAtDiscovery(
  tx: Tx,
  state: CaseState,
  device: MatchedDevice,
  rules: RuleContext,
  now: Date,
): Promise<void> {
  const [first] = device.sightings;
  await openException(
    tx,
    {
      stream: caseStream(state.caseId),
      code: device.serial === null ? 'device-without-serial' : 'device-in-other-custody',
      gate: null,
      round: state.generation,
      owner: 'asset-manager',
      blocking: true,
      dueAt: new Date(now.getTime() + rules.policy.exceptions.dueMs),
      caseId: state.caseId,
      deviceId: null,
      occurrence: device.serial ?? `${first?.connector ?? ''}:${first?.sighting.externalId ?? ''}`,
    },
    now,
  );
}

async function openCustodies(tx: Tx, state: CaseState, rules: RuleContext, now: Date): Promise<void> {
  for (const device of state.concluded?.data.devices ?? [])
    await openCustody(tx, ownerOf(state, rules), device, now);
}

async function completeCase(
  tx: Tx,
  state: CaseState,
  outcome: 'completed' | 'completed-with-waivers',
  rules: RuleContext,
  now: Date,
): Promise<void> {
  const { caseId, generation } = state;
  const data = {
    generation,
    outcome,
    factCount: state.factCount + 1,
    rulesVersion: RULES_VERSION,
    policyDigest: rules.policyDigest,
  };
  await appendFacts(
    tx,
    [
      {
        stream: caseStream(caseId),
        key: `case.completed:${caseId}:${generation}`,
        type: 'case.completed',
        actor: 'handback',
        data,
      },
    ],
    now,
  );
  await tx.updateTable('cases').set({ state: outcome, closed_at: now }).where('id', '=', caseId).execute();
}
