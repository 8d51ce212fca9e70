/** Reading accounts and what they hold. */
import { ConnectorError } from '../../errors.ts';
import type { CallOptions, Page } from '../../read-options.ts';
import type { DeviceSighting } from '../../../domain/sighting.ts';
import type { GraphClient } from '../../clients/graph/client.ts';
import type { DirectoryPerson, IdentityProvider } from '../port.ts';
import { toDeletedPerson, toPerson, toSighting } from './map.ts';
import { DeletedUser, DirectoryDevice, EntraUser, Reference, USER_SELECT } from './schema.ts';

type PersonKeys = Parameters<IdentityProvider['findPersons']>[0];

/** The most that Graph gives on one page of users. */
const PAGE = 999;

export function userPath(userId: string): string {
  return `/users/${encodeURIComponent(userId)}`;
}

/** The answer, or `null` where Graph knows no such thing. */
export async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof ConnectorError && error.code === 'not-found') return null;
    throw error;
  }
}

/** The live account; `null` when there is none with this id (a deleted one is not live). */
export async function readUser(
  graph: GraphClient,
  userId: string,
  options?: CallOptions,
): Promise<EntraUser | null> {
  const user = await orNull(
    graph.get('read user', `${userPath(userId)}?$select=${USER_SELECT}`, EntraUser, options),
  );
  // The path takes a user principal name too; only the id is asked for here.
  return user?.id === userId ? user : null;
}

/** The account in the recycle bin, where it stays for 30 days. */
export async function readDeletedUser(
  graph: GraphClient,
  userId: string,
  options?: CallOptions,
): Promise<DeletedUser | null> {
  const path = `/directory/deletedItems/${encodeURIComponent(userId)}`;
  const user = await orNull(graph.get('read deleted user', path, DeletedUser, options));
  return user?.id === userId ? user : null;
}

export async function readPerson(
  graph: GraphClient,
  userId: string,
  options?: CallOptions,
): Promise<DirectoryPerson | null> {
  const user = await readUser(graph, userId, options);
  if (user === null) {
    const deleted = await readDeletedUser(graph, userId, options);
    return deleted === null ? null : toDeletedPerson(deleted);
  }
  const manager = await orNull(
    graph.get('read manager', `${userPath(userId)}/manager?$select=id`, Reference, options),
  );
  return toPerson(user, manager?.id ?? null);
}

/** Managers are not part of the listing: `readPerson` has them. */
export async function listPersons(
  graph: GraphClient,
  cursor: string | null,
  options?: CallOptions,
): Promise<Page<DirectoryPerson>> {
  const page = await graph.page(
    'list users',
    cursor ?? `/users?$top=${PAGE}&$select=${USER_SELECT}`,
    EntraUser,
    options,
  );
  return { items: page.items.map((user) => toPerson(user, null)), next: page.next };
}

export async function findPersons(
  graph: GraphClient,
  keys: PersonKeys,
  options?: CallOptions,
): Promise<readonly DirectoryPerson[]> {
  const terms = [term('employeeId', keys.employeeNumber), term('mail', keys.workEmail)].filter(
    (each) => each !== null,
  );
  if (terms.length === 0) return [];
  const filter = encodeURIComponent(terms.join(' or '));
  const found = await graph.all(
    'find users',
    `/users?$top=${PAGE}&$select=${USER_SELECT}&$filter=${filter}`,
    EntraUser,
    options,
  );
  return found.map((user) => toPerson(user, null)).filter((person) => matches(person, keys));
}

/** Owned and registered devices, each once. */
export async function listDevicesOf(
  graph: GraphClient,
  userId: string,
  options?: CallOptions,
): Promise<readonly DeviceSighting[]> {
  const sightings = new Map<string, DeviceSighting>();
  for (const relation of ['ownedDevices', 'registeredDevices']) {
    const entries = await graph.all(
      `list ${relation} of user`,
      `${userPath(userId)}/${relation}?$top=${PAGE}`,
      DirectoryDevice,
      options,
    );
    for (const entry of entries) {
      if (entry['@odata.type'] !== '#microsoft.graph.device') continue;
      sightings.set(entry.id, toSighting(entry, userId));
    }
  }
  return [...sightings.values()];
}

function term(property: string, value: string | null): string | null {
  return value === null ? null : `${property} eq '${value.replaceAll("'", "''")}'`;
}

function matches(person: DirectoryPerson, { employeeNumber, workEmail }: PersonKeys): boolean {
  if (employeeNumber !== null && person.employeeNumber === employeeNumber) return true;
  return workEmail !== null && person.workEmail?.toLowerCase() === workEmail.toLowerCase();
}
