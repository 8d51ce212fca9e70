/** How a case stands at this moment: the domain's own judgement, made for the answer. */
import type { CaseState } from '../../domain/case-state.ts';
import type { CustodyState } from '../../domain/custody-state.ts';
import { isThrough } from '../../domain/gates.ts';
import type { BlockedBy, DeviceGate, GateStatus } from '../../domain/gates.ts';
import type { Judgement } from '../../domain/judgement.ts';
import { caseGates, completion, isBlocked, isStuck } from '../../domain/rules/case.ts';
import { custodyCompletion, custodyGates } from '../../domain/rules/custody.ts';
import type { Reader } from '../../store/database.ts';
import type { CaseRow } from '../../store/read/cases.ts';
import { loadCase, loadCustodiesOf } from '../../store/rule-facts.ts';
import type { ApiDeps } from '../deps.ts';
import { ruleContext } from '../rule-context.ts';

export interface CustodyStanding {
  readonly custody: CustodyState;
  readonly gates: readonly GateStatus[];
  readonly blockedBy: readonly BlockedBy[];
}

export interface CaseStanding {
  readonly state: CaseState;
  readonly gates: readonly GateStatus[];
  readonly custodies: readonly CustodyStanding[];
  /** Nothing, once the case has ended. */
  readonly blockedBy: readonly BlockedBy[];
  readonly complete: boolean;
  readonly blocked: boolean;
  readonly stuck: boolean;
}

export async function caseStanding(
  deps: ApiDeps,
  db: Reader,
  row: CaseRow,
  now: Date,
): Promise<CaseStanding> {
  const rules = await ruleContext(deps, db, row.policy_digest, now);
  const state = await loadCase(db, row.id, row.generation);
  const custodies = await loadCustodiesOf(db, row.id, row.generation);
  const ended = state.completed !== null || state.cancelled !== null;
  const result = completion(state, custodies, rules);
  const blockedBy = ended ? [] : result.blockedBy;
  return {
    state,
    gates: statuses(caseGates(state, rules)),
    custodies: await Promise.all(custodies.map((custody) => custodyStanding(deps, db, custody, now))),
    blockedBy,
    complete: state.completed !== null || (!ended && result.complete),
    blocked: isBlocked(blockedBy),
    stuck: isStuck(blockedBy, now.getTime()),
  };
}

/** A custody keeps the policy that it was opened under. */
export async function custodyStanding(
  deps: ApiDeps,
  db: Reader,
  custody: CustodyState,
  now: Date,
): Promise<CustodyStanding> {
  const rules = await ruleContext(deps, db, custody.policyDigest, now);
  const ended = custody.closed !== null || custody.cancelled !== null;
  return {
    custody,
    gates: statuses(custodyGates(custody, rules)),
    blockedBy: ended ? [] : custodyCompletion(custody, rules).blockedBy,
  };
}

function statuses(judgements: Readonly<Record<string, Judgement>>): readonly GateStatus[] {
  return Object.values(judgements).map((judgement) => judgement.status);
}

export interface Milestones {
  readonly accessSecured: string | null;
  readonly dataSecured: string | null;
  readonly recovered: string | null;
  readonly closed: string | null;
}

/** What reviewers read. A leaver without devices has data secured and all recovered once discovery has shown so. */
export function milestones(standing: CaseStanding): Milestones {
  const discovery = standing.gates.find((gate) => gate.gate === 'discovery');
  const access = standing.gates.find((gate) => gate.gate === 'access-cut');
  const discovered = discovery !== undefined && isThrough(discovery.state) ? discovery.since : null;
  const expected = standing.state.concluded?.data.devices.length ?? 0;
  const whenAll = (gate: DeviceGate): string | null => {
    if (discovered === null || standing.custodies.length < expected) return null;
    const found = standing.custodies.map((one) => one.gates.find((status) => status.gate === gate));
    if (!found.every((status) => status !== undefined && isThrough(status.state))) return null;
    return [discovered, ...found.map((status) => status?.since ?? discovered)].toSorted().at(-1) ?? null;
  };
  return {
    accessSecured: access !== undefined && isThrough(access.state) ? access.since : null,
    dataSecured: whenAll('wipe'),
    recovered: whenAll('return'),
    closed: standing.state.completed?.at ?? null,
  };
}
