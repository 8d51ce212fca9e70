/** Rows of the table in our words. */
import { createHash } from 'node:crypto';
import { OWNERSHIPS, PLATFORMS } from '../../../domain/platform.ts';
import type { Ownership, Platform } from '../../../domain/platform.ts';
import { idOnly, presence, timeOnly, wordOnly } from '../../redact.ts';
import type { RedactedAnswer } from '../../../domain/redacted-answer.ts';
import { DISPOSITION_WORDS, endsOwnership, namesDisposition } from '../port.ts';
import type { Asset, AssetClosure, AssetOutcome, AssetState, PersonKeys } from '../port.ts';
import type { SqlSettings } from './settings.ts';
import { HOLDER_KEYS } from './statements.ts';
import type { AssetRow, Keys } from './statements.ts';

export function toAsset(row: AssetRow, settings: SqlSettings, person: PersonKeys | null): Asset {
  const state = textOf(row, 'state');
  return {
    externalId: textOf(row, 'id') ?? '',
    serial: textOf(row, 'serial'),
    manufacturer: textOf(row, 'manufacturer'),
    model: textOf(row, 'model'),
    assetTag: textOf(row, 'assetTag'),
    platform: platformOf(row, settings),
    ownership: ownershipOf(row, settings),
    holderExternalId: holderOf(row),
    heldBySubject: person !== null && names(row, person),
    // The books know assignments, not life.
    lastSeenAt: null,
    state: stateOf(row, settings),
    label: state ?? '',
    disposalReference: textOf(row, 'reference'),
    books: booksOf(row, settings),
  };
}

/** What of a row is handed out as the database's own answer, by the names of its columns: never who has it, only that somebody does. */
export function answerOf(row: AssetRow, { columns }: SqlSettings): RedactedAnswer {
  const { id, serial, state, reference, closedOn, disposition, assetTag, holder } = columns;
  return {
    [id]: textOf(row, 'id')?.toWellFormed() ?? null,
    [serial]: textOf(row, 'serial')?.toWellFormed() ?? null,
    [state]: textOf(row, 'state')?.toWellFormed() ?? null,
    [reference]: idOnly(row['reference']),
    ...(closedOn !== undefined && { [closedOn]: timeOnly(row['closedOn']) }),
    ...(disposition !== undefined && { [disposition]: wordOnly(row['disposition'], DISPOSITION_WORDS) }),
    ...(assetTag !== undefined && { [assetTag]: idOnly(row['assetTag']) }),
    ...Object.fromEntries(
      HOLDER_KEYS.flatMap((key) => {
        const column = holder[key];
        return column === undefined ? [] : [[column, presence(textOf(row, key))] as const];
      }),
    ),
  };
}

/** The value of the state column for an outcome; `null` where there is none. */
export function stateFor(outcome: AssetOutcome, { states }: SqlSettings): string | null {
  switch (outcome) {
    case 'in-stock':
      return states.inStock;
    case 'returned-to-lessor':
      return states.returnedToLessor ?? null;
    case 'disposed':
    case 'sold':
    case 'lost':
    case 'found':
    case 'retained':
      return states[outcome] ?? null;
  }
}

/** The outcome's own value, with nobody named as holder, under this reference and date; nothing left allocated or written off. */
export function isClosed(asset: Asset, closure: AssetClosure, settings: SqlSettings): boolean {
  const { state, reference, at } = closure;
  if (asset.holderExternalId !== null || asset.label !== stateFor(state, settings)) return false;
  if (reference !== null && asset.disposalReference !== reference) return false;
  if (!namesDisposition(asset, closure)) return false;
  if (!endsOwnership(state)) return true;
  const { closedOn, licences, depreciating } = asset.books ?? {};
  if (settings.columns.closedOn !== undefined && closedOn !== at.slice(0, 10)) return false;
  return depreciating !== true && (licences ?? 0) === 0;
}

/** A person's keys, as the holder columns may hold them. */
export function keysOf({ employeeNumber, workEmail, externalIds }: PersonKeys): Keys {
  return {
    employeeNumber: [employeeNumber].filter(filled),
    workEmail: [workEmail].filter(filled),
    externalId: externalIds.filter(filled),
  };
}

/** The stronger key decides where a row has it: somebody else may have inherited an address. */
function names(row: AssetRow, person: PersonKeys): boolean {
  const keys = keysOf(person);
  for (const key of HOLDER_KEYS) {
    const shown = textOf(row, key);
    if (shown === null || keys[key].length === 0) continue;
    return keys[key].some((value) => value.trim().toLowerCase() === shown.toLowerCase());
  }
  return false;
}

/** The database's own id of the holder. An address is personal data: facts get a digest, the same for the same address. */
function holderOf(row: AssetRow): string | null {
  const id = textOf(row, 'employeeNumber') ?? textOf(row, 'externalId');
  const address = textOf(row, 'workEmail');
  if (id !== null || address === null) return id;
  return `address:${createHash('sha256').update(address.toLowerCase()).digest('hex').slice(0, 24)}`;
}

/** Of outcomes that share a value the first here counts. */
const FINAL = ['disposed', 'returned-to-lessor', 'sold', 'found', 'retained', 'in-stock'] as const;

function stateOf(row: AssetRow, settings: SqlSettings): AssetState {
  const { states } = settings;
  const state = textOf(row, 'state');
  if (state !== null && state === states.lost) return 'lost';
  if (holderOf(row) !== null || (state !== null && state === states.inUse)) return 'in-use';
  const outcome = FINAL.find((each) => state !== null && state === stateFor(each, settings));
  if (outcome !== undefined) return outcome;
  if (state !== null && state === states.left) return 'pending';
  return state !== null && states.pending.includes(state) ? 'pending' : 'other';
}

function booksOf(row: AssetRow, { columns, depreciation }: SqlSettings) {
  const licences = textOf(row, 'licences');
  return {
    closedOn: textOf(row, 'closedOn')?.slice(0, 10) ?? null,
    licences: licences === null ? null : Number(licences),
    depreciating:
      depreciation === undefined ? null : (textOf(row, 'depreciation') ?? '') !== depreciation.stopped,
    ...(columns.disposition !== undefined && { disposition: textOf(row, 'disposition') }),
  };
}

function platformOf(row: AssetRow, { platforms }: SqlSettings): Platform {
  const said = textOf(row, 'platform') ?? '';
  return platforms[said] ?? PLATFORMS.find((word) => word === said.toLowerCase()) ?? 'unknown';
}

function ownershipOf(row: AssetRow, { ownerships, ownershipUnsaid }: SqlSettings): Ownership {
  const said = textOf(row, 'ownership');
  if (said === null) return ownershipUnsaid;
  return ownerships[said] ?? OWNERSHIPS.find((word) => word === said.toLowerCase()) ?? 'unknown';
}

function textOf(row: AssetRow, name: string): string | null {
  const text = row[name]?.trim() ?? '';
  return text === '' ? null : text;
}

function filled(text: string | null | undefined): text is string {
  return text !== null && text !== undefined && text.trim() !== '';
}
