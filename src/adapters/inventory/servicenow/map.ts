/** Hardware assets in our words. */
import type { Ownership, Platform } from '../../../domain/platform.ts';
import { idOnly, presence, timeOnly, wordOnly } from '../../redact.ts';
import type { RedactedAnswer } from '../../../domain/redacted-answer.ts';
import { DISPOSITION_WORDS, endsOwnership, namesDisposition } from '../port.ts';
import type { Asset, AssetClosure, AssetOutcome, AssetState } from '../port.ts';
import { SEPARATOR } from './choices.ts';
import type { Choices } from './choices.ts';
import { idOf, labelIn, valueOf } from './schema.ts';
import type { TableRow } from './schema.ts';
import type { ServiceNowSettings } from './settings.ts';

/** What is asked for of a hardware asset. */
export function assetFields(settings: ServiceNowSettings): readonly string[] {
  const { referenceField, dateField, dispositionField, depreciation, ownership } = settings;
  return [
    'serial_number',
    'asset_tag',
    'model.name',
    'model.manufacturer',
    'model_category',
    'assigned_to',
    'ci',
    'install_status',
    'substatus',
    'sys_mod_count',
    referenceField,
    dateField,
    ownership.field,
    ...(dispositionField === undefined ? [] : [dispositionField]),
    ...(depreciation === 'off' ? [] : [depreciation.field]),
  ];
}

export interface Beside {
  readonly heldBySubject: boolean;
  /** Software licences that are still allocated; `null` when nobody looked. */
  readonly licences: number | null;
}

export function toAsset(
  row: TableRow,
  choices: Choices,
  settings: ServiceNowSettings,
  { heldBySubject, licences }: Beside,
): Asset {
  const state = stateOf(row, choices, settings);
  const { depreciation, dispositionField } = settings;
  return {
    externalId: idOf(row),
    serial: orNull(valueOf(row, 'serial_number')),
    manufacturer: orNull(labelIn(row, 'model.manufacturer')),
    model: orNull(labelIn(row, 'model.name')),
    assetTag: orNull(valueOf(row, 'asset_tag')),
    platform: platformOf(row, settings),
    ownership: ownershipOf(row, settings),
    holderExternalId: holderOf(row),
    heldBySubject,
    // The books know assignments, not life.
    lastSeenAt: null,
    state,
    label: choices.labelOf(storedState(row)),
    disposalReference: orNull(valueOf(row, settings.referenceField)),
    books: {
      closedOn: orNull(valueOf(row, settings.dateField).slice(0, 10)),
      licences,
      depreciating: depreciation === 'off' ? null : valueOf(row, depreciation.field) !== depreciation.stopped,
      ...(dispositionField !== undefined && { disposition: orNull(valueOf(row, dispositionField)) }),
    },
  };
}

/**
 * What of a record is handed out as the instance's own answer, by the paths that were asked for; states with both value and
 * label. In the columns of reference and disposition people may write anything: what is no id is withheld.
 */
export function answerOf(row: TableRow, settings: ServiceNowSettings): RedactedAnswer {
  const { referenceField, dateField, dispositionField, depreciation } = settings;
  const value = (path: string) => orNull(valueOf(row, path).toWellFormed());
  const labelled = (path: string) => ({
    value: value(path),
    display_value: orNull(labelIn(row, path).toWellFormed()),
  });
  return {
    sys_id: value('sys_id'),
    sys_mod_count: value('sys_mod_count'),
    serial_number: value('serial_number'),
    asset_tag: idOnly(valueOf(row, 'asset_tag')),
    install_status: labelled('install_status'),
    substatus: labelled('substatus'),
    assigned_to: presence(valueOf(row, 'assigned_to')),
    [dateField]: timeOnly(valueOf(row, dateField)),
    [referenceField]: idOnly(valueOf(row, referenceField)),
    ...(dispositionField !== undefined && {
      [dispositionField]: wordOnly(valueOf(row, dispositionField), DISPOSITION_WORDS),
    }),
    ...(depreciation !== 'off' && { [depreciation.field]: presence(valueOf(row, depreciation.field)) }),
  };
}

/** Id of the user it is assigned to. */
export function holderOf(row: TableRow): string | null {
  return orNull(valueOf(row, 'assigned_to'));
}

/** The instance's state and substate for an outcome, by name. */
export function statesOf(outcome: AssetOutcome, { states }: ServiceNowSettings): string {
  switch (outcome) {
    case 'in-stock':
      return states.inStock;
    case 'returned-to-lessor':
      return states.returnedToLessor;
    case 'disposed':
    case 'sold':
    case 'lost':
    case 'found':
    case 'retained':
      return states[outcome];
  }
}

/** Nobody holds it, under the outcome's own state and substate, with reference and date; nothing left to release or to write off. */
export function isClosed(asset: Asset, closure: AssetClosure, settings: ServiceNowSettings): boolean {
  const { books, holderExternalId, label, disposalReference } = asset;
  const { state, reference, at } = closure;
  if (holderExternalId !== null || label !== statesOf(state, settings)) return false;
  if (reference !== null && disposalReference !== reference) return false;
  if (!namesDisposition(asset, closure)) return false;
  if (!endsOwnership(state)) return true;
  if (books === undefined || books.closedOn !== at.slice(0, 10) || books.depreciating === true) return false;
  return settings.licences === 'ignore' || books.licences === 0;
}

/** Of outcomes that share a state the first here counts. */
const FINAL = ['disposed', 'returned-to-lessor', 'sold', 'lost', 'found', 'retained', 'in-stock'] as const;

/** An asset that is assigned to somebody is in use, whatever its state says; a lost one is lost. */
function stateOf(row: TableRow, choices: Choices, settings: ServiceNowSettings): AssetState {
  const stored = choices.labelOf(storedState(row));
  const outcome = FINAL.find((each) => stored === statesOf(each, settings));
  if (outcome === 'lost') return outcome;
  const [state = '', substate = ''] = stored.split(SEPARATOR);
  if (holderOf(row) !== null || state === settings.inUse) return 'in-use';
  if (outcome !== undefined) return outcome;
  if (stored === settings.states.left) return 'pending';
  return /^pending /iu.test(substate) ? 'pending' : 'other';
}

function storedState(row: TableRow) {
  return { state: valueOf(row, 'install_status'), substate: valueOf(row, 'substatus') };
}

function ownershipOf(row: TableRow, { ownership }: ServiceNowSettings): Ownership {
  if (valueOf(row, ownership.field) === '') return ownership.empty;
  return ownership.labels[labelIn(row, ownership.field)] ?? 'unknown';
}

function platformOf(row: TableRow, { platformOfCategory }: ServiceNowSettings): Platform {
  return platformOfCategory[labelIn(row, 'model_category')] ?? 'unknown';
}

function orNull(text: string): string | null {
  return text === '' ? null : text;
}
