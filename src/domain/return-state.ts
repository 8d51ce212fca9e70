/** A device's way back as its facts tell it. */
import type { AnyFact, Fact } from './fact.ts';
import { toMs } from './time.ts';

export interface ReturnState {
  readonly label: Fact<'return.label-bought'> | null;
  readonly labelUnknown: Fact<'return.label-unknown'> | null;
  readonly box: Fact<'return.box-sent'> | null;
  readonly boxUnknown: Fact<'return.box-unknown'> | null;
  /** The latest word on the empty box on its way out. */
  readonly boxTracked: Fact<'return.box-tracked'> | null;
  /** The latest word on the parcel on its way back, by the carrier's own time. */
  readonly tracked: Fact<'return.tracked'> | null;
  readonly chased: readonly Fact<'return.chased'>[];
  readonly droppedOff: Fact<'return.dropped-off'> | null;
  readonly wrongUnits: readonly Fact<'return.wrong-unit'>[];
  readonly returned: Fact<'return.scanned'> | null;
  readonly inspections: readonly Fact<'device.inspected'>[];
}

export type ReturnDraft = { -readonly [K in keyof ReturnState]: ReturnState[K] } & {
  chased: Fact<'return.chased'>[];
  wrongUnits: Fact<'return.wrong-unit'>[];
  inspections: Fact<'device.inspected'>[];
};

export function emptyReturn(): ReturnDraft {
  return {
    label: null,
    labelUnknown: null,
    box: null,
    boxUnknown: null,
    boxTracked: null,
    tracked: null,
    chased: [],
    droppedOff: null,
    wrongUnits: [],
    returned: null,
    inspections: [],
  };
}

/** Takes a fact of the way back in: others change nothing. */
export function applyReturn(draft: ReturnDraft, fact: AnyFact): void {
  switch (fact.type) {
    case 'return.label-bought':
      draft.label = fact;
      return;
    case 'return.label-unknown':
      draft.labelUnknown = fact;
      return;
    case 'return.box-sent':
      draft.box = fact;
      return;
    case 'return.box-unknown':
      draft.boxUnknown = fact;
      return;
    case 'return.box-tracked':
      if (isNewer(fact, draft.boxTracked)) draft.boxTracked = fact;
      return;
    case 'return.tracked':
      if (isNewer(fact, draft.tracked)) draft.tracked = fact;
      return;
    case 'return.chased':
      draft.chased.push(fact);
      return;
    case 'return.dropped-off':
      draft.droppedOff ??= fact;
      return;
    case 'return.wrong-unit':
      draft.wrongUnits.push(fact);
      return;
    case 'return.scanned':
      draft.returned ??= fact;
      return;
    case 'device.inspected':
      draft.inspections.push(fact);
      return;
    default:
  }
}

/** Carriers tell things twice and in any order: their own time decides, and of one moment the later word. */
function isNewer(
  fact: Fact<'return.tracked' | 'return.box-tracked'>,
  known: Fact<'return.tracked' | 'return.box-tracked'> | null,
): boolean {
  return known === null || toMs(known.data.occurredAt) <= toMs(fact.data.occurredAt);
}
