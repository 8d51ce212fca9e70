/** Intune's words in ours. */
import type { Ownership } from '../../../domain/platform.ts';
import { allowed } from '../../redact.ts';
import type { RedactedAnswer } from '../../../domain/redacted-answer.ts';
import type { DeviceSighting } from '../../../domain/sighting.ts';
import { platformOf } from '../../clients/graph/platform.ts';
import { toUtcIsoOrNever } from '../../clients/utc.ts';
import type { ManagedDeviceRecord } from './schema.ts';

/** `unknown` is a value of Intune's too. */
const OWNERSHIP: Readonly<Record<string, Ownership>> = { company: 'corporate', personal: 'personal' };
const NO_ID = '00000000-0000-0000-0000-000000000000';

/** What of a record is handed out as the vendor's own answer to the reading of a wipe: nobody's name, id or PIN. */
const ANSWERED = ['id', 'serialNumber', 'operatingSystem', 'managementState', 'lastSyncDateTime'] as const;
const ANSWERED_ACTION = ['actionName', 'actionState', 'startDateTime', 'lastUpdatedDateTime'] as const;

/** The record and its actions of these names, as Graph has them, by the allow-lists above. */
export function wipeAnswer(record: ManagedDeviceRecord, actionNames: readonly string[]): RedactedAnswer {
  const names = actionNames.map((name) => name.toLowerCase());
  const actions = (record.deviceActionResults ?? []).filter(({ actionName }) =>
    names.includes(actionName?.toLowerCase() ?? ''),
  );
  return {
    ...allowed(record, ANSWERED),
    deviceActionResults: actions.map((action) => allowed(action, ANSWERED_ACTION)),
  };
}

/** `subject` is the person asked about, `null` where nobody was. */
export function toSighting(record: ManagedDeviceRecord, subject: string | null): DeviceSighting {
  const holder = given(record.userId);
  const directoryDeviceId = given(record.azureADDeviceId);
  return {
    externalId: record.id,
    serial: given(record.serialNumber),
    manufacturer: given(record.manufacturer),
    model: given(record.model),
    assetTag: null,
    platform: platformOf(record.operatingSystem),
    ownership: OWNERSHIP[record.managedDeviceOwnerType?.toLowerCase() ?? ''] ?? 'unknown',
    holderExternalId: holder,
    heldBySubject: subject !== null && holder === subject,
    lastSeenAt: toUtcIsoOrNever(record.lastSyncDateTime),
    // Intune prints zeros for a device that is not joined to the directory.
    ...(directoryDeviceId === null || directoryDeviceId === NO_ID ? {} : { directoryDeviceId }),
  };
}

function given(value: string | null | undefined): string | null {
  return value === undefined || value === null || value.trim() === '' ? null : value;
}
