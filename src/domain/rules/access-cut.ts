/**
 * Gate `access-cut`: the account disabled, its sessions and grants revoked, at every identity provider that knows the
 * person, read back item by item. It follows discovery, yet a source that is down delays it only so long.
 */
import type { AccessItemReading } from '../access.ts';
import type { CaseState } from '../case-state.ts';
import { blockingExceptions, lastDecided } from '../exceptions.ts';
import type { Act, Judgement, RuleContext, Step } from '../judgement.ts';
import { earliest, toMs } from '../time.ts';
import { raise, through, waiting, withStep } from './standing.ts';

export function judgeAccessCut(state: CaseState, context: RuleContext): Judgement<'access-cut'> {
  const { opened } = state;
  if (opened.data.kind === 'retirement')
    return through('access-cut', 'not-applicable', opened.at, [opened.key], 'no-person');
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
      changesAt: ready
        ? earliest(...open.map((connector) => nextReading(state, connector, context)))
        : // Only a source that is down can make it begin by time alone; sources that answer wake it themselves.
          state.unanswered.size > 0
          ? begins
          : null,
      raised: state.escalations,
      exceptions: state.exceptions,
    },
    context,
  );
  if (!ready || blockingExceptions(state.exceptions, 'access-cut').length > 0) return judgement;
  return withStep(judgement, nextStep(state, open, context) ?? judgement.step);
}

/** `null` when there is only to wait. */
function nextStep(state: CaseState, open: readonly string[], context: RuleContext): Step | null {
  const readings = open.map((connector) => ({ connector, at: nextReading(state, connector, context) }));
  const due = readings.filter(({ at }) => at !== null && at <= context.now);
  if (due.length > 0)
    return { do: 'act', acts: due.map(({ connector }): Act => ({ act: 'cut-access', connector })) };
  const overdue = open.some((connector) => isOverdue(state, connector, context));
  return overdue ? raise('access-still-open', 'access-cut', 'operator') : null;
}

/**
 * When a provider is to be asked, epoch milliseconds: at once while it was never read or somebody has decided to try again;
 * then now and again until its settling time is over, since providers show what they have cut a little later. `null`: not
 * again.
 */
function nextReading(state: CaseState, connector: string, context: RuleContext): number | null {
  const readBack = state.readBacks.get(connector);
  if (readBack === undefined || wasDecided(state, connector)) return context.now;
  // No account was found there, and discovery has not answered yet: its answer decides.
  if (readBack.data.items.length === 0) return null;
  if (isOverdue(state, connector, context)) return null;
  return toMs(readBack.at) + context.policy.accessCut.settleMs / READINGS_PER_SETTLING;
}

const READINGS_PER_SETTLING = 10;

/** Whether the provider has had its time: from our cut on, or where it cuts by itself, until the gate's deadline. */
function isOverdue(state: CaseState, connector: string, { now, policy }: RuleContext): boolean {
  const readBack = state.readBacks.get(connector);
  if (readBack === undefined || readBack.data.items.length === 0) return false;
  const cut = state.cuts.get(connector);
  const limit =
    cut === undefined
      ? toMs(state.started?.at ?? state.opened.at) + policy.accessCut.dueMs
      : toMs(cut.at) + policy.accessCut.settleMs;
  return now >= limit;
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
  return readBack !== undefined && readBack.data.items.length > 0 && isAllCut(readBack.data.items);
}

/** Whether nothing of the access is left open. */
export function isAllCut(items: readonly AccessItemReading[]): boolean {
  return items.every((item) => item.state !== 'open');
}

/** After a person decided the exception, the cut is tried again: the reading must then be younger than the decision. */
function wasDecided(state: CaseState, connector: string): boolean {
  return lastDecided(state.exceptions, 'access-still-open') > (state.readBacks.get(connector)?.seq ?? 0);
}
