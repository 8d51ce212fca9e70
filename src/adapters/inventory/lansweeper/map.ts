/** Scanned assets in our words. */
import { createHash } from 'node:crypto';
import { OWNERSHIPS } from '../../../domain/platform.ts';
import type { Ownership } from '../../../domain/platform.ts';
import { idOnly, presence, timeOnly } from '../../redact.ts';
import type { RedactedAnswer } from '../../../domain/redacted-answer.ts';
import type { Asset, AssetClosure, AssetOutcome, AssetState, PersonKeys } from '../port.ts';
import type { SiteItem } from './client.ts';
import type { AssetItem } from './schema.ts';
import type { LansweeperSettings } from './settings.ts';

/** What names a holder, the surest first. */
export type HolderKey = 'employeeNumber' | 'workEmail' | 'userName';
export const HOLDER_KEYS = ['employeeNumber', 'workEmail', 'userName'] as const;

/** @param person Whom `heldBySubject` is about; `null` = nobody. */
export function toAsset(
  { site, item }: SiteItem,
  settings: LansweeperSettings,
  person: PersonKeys | null,
): Asset {
  const { assetCustom: custom, assetBasicInfo: basic } = item;
  const label = textOrNull(custom?.stateName) ?? '';
  return {
    // A key is the site's own: both are needed to find it again.
    externalId: `${site}/${item.key}`,
    serial: textOrNull(custom?.serialNumber),
    manufacturer: textOrNull(custom?.manufacturer),
    model: textOrNull(custom?.model),
    assetTag: textOrNull(custom?.barCode),
    platform: settings.platformOfType[textOrNull(basic?.type) ?? ''] ?? 'unknown',
    ownership: ownershipOf(item, settings),
    holderExternalId: holderOf(item, settings),
    heldBySubject: person !== null && names(item, person, settings),
    lastSeenAt: instantOrNull(basic?.lastSeen),
    state: stateOf(item, label, settings),
    label,
    disposalReference: settings.referenceField === undefined ? null : fieldOf(item, settings.referenceField),
  };
}

/**
 * What of an asset is handed out as Lansweeper's own answer: of the custom fields only that of the reference. Of whom people
 * wrote down as having it only that there is somebody; whom a scan saw last, not at all.
 */
export function answerOf({ item }: SiteItem, settings: LansweeperSettings): RedactedAnswer {
  const { assetCustom: custom, assetBasicInfo: basic } = item;
  const { referenceField, holder } = settings;
  const held = [holder.employeeNumber, holder.workEmail].filter((name) => name !== undefined);
  return {
    key: item.key.toWellFormed(),
    assetBasicInfo: { lastSeen: timeOnly(basic?.lastSeen) },
    assetCustom: {
      serialNumber: textOrNull(custom?.serialNumber)?.toWellFormed() ?? null,
      barCode: idOnly(custom?.barCode),
      stateName: textOrNull(custom?.stateName)?.toWellFormed() ?? null,
      fields: [
        ...(referenceField === undefined
          ? []
          : [{ name: referenceField, value: idOnly(fieldOf(item, referenceField)) }]),
        ...held.map((name) => ({ name, value: presence(fieldOf(item, name)) })),
      ],
    },
  };
}

/** The state's name for an outcome; `null` where the settings have none. */
export function stateFor(outcome: AssetOutcome, { states }: LansweeperSettings): string | null {
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

/**
 * The outcome's own state, with nobody written down as having it, and under this reference where there is a field for it. Whom
 * a scan saw last stays on the record for ever: that says nothing.
 */
export function isClosed(asset: Asset, closure: AssetClosure, settings: LansweeperSettings): boolean {
  const { state, reference } = closure;
  if (asset.label !== stateFor(state, settings) || asset.state === 'in-use') return false;
  if (reference === null || settings.referenceField === undefined) return true;
  return asset.disposalReference === reference;
}

/** The texts by which a person may be named there. */
export function keysOf(
  { employeeNumber, workEmail }: PersonKeys,
  { holder }: LansweeperSettings,
): Readonly<Record<HolderKey, string | null>> {
  const number = textOrNull(employeeNumber);
  const address = textOrNull(workEmail);
  return {
    employeeNumber: holder.employeeNumber === undefined ? null : number,
    workEmail: holder.workEmail === undefined ? null : address,
    userName: userNameOf(number, address, holder.userName),
  };
}

function userNameOf(
  number: string | null,
  address: string | null,
  by: LansweeperSettings['holder']['userName'],
): string | null {
  switch (by) {
    case undefined:
      return null;
    case 'work-email':
      return address;
    case 'work-email-local-part':
      return textOrNull(address?.split('@')[0]);
    case 'employee-number':
      return number;
  }
}

/** The surest key that an asset has, and that we have of the person, decides: somebody else may have inherited an address. */
function names(item: AssetItem, person: PersonKeys, settings: LansweeperSettings): boolean {
  const keys = keysOf(person, settings);
  for (const key of HOLDER_KEYS) {
    const [shown, wanted] = [namedBy(item, key, settings), keys[key]];
    if (shown !== null && wanted !== null) return shown.toLowerCase() === wanted.toLowerCase();
  }
  return false;
}

/** What an asset names as holder, by one of the keys. */
export function namedBy(item: AssetItem, key: HolderKey, { holder }: LansweeperSettings): string | null {
  if (key === 'userName')
    return holder.userName === undefined ? null : textOrNull(item.assetBasicInfo?.userName);
  const field = holder[key];
  return field === undefined ? null : fieldOf(item, field);
}

/** A number as it is; an address or a user name is personal data: facts get a digest, the same for the same text. */
function holderOf(item: AssetItem, settings: LansweeperSettings): string | null {
  const number = namedBy(item, 'employeeNumber', settings);
  if (number !== null) return number;
  const address = namedBy(item, 'workEmail', settings);
  if (address !== null) return `address:${digestOf(address)}`;
  const user = namedBy(item, 'userName', settings);
  return user === null ? null : `user:${digestOf(user)}`;
}

/** Of outcomes that share a state the first here counts. */
const FINAL = ['disposed', 'returned-to-lessor', 'sold', 'found', 'retained', 'in-stock'] as const;

/** What people wrote down as held is in use, whatever its state says; a lost one is lost. */
function stateOf(item: AssetItem, label: string, settings: LansweeperSettings): AssetState {
  if (label === settings.states.lost) return 'lost';
  const isAssigned =
    namedBy(item, 'employeeNumber', settings) !== null || namedBy(item, 'workEmail', settings) !== null;
  if (isAssigned || label === 'Active') return 'in-use';
  return FINAL.find((each) => label === stateFor(each, settings)) ?? 'other';
}

function ownershipOf(item: AssetItem, settings: LansweeperSettings): Ownership {
  const said = settings.ownershipField === undefined ? null : fieldOf(item, settings.ownershipField);
  if (said === null) return settings.ownershipUnsaid;
  return settings.ownerships[said] ?? OWNERSHIPS.find((word) => word === said.toLowerCase()) ?? 'unknown';
}

function fieldOf(item: AssetItem, name: string): string | null {
  const field = item.assetCustom?.fields?.find((each) => each.name === name);
  return textOrNull(field?.value === null || field?.value === undefined ? null : String(field.value));
}

function digestOf(text: string): string {
  return createHash('sha256').update(text.toLowerCase()).digest('hex').slice(0, 24);
}

function textOrNull(text: string | null | undefined): string | null {
  const plain = text?.trim() ?? '';
  return plain === '' ? null : plain;
}

function instantOrNull(text: string | null | undefined): string | null {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}
