/** Entra's words in ours. */
import type { Ownership } from '../../../domain/platform.ts';
import type { DeviceSighting } from '../../../domain/sighting.ts';
import { platformOf } from '../../clients/graph/platform.ts';
import { toUtcIsoOrNever } from '../../clients/utc.ts';
import type { DirectoryPerson } from '../port.ts';
import type { DeletedUser, DirectoryDevice, EntraUser } from './schema.ts';

export function toPerson(user: EntraUser, managerExternalId: string | null): DirectoryPerson {
  return {
    externalId: user.id,
    state: user.accountEnabled ? 'active' : 'deactivated',
    employeeNumber: given(user.employeeId),
    workEmail: given(user.mail),
    login: given(user.userPrincipalName),
    displayName: given(user.displayName),
    // usageLocation is a two-letter code, `country` free text.
    country: given(user.usageLocation) ?? given(user.country),
    managerExternalId,
    leaveAt: toUtcIsoOrNever(user.employeeLeaveDateTime),
  };
}

export function toDeletedPerson(user: DeletedUser): DirectoryPerson {
  return {
    externalId: user.id,
    state: 'deleted',
    employeeNumber: null,
    workEmail: given(user.mail),
    login: given(user.userPrincipalName),
    displayName: given(user.displayName),
    country: null,
    managerExternalId: null,
    leaveAt: null,
  };
}

const OWNERSHIP: Readonly<Record<string, Ownership>> = { company: 'corporate', personal: 'personal' };

/** Entra knows no serial: `deviceId` ties the record to the device manager's. */
export function toSighting(device: DirectoryDevice, holder: string): DeviceSighting {
  const deviceId = given(device.deviceId);
  return {
    externalId: device.id,
    serial: null,
    manufacturer: given(device.manufacturer),
    model: given(device.model),
    assetTag: null,
    platform: platformOf(device.operatingSystem),
    ownership: OWNERSHIP[device.deviceOwnership?.toLowerCase() ?? ''] ?? 'unknown',
    holderExternalId: holder,
    heldBySubject: true,
    lastSeenAt: toUtcIsoOrNever(device.approximateLastSignInDateTime),
    ...(deviceId === null ? {} : { directoryDeviceId: deviceId }),
  };
}

function given(value: string | null | undefined): string | null {
  return value === undefined || value === null || value.trim() === '' ? null : value;
}
