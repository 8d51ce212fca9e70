/** One generation of a case as its facts tell it: a pure fold, the only reading of the case stream that rules use. */
import type { OpenException } from './custody-state.ts';
import { roundOf } from './fact.ts';
import type { AnyFact, Fact } from './fact.ts';

export interface CaseState {
  readonly caseId: string;
  readonly generation: number;
  readonly opened: Fact<'case.opened'>;
  /** When the leave takes effect by the latest word, ISO 8601 UTC. */
  readonly effectiveAt: string;
  /** What it is judged by. */
  readonly policyDigest: string;
  readonly waivers: readonly Fact<'gate.waived'>[];
  readonly started: Fact<'case.started'> | null;
  readonly cancelled: Fact<'case.cancelled'> | null;
  readonly completed: Fact<'case.completed'> | null;
  /** Latest answer by connector. */
  readonly answers: ReadonlyMap<string, Fact<'source.answered'>>;
  /** First failure to answer, by connector. */
  readonly unanswered: ReadonlyMap<string, Fact<'source.unanswered'>>;
  readonly lookUps: ReadonlyMap<string, Fact<'source.looked-up'>>;
  readonly concluded: Fact<'discovery.concluded'> | null;
  readonly cuts: ReadonlyMap<string, Fact<'access.cut'>>;
  readonly readBacks: ReadonlyMap<string, Fact<'access.read-back'>>;
  readonly exceptions: readonly OpenException[];
  readonly escalations: readonly Fact<'escalation.raised'>[];
}

interface Draft extends CaseState {
  effectiveAt: string;
  started: Fact<'case.started'> | null;
  cancelled: Fact<'case.cancelled'> | null;
  completed: Fact<'case.completed'> | null;
  answers: Map<string, Fact<'source.answered'>>;
  unanswered: Map<string, Fact<'source.unanswered'>>;
  lookUps: Map<string, Fact<'source.looked-up'>>;
  concluded: Fact<'discovery.concluded'> | null;
  cuts: Map<string, Fact<'access.cut'>>;
  readBacks: Map<string, Fact<'access.read-back'>>;
  policyDigest: string;
  exceptions: OpenException[];
  escalations: Fact<'escalation.raised'>[];
  waivers: Fact<'gate.waived'>[];
}

/**
 * Reads one generation out of a case's stream.
 *
 * @param facts The case's stream in the order of `seq`.
 * @returns `null` when the stream never opened that generation.
 */
export function foldCase(facts: readonly AnyFact[], generation: number): CaseState | null {
  let draft: Draft | null = null;
  for (const fact of facts) {
    if (fact.type === 'case.opened' && fact.data.generation === generation) draft = emptyCase(fact);
    if (draft !== null) apply(draft, fact, generation);
  }
  return draft;
}

function emptyCase(opened: Fact<'case.opened'>): Draft {
  return {
    caseId: opened.stream.slice('case:'.length),
    generation: opened.data.generation,
    opened,
    effectiveAt: opened.data.effectiveAt,
    policyDigest: opened.data.policyDigest,
    waivers: [],
    started: null,
    cancelled: null,
    completed: null,
    answers: new Map(),
    unanswered: new Map(),
    lookUps: new Map(),
    concluded: null,
    cuts: new Map(),
    readBacks: new Map(),
    exceptions: [],
    escalations: [],
  };
}

function apply(draft: Draft, fact: AnyFact, generation: number): void {
  if (fact.type === 'exception.resolved') {
    draft.exceptions = draft.exceptions.map((exception) =>
      exception.opened.data.exceptionId === fact.data.exceptionId
        ? { ...exception, resolved: fact }
        : exception,
    );
    return;
  }
  if (roundOf(fact) !== generation) return;
  switch (fact.type) {
    case 'case.rescheduled':
      draft.effectiveAt = fact.data.effectiveAt;
      return;
    case 'case.policy-moved':
      draft.policyDigest = fact.data.to;
      return;
    case 'gate.waived':
      draft.waivers.push(fact);
      return;
    case 'case.started':
      draft.started = fact;
      return;
    case 'case.cancelled':
      draft.cancelled = fact;
      return;
    case 'case.completed':
      draft.completed = fact;
      return;
    case 'source.answered':
      draft.answers.set(fact.data.connector, fact);
      return;
    case 'source.unanswered':
      if (!draft.unanswered.has(fact.data.connector)) draft.unanswered.set(fact.data.connector, fact);
      return;
    case 'source.looked-up':
      draft.lookUps.set(fact.data.connector, fact);
      return;
    case 'discovery.concluded':
      draft.concluded = fact;
      return;
    case 'access.cut':
      draft.cuts.set(fact.data.connector, fact);
      return;
    case 'access.read-back':
      draft.readBacks.set(fact.data.connector, fact);
      return;
    case 'exception.opened':
      draft.exceptions.push({ opened: fact, resolved: null });
      return;
    case 'escalation.raised':
      draft.escalations.push(fact);
      return;
    default:
  }
}
