/** How a case stands at this moment: the domain's own judgement, made for the answer. */
import type { CaseState } from '../../domain/case-state.ts';
import type { CustodyState } from '../../domain/custody-state.ts';
import type { BlockedBy, GateStatus } from '../../domain/gates.ts';
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
