/** `audit/times.json`: when each gate of the sampled cases was through, against the policy then in force; and every missed deadline. */
import { foldCase } from '../../../domain/case-state.ts';
import { foldCustody } from '../../../domain/custody-state.ts';
import type { AnyFact } from '../../../domain/fact.ts';
import { isThrough } from '../../../domain/gates.ts';
import type { GateStatus } from '../../../domain/gates.ts';
import type { Judgement, RuleContext } from '../../../domain/judgement.ts';
import { milestones } from '../../../domain/milestones.ts';
import type { Milestones } from '../../../domain/milestones.ts';
import type { Policy } from '../../../domain/policy.ts';
import { caseGates } from '../../../domain/rules/case.ts';
import { custodyGates } from '../../../domain/rules/custody.ts';
import { toMs } from '../../../domain/time.ts';
import { inLedgerOrder, isOf, placeOf, streamsOf } from './pack-facts.ts';
import type { PackFacts } from './pack-facts.ts';

export interface GateTime {
  readonly gate: string;
  readonly state: string;
  readonly since: string;
  readonly basis: string | null;
  /** By the rules and the policy of that moment; `null` where nothing was due. */
  readonly dueAt: string | null;
  readonly late: boolean;
  /** Indexes of events in the pack. */
  readonly events: readonly number[];
}

interface DeviceTimes {
  readonly deviceId: string;
  readonly epoch: number;
  readonly policy: string;
  readonly gates: readonly GateTime[];
}

export interface Times {
  readonly sampled: readonly {
    readonly caseId: string;
    readonly generation: number;
    readonly policy: string;
    readonly effectiveAt: string;
    readonly milestones: Milestones;
    readonly gates: readonly GateTime[];
    readonly devices: readonly DeviceTimes[];
  }[];
  /** Of all cases of the population and their devices. Healed later or not. */
  readonly breaches: readonly {
    readonly stream: string;
    readonly round: number;
    readonly trigger: string;
    readonly owner: string;
    readonly startedAt: string;
    readonly dueAt: string;
    readonly recordedAt: string;
    readonly event: number | null;
  }[];
}

interface Judging {
  readonly facts: PackFacts;
  readonly policies: ReadonlyMap<string, Policy>;
  /** When the pack was made: what has not ended stands as of then. */
  readonly exportedAt: string;
}

/** @param sampled Ids of cases. */
export function timesOf(sampled: Iterable<string>, judging: Judging): Times {
  const { facts } = judging;
  return {
    sampled: [...new Set(sampled)].toSorted().flatMap((caseId) => {
      const own = facts.whole.get(`case:${caseId}`) ?? [];
      return own.filter(isOf('case.opened')).flatMap(({ data }) => caseTimes(own, data.generation, judging));
    }),
    breaches: inLedgerOrder(facts)
      .filter(isOf('deadline.breached'))
      .map((fact) => ({
        stream: fact.stream,
        ...fact.data,
        recordedAt: fact.at,
        event: placeOf(fact, facts),
      })),
  };
}

function caseTimes(own: readonly AnyFact[], generation: number, judging: Judging): Times['sampled'] {
  const state = foldCase(own, generation);
  if (state === null) return [];
  const { caseId, policyDigest: policy, effectiveAt } = state;
  const judge = (until: readonly AnyFact[], now: number): readonly GateStatus[] => {
    const then = foldCase(until, generation);
    const context = then === null ? null : contextAt(then.policyDigest, now, judging);
    return then === null || context === null ? [] : statuses(caseGates(then, context));
  };
  const end = (state.completed ?? state.cancelled)?.at ?? judging.exportedAt;
  const gates = judge(own, toMs(end));
  const devices = devicesOf(caseId, generation, judging);
  return [
    {
      caseId,
      generation,
      policy,
      effectiveAt,
      milestones: milestones({ state, gates, custodies: devices }),
      gates: gates.map((gate) => gateTime(gate, own, judge, { facts: judging.facts, end })),
      devices: devices.map(({ times }) => times),
    },
  ];
}

function devicesOf(caseId: string, generation: number, judging: Judging) {
  return [...streamsOf(judging.facts, 'device:')]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, own]) =>
      own
        .filter(isOf('custody.opened'))
        .filter(({ data }) => data.caseId === caseId && data.generation === generation)
        .flatMap(({ data }) => deviceTimes(own, data.epoch, judging)),
    );
}

function deviceTimes(own: readonly AnyFact[], epoch: number, judging: Judging) {
  const state = foldCustody(own, epoch);
  if (state === null) return [];
  const judge = (until: readonly AnyFact[], now: number): readonly GateStatus[] => {
    const then = foldCustody(until, epoch);
    const context = then === null ? null : contextAt(then.policyDigest, now, judging);
    return then === null || context === null ? [] : statuses(custodyGates(then, context));
  };
  const end = (state.closed ?? state.cancelled)?.at ?? judging.exportedAt;
  const gates = judge(own, toMs(end));
  const times: DeviceTimes = {
    deviceId: state.deviceId,
    epoch,
    policy: state.policyDigest,
    gates: gates.map((gate) => gateTime(gate, own, judge, { facts: judging.facts, end })),
  };
  return [{ gates, times }];
}

type Judge = (until: readonly AnyFact[], now: number) => readonly GateStatus[];

/** What was due is asked of the rules themselves: as of the moment before the gate was through, or of the end while it is not. */
function gateTime(
  { gate, state, since, basis, evidence, blockedBy }: GateStatus,
  own: readonly AnyFact[],
  judge: Judge,
  { facts, end }: { readonly facts: PackFacts; readonly end: string },
): GateTime {
  const through = isThrough(state);
  const waiting = through
    ? (judge(
        own.filter((fact) => toMs(fact.at) < toMs(since)),
        toMs(since) - 1,
      ).find((one) => one.gate === gate)?.blockedBy ?? [])
    : blockedBy;
  const dueAt = waiting.find((block) => block.dueAt !== null && !block.parked)?.dueAt ?? null;
  // What was called off before it was due is not late.
  const done = through ? since : end;
  return {
    gate,
    state,
    since,
    basis,
    dueAt,
    late: dueAt !== null && toMs(done) > toMs(dueAt),
    events: evidence.flatMap((key) => placeOf({ key }, facts) ?? []),
  };
}

function contextAt(digest: string, now: number, { policies }: Judging): RuleContext | null {
  const policy = policies.get(digest);
  return policy === undefined ? null : { policy, policyDigest: digest, now, carrier: null, inventory: null };
}

function statuses(judgements: Readonly<Record<string, Judgement>>): readonly GateStatus[] {
  return Object.values(judgements).map(({ status }) => status);
}
