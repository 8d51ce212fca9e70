/** Snipe-IT's rows in our words. */
import { OWNERSHIPS, PLATFORMS } from '../../../domain/platform.ts';
import type { Ownership, Platform } from '../../../domain/platform.ts';
import { allowed, idOnly, presence } from '../../redact.ts';
import type { RedactedAnswer } from '../../../domain/redacted-answer.ts';
import type { Asset, AssetOutcome, AssetState } from '../port.ts';
import type { AssetRow } from './schema.ts';
import type { SnipeitSettings } from './settings.ts';
import { referenceInNotes, unescapeHtml } from './text.ts';

/** `heldBySubject`: whether the caller knows the assignee to be the person asked about. */
export function toAsset(row: AssetRow, settings: SnipeitSettings, heldBySubject: boolean): Asset {
  return {
    externalId: String(row.id),
    serial: textOrNull(row.serial),
    manufacturer: textOrNull(row.manufacturer?.name),
    model: textOrNull(row.model?.name),
    assetTag: textOrNull(row.asset_tag),
    platform: platformOf(row, settings),
    ownership: ownershipOf(row, settings),
    holderExternalId: holderOf(row),
    heldBySubject,
    // The books know check-outs and audits, not life.
    lastSeenAt: null,
    state: stateOf(row, settings),
    label: textOrNull(row.status_label?.name) ?? '',
    disposalReference: referenceOf(row, settings),
  };
}

/** What of a row is handed out as Snipe-IT's own answer. Never the notes, and of whoever has it only that somebody does. */
const ANSWERED = ['id', 'serial', 'byod'] as const;
const ANSWERED_LABEL = ['id', 'name', 'status_type', 'status_meta'] as const;

export function answerOf(row: AssetRow, { referenceField }: SnipeitSettings): RedactedAnswer {
  return {
    ...allowed(row, ANSWERED),
    asset_tag: idOnly(row.asset_tag),
    status_label: row.status_label === null ? null : allowed(row.status_label, ANSWERED_LABEL),
    assigned_to: presence(row.assigned_to),
    ...(referenceField !== 'notes' && {
      custom_fields: [{ field: referenceField, value: idOnly(customField(row, referenceField)) }],
    }),
  };
}

/** Whether the row is a record in force; deleted ones are still shown by some calls. */
export function inForce(row: AssetRow): boolean {
  return row.deleted_at === null || row.deleted_at === undefined;
}

/** Id of the user who holds it; assets checked out to a place or to another asset are held by no person. */
export function holdingUser(row: AssetRow): number | null {
  return row.assigned_to?.type === 'user' ? row.assigned_to.id : null;
}

/** Users by their id, anything else with its kind before the id, so that "assigned to nobody" stays certain. */
export function holderOf(row: AssetRow): string | null {
  if (row.assigned_to === null) return null;
  const { id, type } = row.assigned_to;
  return type === 'user' ? String(id) : `${type}:${id}`;
}

/** The installation's label for an outcome. */
export function labelOf(outcome: AssetOutcome, { labels }: SnipeitSettings): string {
  switch (outcome) {
    case 'in-stock':
      return labels.inStock;
    case 'returned-to-lessor':
      return labels.returnedToLessor;
    case 'disposed':
    case 'sold':
    case 'lost':
    case 'found':
    case 'retained':
      return labels[outcome];
  }
}

/** Of outcomes that share a label the first here counts. */
const FINAL = ['disposed', 'returned-to-lessor', 'sold', 'found', 'retained'] as const;

/** `status_meta` is "deployed" for whatever is assigned, even under an archived label: so an assigned one is never disposed. */
function stateOf(row: AssetRow, settings: SnipeitSettings): AssetState {
  const label = textOrNull(row.status_label?.name);
  if (label === settings.labels.lost) return 'lost';
  if (row.assigned_to !== null || row.status_label?.status_meta === 'deployed') return 'in-use';
  const outcome = FINAL.find((each) => label === labelOf(each, settings));
  if (outcome !== undefined && label !== settings.labels.inStock) return outcome;
  if (label === settings.labels.inStock || row.status_label?.status_type === 'deployable') return 'in-stock';
  if (label !== null && label === settings.labels.left) return 'pending';
  return row.status_label?.status_type === 'pending' ? 'pending' : 'other';
}

function referenceOf(row: AssetRow, settings: SnipeitSettings): string | null {
  if (settings.referenceField !== 'notes') return customField(row, settings.referenceField);
  return row.notes === null ? null : referenceInNotes(row.notes);
}

function ownershipOf(row: AssetRow, settings: SnipeitSettings): Ownership {
  if (row.byod) return 'personal';
  if (settings.ownershipField === undefined) return 'corporate';
  const said = customField(row, settings.ownershipField)?.toLowerCase();
  return OWNERSHIPS.find((word) => word === said) ?? 'unknown';
}

function platformOf(row: AssetRow, settings: SnipeitSettings): Platform {
  const said =
    settings.platformField === undefined ? null : customField(row, settings.platformField)?.toLowerCase();
  const known = PLATFORMS.find((word) => word === said);
  const category = textOrNull(row.category?.name);
  return known ?? (category === null ? undefined : settings.platformOfCategory[category]) ?? 'unknown';
}

function customField(row: AssetRow, column: string): string | null {
  const field = Object.values(row.custom_fields).find((each) => each.field === column);
  return typeof field?.value === 'string' ? textOrNull(field.value) : null;
}

function textOrNull(text: string | null | undefined): string | null {
  const plain = unescapeHtml(text ?? '').trim();
  return plain === '' ? null : plain;
}
