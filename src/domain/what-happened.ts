/** What of an offboarding has happened already: stated when it is cancelled, since it cannot be undone by words. */
import type { CaseState } from './case-state.ts';
import type { CustodyState } from './custody-state.ts';

export interface WhatHappened {
  readonly done: readonly string[];
  readonly notDone: readonly string[];
}

export function whatHappened(state: CaseState, custodies: readonly CustodyState[]): WhatHappened {
  const steps: readonly (readonly [string, boolean])[] = [
    ['discovery', state.concluded !== null],
    ['access-cut', state.cuts.size > 0],
    ...custodies.flatMap((custody) => [
      [`wipe:${custody.deviceId}`, custody.wipes.some((wipe) => wipe.intended !== null)] as const,
      [`return:${custody.deviceId}`, custody.returned !== null] as const,
      [`itad-handoff:${custody.deviceId}`, custody.transferred !== null] as const,
    ]),
  ];
  return {
    done: steps.flatMap(([step, happened]) => (happened ? [step] : [])),
    notDone: steps.flatMap(([step, happened]) => (happened ? [] : [step])),
  };
}
