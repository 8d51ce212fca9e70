/**
 * Gate `access-cut`: the account disabled, its sessions and grants revoked, at every identity provider that knows the
 * person, read back item by item. It follows discovery, yet a source that is down delays it only so long.
 */
import type { AccessItemReading } from '../access.ts';
import type { CaseState } from '../case-state.ts';
import { blockingExceptions, lastDecided } from '../exceptions.ts';
import type { Act, Judgement, RuleContext, Step } from '../judgement.ts';
import { toMs } from '../time.ts';
import { raise, through, waiting, withStep } from './standing.ts';

export function judgeAccessCut(state: CaseState, context: RuleContext): Judgement<'access-cut'> {
  const open = openProviders(state);
  const readBacks = [...state.readBacks.values()];
  if (open.length === 0 && state.started !== null) {
    const since =
      readBacks
        .map((fact) => fact.at)
        .toSorted()
        .at(-1) ?? state.started.at;
    return through(
      'access-cut',
      'satisfied',
      since,
      readBacks.map((fact) => fact.key),
      readBacks.length === 0 ? 'no-account' : null,
    );
  }
  const started = state.started?.at ?? state.opened.at;
  const begins = toMs(started) + context.policy.accessCut.sourceDownDelayMs;
  const ready = state.concluded !== null || context.now >= begins;
  const judgement = waiting(
    {
      gate: 'access-cut',
      state: ready ? 'in-progress' : 'waiting',
      since: started,
      deviceId: null,
      block: ready
        ? { kind: 'action', code: 'access-not-cut', owner: 'handback' }
        : { kind: 'time', code: 'awaits-discovery', owner: 'handback' },
      dueAt: toMs(started) + context.policy.accessCut.dueMs,
      changesAt: ready ? null : begins,
      raised: state.escalations,
      exceptions: state.exceptions,
    },
    context,
  );
  if (!ready || blockingExceptions(state.exceptions, 'access-cut').length > 0) return judgement;
  return withStep(judgement, nextStep(state, open));
}

function nextStep(state: CaseState, open: readonly string[]): Step {
  const uncut = open.filter((connector) => state.readBacks.has(connector) && !wasDecided(state, connector));
  if (uncut.length > 0) return raise('access-still-open', 'access-cut', 'operator');
  return { do: 'act', acts: open.map((connector): Act => ({ act: 'cut-access', connector })) };
}

/** Identity providers whose access is not proven cut. One that answered that it knows no such person has nothing to cut. */
function openProviders(state: CaseState): readonly string[] {
  return state.opened.data.sources
    .filter(({ sourceKind }) => sourceKind === 'identity')
    .map(({ connector }) => connector)
    .filter(
      (connector) => state.answers.get(connector)?.data.person !== 'unknown' && !isCut(state, connector),
    );
}

function isCut(state: CaseState, connector: string): boolean {
  const readBack = state.readBacks.get(connector);
  return readBack !== undefined && isAllCut(readBack.data.items);
}

/** Whether nothing of the access is left open. An empty list (no account there) has nothing open. */
export function isAllCut(items: readonly AccessItemReading[]): boolean {
  return items.every((item) => item.state !== 'open');
}

/** After a person decided the exception, the cut is tried again: the reading must then be younger than the decision. */
function wasDecided(state: CaseState, connector: string): boolean {
  return lastDecided(state.exceptions, 'access-still-open') > (state.readBacks.get(connector)?.seq ?? 0);
}
