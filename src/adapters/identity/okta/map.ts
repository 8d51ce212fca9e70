/** Okta's words in ours. */
import type { DeviceSighting } from '../../../domain/sighting.ts';
import type { LifecycleKind } from '../../../domain/lifecycle.ts';
import type { Platform } from '../../../domain/platform.ts';
import { toUtcIsoOrNever } from '../../clients/utc.ts';
import type { AccountState, DirectoryPerson, LifecycleHint } from '../port.ts';
import type { OktaLogEvent, OktaUser, OktaUserDevice } from './schema.ts';

/** Only DEPROVISIONED is gone; a locked or expired account can come back by itself. */
const STATE: Readonly<Record<OktaUser['status'], AccountState>> = {
  STAGED: 'active',
  PROVISIONED: 'active',
  ACTIVE: 'active',
  RECOVERY: 'active',
  PASSWORD_EXPIRED: 'active',
  LOCKED_OUT: 'active',
  SUSPENDED: 'suspended',
  DEPROVISIONED: 'deactivated',
};

/** The event types that become hints. `user.lifecycle.delete.completed` comes by the System Log only: hooks cannot have it. */
export const KIND_OF_EVENT: Readonly<Record<string, LifecycleKind>> = {
  'user.lifecycle.create': 'joiner',
  'user.account.update_profile': 'mover',
  'user.lifecycle.suspend': 'suspension',
  'user.lifecycle.deactivate': 'leaver',
  'user.lifecycle.delete.initiated': 'leaver',
  'user.lifecycle.delete.completed': 'leaver',
  'user.lifecycle.unsuspend': 'rehire',
  'user.lifecycle.reactivate': 'rehire',
  // Also the first activation of a new account; a rehire of somebody who has not left changes nothing.
  'user.lifecycle.activate': 'rehire',
};

/** Okta's DevicePlatform; its API documents four, and ChromeOS and Linux may be registered too. */
const PLATFORM: Readonly<Record<string, Platform>> = {
  ANDROID: 'android',
  IOS: 'ios',
  MACOS: 'macos',
  WINDOWS: 'windows',
  CHROMEOS: 'chromeos',
  LINUX: 'linux',
};

export function toPerson(user: OktaUser): DirectoryPerson {
  const { profile } = user;
  const fullName = [profile.firstName, profile.lastName].filter(Boolean).join(' ');
  return {
    externalId: user.id,
    state: STATE[user.status],
    employeeNumber: given(profile.employeeNumber),
    workEmail: given(profile.email),
    login: given(profile.login),
    displayName: given(profile.displayName) ?? given(fullName),
    country: given(profile.countryCode),
    managerExternalId: given(profile.managerId),
    leaveAt: null,
    lastSignInAt: toUtcIsoOrNever(user.lastLogin),
    stateSince: toUtcIsoOrNever(user.statusChanged),
  };
}

/** Okta says neither whose property a device is nor when it was last alive. */
export function toSighting({ device }: OktaUserDevice, holder: string): DeviceSighting {
  const { profile } = device;
  return {
    externalId: device.id,
    serial: given(profile.serialNumber),
    manufacturer: given(profile.manufacturer),
    model: given(profile.model),
    assetTag: null,
    platform: PLATFORM[profile.platform ?? ''] ?? 'unknown',
    ownership: 'unknown',
    holderExternalId: holder,
    heldBySubject: true,
    lastSeenAt: null,
  };
}

/**
 * The hint in an event; `null` for a type we do not follow and for an attempt that failed.
 * `malformed` when it is one of ours and names no user.
 */
export function toHint(event: OktaLogEvent): LifecycleHint | null | 'malformed' {
  const kind = Object.hasOwn(KIND_OF_EVENT, event.eventType) ? KIND_OF_EVENT[event.eventType] : undefined;
  if (kind === undefined) return null;
  const result = event.outcome?.result ?? 'SUCCESS';
  if (result === 'FAILURE' || result === 'DENY' || result === 'SKIPPED') return null;
  const user = event.target?.find(({ type }) => type === 'User')?.id;
  if (user === undefined || user === null || user === '') return 'malformed';
  return {
    eventId: event.uuid,
    kind,
    externalId: user,
    occurredAt: new Date(event.published).toISOString(),
    effectiveAt: null,
  };
}

function given(value: string | null | undefined): string | null {
  return value === undefined || value === null || value.trim() === '' ? null : value;
}
