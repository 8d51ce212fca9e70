/** A device's way back as its facts tell it. */
import type { AnyFact, Fact } from './fact.ts';
import { toMs } from './time.ts';

/** A label, or the way out of a box that it lies in. */
export type Purchased = Fact<'return.label-bought' | 'return.box-sent'>;

/** What a carrier says of a label that nobody has used: it knows nothing, or only that there is one. */
export const UNUSED_STATUSES: ReadonlySet<string> = new Set(['unknown', 'pre_transit']);

export interface LabelRefund {
  readonly intended: Fact<'return.label-refund-intended'>;
  /** `null` until the carrier has answered. */
  readonly asked: Fact<'return.label-refund-asked'> | null;
}

export interface ReturnState {
  /** Every label and box that was bought, in the order in which that was recorded. */
  readonly purchases: readonly Purchased[];
  /** Codes of parcels of which a carrier has ever said more than that there is a label. */
  readonly moved: ReadonlySet<string>;
  /** Labels that nobody will use, whose money is asked back. */
  readonly refunds: readonly LabelRefund[];
  /** The latest that was bought. */
  readonly label: Fact<'return.label-bought'> | null;
  readonly labelUnknown: Fact<'return.label-unknown'> | null;
  readonly box: Fact<'return.box-sent'> | null;
  readonly boxUnknown: Fact<'return.box-unknown'> | null;
  /** The latest word on the latest empty box on its way out. */
  readonly boxTracked: Fact<'return.box-tracked'> | null;
  /** The latest word on the parcel on its way back, by the carrier's own time; once there is one on a later parcel, that counts. */
  readonly tracked: Fact<'return.tracked'> | null;
  readonly chased: readonly Fact<'return.chased'>[];
  readonly droppedOff: Fact<'return.dropped-off'> | null;
  readonly wrongUnits: readonly Fact<'return.wrong-unit'>[];
  readonly returned: Fact<'return.scanned'> | null;
  readonly inspections: readonly Fact<'device.inspected'>[];
}

export type ReturnDraft = { -readonly [K in keyof ReturnState]: ReturnState[K] } & {
  purchases: Purchased[];
  moved: Set<string>;
  refunds: LabelRefund[];
  chased: Fact<'return.chased'>[];
  wrongUnits: Fact<'return.wrong-unit'>[];
  inspections: Fact<'device.inspected'>[];
};

export function emptyReturn(): ReturnDraft {
  return {
    purchases: [],
    moved: new Set(),
    refunds: [],
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
      draft.purchases.push(fact);
      return;
    case 'return.label-unknown':
      draft.labelUnknown = fact;
      return;
    case 'return.box-sent':
      draft.box = fact;
      draft.purchases.push(fact);
      if (draft.boxTracked?.data.trackingCode !== fact.data.trackingCode) draft.boxTracked = null;
      return;
    case 'return.box-unknown':
      draft.boxUnknown = fact;
      return;
    case 'return.label-refund-intended':
      draft.refunds.push({ intended: fact, asked: null });
      return;
    case 'return.label-refund-asked':
      draft.refunds = draft.refunds.map((refund) =>
        refund.intended.data.intentId === fact.data.intentId ? { ...refund, asked: fact } : refund,
      );
      return;
    case 'return.box-tracked':
      noteMoved(draft, fact);
      if (isOf(draft.box, fact) !== false && isNewer(fact, draft.boxTracked)) draft.boxTracked = fact;
      return;
    case 'return.tracked':
      noteMoved(draft, fact);
      if (supersedes(fact, draft)) draft.tracked = fact;
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

type Tracked = Fact<'return.tracked' | 'return.box-tracked'>;

/** Whatever is said later: a parcel that was under way once has used its label. */
function noteMoved({ moved }: ReturnDraft, { data: { trackingCode, status } }: Tracked): void {
  if (!UNUSED_STATUSES.has(status)) moved.add(trackingCode);
}

/** Whether a word is about that parcel; `null` where none was bought. */
function isOf(
  bought: Fact<'return.label-bought' | 'return.box-sent'> | null,
  { data }: Tracked,
): boolean | null {
  return bought === null ? null : bought.data.trackingCode === data.trackingCode;
}

/** What is said late of an earlier parcel says nothing of the one that is under way. */
function supersedes(fact: Fact<'return.tracked'>, { label, tracked }: ReturnDraft): boolean {
  if (tracked === null) return true;
  const [isAbout, wasAbout] = [isOf(label, fact), isOf(label, tracked)];
  return isAbout === wasAbout ? isNewer(fact, tracked) : isAbout === true;
}

/** Carriers tell things twice and in any order: their own time decides, and of one moment the later word. */
function isNewer(fact: Tracked, known: Tracked | null): boolean {
  return known === null || toMs(known.data.occurredAt) <= toMs(fact.data.occurredAt);
}
