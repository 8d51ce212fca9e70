/**
 * Gate `discovery`: satisfied only when every configured source has fully answered. None found is not none: an empty answer
 * is an answer, a source that is down is not.
 */
import type { CaseState } from '../case-state.ts';
import type { Act, Judgement, RuleContext, Step } from '../judgement.ts';
import { matchDevices } from '../matching.ts';
import type { MatchedDevice, SourceAnswer } from '../matching.ts';
import { through, waiting, withStep } from './standing.ts';
import { toMs } from '../time.ts';

export function judgeDiscovery(state: CaseState, context: RuleContext): Judgement<'discovery'> {
  const { opened } = state;
  if (opened.data.kind === 'retirement')
    return through('discovery', 'not-applicable', opened.at, [opened.key], 'named-by-hand');
  if (state.concluded !== null) {
    const evidence = [...state.answers.values(), ...state.lookUps.values()].map((fact) => fact.key);
    return through('discovery', 'satisfied', state.concluded.at, [...evidence, state.concluded.key]);
  }
  const started = state.started?.at ?? state.opened.at;
  const silent = silentSources(state);
  const down = silent.find((connector) => state.unanswered.has(connector));
  const judgement = waiting(
    {
      gate: 'discovery',
      state: 'in-progress',
      since: (down === undefined ? null : state.unanswered.get(down)?.at) ?? started,
      deviceId: null,
      block:
        down === undefined
          ? { kind: 'action', code: 'discovery-under-way', owner: 'handback' }
          : { kind: 'source', code: 'source-unanswered', owner: `source:${down}` },
      dueAt: toMs(started) + context.policy.discovery.dueMs,
      raised: state.escalations,
      exceptions: state.exceptions,
    },
    context,
  );
  return withStep(judgement, nextStep(state, silent));
}

function nextStep(state: CaseState, silent: readonly string[]): Step {
  if (silent.length > 0)
    return { do: 'act', acts: silent.map((connector): Act => ({ act: 'ask-source', connector })) };
  const lookUps = pendingLookUps(state);
  if (lookUps.length > 0)
    return { do: 'act', acts: lookUps.map((connector): Act => ({ act: 'look-up-serials', connector })) };
  return { do: 'record', records: [{ kind: 'conclude-discovery', devices: discoveredDevices(state) }] };
}

/** Configured sources that have not answered yet. */
function silentSources(state: CaseState): readonly string[] {
  return state.opened.data.sources
    .map(({ connector }) => connector)
    .filter((connector) => !state.answers.has(connector));
}

/** Serials that others know and this inventory did not name among the leaver's: it may hold them for somebody else. */
export function serialsToLookUp(state: CaseState, connector: string): readonly string[] {
  const serials = matchDevices(answersOf(state)).filter(
    (device) => !device.sightings.some((one) => one.connector === connector),
  );
  return serials.flatMap((device) => (device.serial === null ? [] : [device.serial]));
}

function pendingLookUps(state: CaseState): readonly string[] {
  return state.opened.data.sources
    .filter(
      ({ sourceKind, connector }) =>
        sourceKind === 'inventory' &&
        !state.lookUps.has(connector) &&
        serialsToLookUp(state, connector).length > 0,
    )
    .map(({ connector }) => connector);
}

/** Everything the sources said, matched into devices. */
export function discoveredDevices(state: CaseState): readonly MatchedDevice[] {
  return matchDevices(answersOf(state));
}

function answersOf(state: CaseState): readonly SourceAnswer[] {
  return [...state.answers.values(), ...state.lookUps.values()].map(({ data }) => ({
    connector: data.connector,
    sourceKind: data.sourceKind,
    sightings: data.sightings,
  }));
}
