/** How the gates of a pack's subject stand, each with the facts that it rests on: the domain's own judgement. */
import type { CaseState } from '../../../domain/case-state.ts';
import type { CustodyState } from '../../../domain/custody-state.ts';
import type { AnyFact } from '../../../domain/fact.ts';
import type { GateStatus } from '../../../domain/gates.ts';
import type { RuleContext } from '../../../domain/judgement.ts';
import { caseGates } from '../../../domain/rules/case.ts';
import { custodyGates } from '../../../domain/rules/custody.ts';
import { toMs } from '../../../domain/time.ts';
import type { ReportContents } from '../build.ts';
import { casesIn, custodiesIn } from '../claim.ts';

export interface Standing<S> {
  readonly state: S;
  readonly gates: readonly GateStatus[];
}

/** As of their end, or of the export while they have none. */
export function caseStandings(contents: ReportContents): readonly Standing<CaseState>[] {
  const { manifest, streams } = contents;
  return casesIn(manifest.subject, streams).map((state) => {
    const context = contextAt(state.policyDigest, state.completed ?? state.cancelled, contents);
    const gates = context === null ? [] : Object.values(caseGates(state, context));
    return { state, gates: gates.map(({ status }) => status) };
  });
}

export function custodyStandings(contents: ReportContents): readonly Standing<CustodyState>[] {
  return custodiesIn(contents.manifest.subject, contents.streams).map((state) => {
    const context = contextAt(state.policyDigest, state.closed ?? state.cancelled, contents);
    const gates = context === null ? [] : Object.values(custodyGates(state, context));
    return { state, gates: gates.map(({ status }) => status) };
  });
}

function contextAt(
  digest: string,
  end: AnyFact | null,
  { policies, manifest }: ReportContents,
): RuleContext | null {
  const policy = policies.get(digest);
  if (policy === undefined) return null;
  return {
    policy,
    policyDigest: digest,
    now: toMs(end?.at ?? manifest.exportedAt),
    carrier: null,
    inventory: null,
  };
}
