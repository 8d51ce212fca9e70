/** Commits what the rules want recorded of a case, in the transaction of the judgement. */
import type { CaseState } from '../domain/case-state.ts';
import { caseStream } from '../domain/fact.ts';
import type { Record as RuleRecord, RuleContext } from '../domain/judgement.ts';
import type { MatchedDevice } from '../domain/matching.ts';
import { RULES_VERSION } from '../domain/rules-version.ts';
import { openCustody, planCustody } from '../store/custodies.ts';
import type { CustodyOwner } from '../store/custodies.ts';
import type { Tx } from '../store/database.ts';
import { openException } from '../store/exceptions.ts';
import { appendFacts } from '../store/facts.ts';
import { lockStream } from '../store/held-streams.ts';
import type { EngineContext } from './context.ts';
import { commitShared } from './shared-records.ts';

/** Commits one record of a case's judgement. */
export async function commitCaseRecord(
  context: EngineContext,
  tx: Tx,
  state: CaseState,
  record: RuleRecord,
  rules: RuleContext,
  now: Date,
): Promise<void> {
  if (await commitShared(context, tx, { kind: 'case', state }, record, rules, now)) return;
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
    ...(state.opened.data.backfill === true ? { backfill: true } : {}),
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
  const { seq } = await lockStream(tx, caseStream(caseId));
  const data = {
    generation,
    outcome,
    factCount: seq + 1,
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
