/** Reading devices of the organisation. */
import { ConnectorError } from '../../errors.ts';
import { unexpectedAnswer } from '../../clients/failure.ts';
import { toUtcIso } from '../../clients/utc.ts';
import type { CallOptions } from '../../read-options.ts';
import { normaliseSerial } from '../../../domain/serial.ts';
import type { ActivationLockReading, EnrolledDevice, ReleaseReading } from '../port.ts';
import type { AbmClient } from './client.ts';
import { AssignedServer, LockStatus, OrgDevice } from './schema.ts';

const FIELDS = 'serialNumber,status,addedToOrgDateTime,releasedFromOrgDateTime';

/** Apple's id of a device is its serial. */
export function devicePath(serial: string): string {
  return `/v1/orgDevices/${encodeURIComponent(serial)}`;
}

/** Serials have no lower case at Apple; separators are a habit of other systems. */
export function keyOf(serial: string): string | null {
  return normaliseSerial(serial);
}

export async function readDevice(
  client: AbmClient,
  serial: string,
  options?: CallOptions,
): Promise<EnrolledDevice | null> {
  const key = keyOf(serial);
  if (key === null) return null;
  const operation = 'read enrolled device';
  const query = { 'fields[orgDevices]': FIELDS };
  const answer = await orNull(
    client.ask(
      { operation, effect: 'read', method: 'GET', path: devicePath(key), query },
      OrgDevice,
      options,
    ),
  );
  if (answer === null) return null;
  const { id, attributes } = answer.data;
  const printed = attributes.serialNumber ?? id;
  const { addedToOrgDateTime, releasedFromOrgDateTime, status } = attributes;
  const releasedAt = timeOf(releasedFromOrgDateTime);
  const addedAt = timeOf(addedToOrgDateTime);
  if (keyOf(printed) !== key || releasedAt === undefined || addedAt === undefined)
    throw unexpectedAnswer({ connector: client.connector, operation, effect: 'read' });
  // One that came back after its release is the organisation's again.
  const isReleased = releasedAt !== null && (addedAt === null || releasedAt >= addedAt);
  return {
    serial: printed,
    assigned: status === 'ASSIGNED' ? true : status === 'UNASSIGNED' ? false : null,
    releasedAt: isReleased ? releasedAt : null,
  };
}

export async function readRelease(
  client: AbmClient,
  serial: string,
  options?: CallOptions,
): Promise<ReleaseReading> {
  if (keyOf(serial) === null) return 'unreadable';
  const device = await readDevice(client, serial, options);
  return device === null || device.releasedAt !== null ? 'released' : 'still-held';
}

export async function readAssignment(
  client: AbmClient,
  serial: string,
  options?: CallOptions,
): Promise<ReleaseReading> {
  if (keyOf(serial) === null) return 'unreadable';
  const device = await readDevice(client, serial, options);
  if (device === null || device.releasedAt !== null) return 'released';
  if (device.assigned === null) return 'unreadable';
  return device.assigned ? 'still-held' : 'released';
}

/** Id of the device manager that it is assigned to; `null` when to none. Apple answers that in several ways. */
export async function assignedServer(
  client: AbmClient,
  serial: string,
  options?: CallOptions,
): Promise<string | null> {
  const path = `${devicePath(serial)}/relationships/assignedServer`;
  const answer = await orNull(
    client.ask(
      { operation: 'read assignment', effect: 'read', method: 'GET', path },
      AssignedServer,
      options,
    ),
  );
  const id = answer?.data?.id ?? '';
  return id === '' ? null : id;
}

const LOCKED_BY: Readonly<Record<string, ActivationLockReading['by']>> = {
  MDM: 'device-manager',
  USER: 'person',
};

/** A device that the organisation does not have (any more) cannot be asked about. */
export async function readActivationLock(
  client: AbmClient,
  serial: string,
  options?: CallOptions,
): Promise<ActivationLockReading> {
  const key = keyOf(serial);
  const unreadable = { reading: 'unreadable', by: null } as const;
  if (key === null) return unreadable;
  const operation = 'read activation lock';
  const path = `${devicePath(key)}/activationLockStatus`;
  const answer = await orNull(
    client.ask({ operation, effect: 'read', method: 'GET', path }, LockStatus, options),
  );
  if (answer === null) return unreadable;
  const { id, attributes } = answer.data;
  if (keyOf(id) !== key) throw unexpectedAnswer({ connector: client.connector, operation, effect: 'read' });
  if (!attributes.isLocked) return { reading: 'released', by: null };
  return { reading: 'still-held', by: LOCKED_BY[attributes.lockType ?? ''] ?? null };
}

/** `undefined` for a text that is no time. */
function timeOf(text: string | null | undefined): string | null | undefined {
  if (text === null || text === undefined || text === '') return null;
  return toUtcIso(text) ?? undefined;
}

async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ConnectorError && error.code === 'not-found') return null;
    throw error;
  }
}
