/** Check `judgement`: whether the facts imply what is claimed, judged again by the rules that judged them. */
import { foldCase } from '../../../domain/case-state.ts';
import { foldCustody } from '../../../domain/custody-state.ts';
import type { CustodyState } from '../../../domain/custody-state.ts';
import type { AnyFact, Fact } from '../../../domain/fact.ts';
import type { RuleContext } from '../../../domain/judgement.ts';
import { completion } from '../../../domain/rules/case.ts';
import { judgeCustody } from '../../../domain/rules/custody.ts';
import { RULES_VERSION } from '../../../domain/rules-version.ts';
import { toMs } from '../../../domain/time.ts';
import { canonicalText } from '../../canonical.ts';
import { claimOf } from '../claim.ts';
import type { Manifest } from '../manifest.ts';
import type { Streams } from '../related-streams.ts';
import type { Policies } from './policy.ts';
import { counted, Findings } from './report.ts';
import type { CheckResult } from './report.ts';

export function checkJudgement(manifest: Manifest, streams: Streams, policies: Policies): CheckResult {
  const found = new Findings();
  try {
    // A period's numbers are checked with its files.
    const { period: numbers, ...claimed } = manifest.claim;
    if (numbers !== undefined && manifest.subject.kind !== 'period')
      found.wrong('Only the pack of a period claims numbers of a period.');
    if (canonicalText(claimOf(manifest.subject, streams)) !== canonicalText(claimed))
      found.wrong('The manifest claims something else than its facts say.');
    let judged = 0;
    for (const facts of streams.values())
      for (const fact of facts) {
        if (fact.type === 'custody.closed') judgeClosing(fact, facts, policies, found);
        else if (fact.type === 'case.completed') judgeCompletion(fact, facts, streams, policies, found);
        else continue;
        judged += 1;
      }
    found.looked = `${counted(judged, 'conclusion')} by rules ${RULES_VERSION}`;
  } catch (error) {
    // Facts that are not of the shape that the rules read.
    if (!(error instanceof TypeError) && !(error instanceof RangeError)) throw error;
    found.wrong('A fact is not of the shape that the rules read, so nothing follows from it.');
  }
  return found.result('judgement');
}

function judgeClosing(
  closed: Fact<'custody.closed'>,
  facts: readonly AnyFact[],
  policies: Policies,
  found: Findings,
): void {
  const { epoch, disposition } = closed.data;
  const what = `${closed.stream}, epoch ${epoch}`;
  const custody = foldCustody(before(facts, closed.seq), epoch);
  const context = custody === null ? null : contextOf(custody.policyDigest, closed, policies);
  if (custody === null || context === null) {
    found.wrong(`${what} was closed without having been opened, or by a policy that is not here.`);
    return;
  }
  const { completion: result, steps } = judgeCustody(custody, context);
  if (!result.complete) {
    found.wrong(
      `${what} was closed, and its facts do not prove it: ${blocks(result.blockedBy)}.${elsewise(closed)}`,
    );
    return;
  }
  const step = steps['inventory-closure'];
  const closing =
    step.do === 'record' ? step.records.find((record) => record.kind === 'close-custody') : undefined;
  if (closing?.disposition !== disposition)
    found.wrong(
      `${what} was closed as ${disposition}, and its facts say ${closing?.disposition ?? 'otherwise'}.${elsewise(closed)}`,
    );
}

function judgeCompletion(
  completed: Fact<'case.completed'>,
  facts: readonly AnyFact[],
  streams: Streams,
  policies: Policies,
  found: Findings,
): void {
  const { generation, outcome } = completed.data;
  const what = `${completed.stream}, generation ${generation}`;
  const state = foldCase(before(facts, completed.seq), generation);
  const custodies = state === null ? [] : custodiesAt(state.caseId, generation, completed, streams);
  const context = state === null ? null : contextOf(state.policyDigest, completed, policies);
  if (state === null || context === null) {
    found.wrong(`${what} was completed without having been opened, or by a policy that is not here.`);
    return;
  }
  // What is read beside each other is not written at the same moment: judged when the last of it was there.
  const now = Math.max(
    context.now,
    ...custodies.map(({ closed }) => (closed === null ? 0 : toMs(closed.at))),
  );
  const result = completion(state, custodies, { ...context, now });
  if (!result.complete)
    found.wrong(
      `${what} is called completed, and its facts do not imply it: ${blocks(result.blockedBy)}.${elsewise(completed)}`,
    );
  else if (result.outcome !== outcome)
    found.wrong(`${what} is called ${outcome}, and its facts imply ${result.outcome}.${elsewise(completed)}`);
}

/** The custodies that the case had opened, as they stood when it was completed. */
function custodiesAt(
  caseId: string,
  generation: number,
  completed: Fact<'case.completed'>,
  streams: Streams,
): readonly CustodyState[] {
  return [...streams].flatMap(([stream, facts]) => {
    if (!stream.startsWith('device:')) return [];
    return facts.flatMap((fact) => {
      if (fact.type !== 'custody.opened') return [];
      if (fact.data.caseId !== caseId || fact.data.generation !== generation) return [];
      return foldCustody(asOf(facts, fact.data.epoch, completed.at), fact.data.epoch) ?? [];
    });
  });
}

/** Everything up to the custody's closing, and whatever else was recorded by then. */
function asOf(facts: readonly AnyFact[], epoch: number, at: string): readonly AnyFact[] {
  const closing = facts.find((fact) => fact.type === 'custody.closed' && fact.data.epoch === epoch)?.seq ?? 0;
  return facts.filter((fact) => fact.seq <= closing || toMs(fact.at) <= toMs(at));
}

function before(facts: readonly AnyFact[], seq: number): readonly AnyFact[] {
  return facts.filter((fact) => fact.seq < seq);
}

/** The policy is the one that the facts had moved to by then, and that the conclusion says it was judged by. */
function contextOf(
  digest: string,
  conclusion: Fact<'case.completed'> | Fact<'custody.closed'>,
  policies: Policies,
): RuleContext | null {
  const policy = policies.get(digest);
  if (policy === undefined || conclusion.data.policyDigest !== digest) return null;
  // Carrier and inventory only say whom to ask next, never whether a gate is through.
  return { policy, policyDigest: digest, now: toMs(conclusion.at), carrier: null, inventory: null };
}

function blocks(blockedBy: readonly { readonly code: string; readonly deviceId: string | null }[]): string {
  const named = blockedBy.map(({ code, deviceId }) => (deviceId === null ? code : `${code} of ${deviceId}`));
  return named.length === 0 ? 'a gate is not through' : [...new Set(named)].join(', ');
}

function elsewise({ data }: Fact<'case.completed'> | Fact<'custody.closed'>): string {
  return data.rulesVersion === RULES_VERSION
    ? ''
    : ` (It was judged by rules ${data.rulesVersion}, and here by ${RULES_VERSION}: verify it with a version that has those.)`;
}
