/** Reading accounts and what they hold. */
import { ConnectorError } from '../../errors.ts';
import type { CallOptions, Page } from '../../read-options.ts';
import type { DeviceSighting } from '../../../domain/sighting.ts';
import type { DirectoryPerson, IdentityProvider } from '../port.ts';
import type { OktaClient } from './client.ts';
import { toPerson, toSighting } from './map.ts';
import { OktaUser, OktaUserDevice } from './schema.ts';

type PersonKeys = Parameters<IdentityProvider['findPersons']>[0];

const STATUSES = OktaUser.shape.status.options;

export function userPath(userId: string): string {
  return `/api/v1/users/${encodeURIComponent(userId)}`;
}

export async function readPerson(
  client: OktaClient,
  userId: string,
  options?: CallOptions,
): Promise<DirectoryPerson | null> {
  try {
    const user = await client.get('read user', userPath(userId), OktaUser, options);
    // The path takes a login too; only the id is asked for here.
    return user.id === userId ? toPerson(user) : null;
  } catch (error) {
    if (error instanceof ConnectorError && error.code === 'not-found') return null;
    throw error;
  }
}

/** Without a filter Okta leaves deactivated users out, so every status is named. */
export async function listPersons(
  client: OktaClient,
  cursor: string | null,
  options?: CallOptions,
): Promise<Page<DirectoryPerson>> {
  const filter = STATUSES.map((status) => `status eq "${status}"`).join(' or ');
  const page = await client.page(
    'list users',
    cursor ?? `/api/v1/users?limit=200&filter=${encodeURIComponent(filter)}`,
    OktaUser,
    options,
  );
  return { items: page.items.map(toPerson), next: page.next };
}

/** Okta drops these links for good when a *device* is deactivated: ask before anything touches the devices. */
export async function listDevicesOf(
  client: OktaClient,
  userId: string,
  options?: CallOptions,
): Promise<readonly DeviceSighting[]> {
  const sightings = new Map<string, DeviceSighting>();
  let next: string | null = `${userPath(userId)}/devices`;
  while (next !== null) {
    const page: Page<OktaUserDevice> = await client.page(
      'list devices of user',
      next,
      OktaUserDevice,
      options,
    );
    for (const entry of page.items) sightings.set(entry.device.id, toSighting(entry, userId));
    next = page.next;
  }
  return [...sightings.values()];
}

/**
 * Profile attributes can only be searched, and the search index lags behind: each hit is read again by its id, and
 * compared again, since what the index knew may not be so any more.
 */
export async function findPersons(
  client: OktaClient,
  keys: PersonKeys,
  options?: CallOptions,
): Promise<readonly DirectoryPerson[]> {
  const terms = [
    term('profile.employeeNumber', keys.employeeNumber),
    term('profile.email', keys.workEmail),
  ].filter((each) => each !== null);
  if (terms.length === 0) return [];
  const found = new Map<string, DirectoryPerson>();
  let next: string | null = `/api/v1/users?limit=200&search=${encodeURIComponent(terms.join(' or '))}`;
  while (next !== null) {
    const page: Page<OktaUser> = await client.page('find users', next, OktaUser, options);
    for (const { id } of page.items) {
      const person = await readPerson(client, id, options);
      if (person !== null && matches(person, keys)) found.set(id, person);
    }
    next = page.next;
  }
  return [...found.values()];
}

function term(attribute: string, value: string | null): string | null {
  return value === null ? null : `${attribute} eq ${JSON.stringify(value)}`;
}

function matches(person: DirectoryPerson, { employeeNumber, workEmail }: PersonKeys): boolean {
  if (employeeNumber !== null && person.employeeNumber === employeeNumber) return true;
  return workEmail !== null && person.workEmail?.toLowerCase() === workEmail.toLowerCase();
}
