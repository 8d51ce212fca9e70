/** Finding the users that a person is in Snipe-IT, and what they hold. */
import type { CallOptions } from '../../read-options.ts';
import type { Asset, PersonKeys } from '../port.ts';
import type { SnipeitClient } from './client.ts';
import { holdingUser, inForce, toAsset } from './map.ts';
import { AssetRow, UserRow } from './schema.ts';
import type { SnipeitSettings } from './settings.ts';
import { unescapeHtml } from './text.ts';

/**
 * Every asset checked out to any user that a key of the person finds. Deleted users are looked at too: what they still hold
 * was never given back. An asset of a user that shares only the e-mail or user name, but has another employee number, is
 * listed without `heldBySubject`: somebody else may have inherited the address.
 */
export async function assetsOf(
  client: SnipeitClient,
  person: PersonKeys,
  options?: CallOptions,
): Promise<readonly Asset[]> {
  const users = await usersOf(client, person, options);
  const assets = new Map<number, Asset>();
  for (const user of users.values()) {
    const list = { operation: 'list assets of user', path: `/users/${user.id}/assets`, row: AssetRow };
    for (const row of await client.all(list, options)) {
      if (!inForce(row) || holdingUser(row) !== user.id) continue;
      assets.set(row.id, toAsset(row, client.settings, isSubject(user, person, users)));
    }
  }
  return [...assets.values()];
}

/** The rows in our words, `heldBySubject` being about `person`; `null`: about nobody. */
export async function heldBy(
  client: SnipeitClient,
  rows: readonly AssetRow[],
  person: PersonKeys | null,
  options?: CallOptions,
): Promise<readonly Asset[]> {
  const asked = person !== null && rows.some((row) => holdingUser(row) !== null);
  const users = asked ? await usersOf(client, person, options) : new Map<number, UserRow>();
  return rows.map((row) => {
    const user = users.get(holdingUser(row) ?? -1);
    return toAsset(row, client.settings, asked && user !== undefined && isSubject(user, person, users));
  });
}

interface Lookup {
  readonly field: 'email' | 'employee_num' | 'username';
  readonly value: string;
}

async function usersOf(
  client: SnipeitClient,
  person: PersonKeys,
  options?: CallOptions,
): Promise<ReadonlyMap<number, UserRow>> {
  const users = new Map<number, UserRow>();
  for (const lookup of lookupsFor(person, client.settings)) {
    const query = { [lookup.field]: lookup.value, all: 'true' };
    const found = await client.all({ operation: 'find user', path: '/users', query, row: UserRow }, options);
    // Versions that do not know the filter answer with everybody.
    for (const user of found) if (same(user[lookup.field], lookup.value)) users.set(user.id, user);
  }
  return users;
}

function lookupsFor(person: PersonKeys, settings: SnipeitSettings): readonly Lookup[] {
  const lookups: Lookup[] = [];
  if (filled(person.employeeNumber)) lookups.push({ field: 'employee_num', value: person.employeeNumber });
  if (filled(person.workEmail)) lookups.push({ field: 'email', value: person.workEmail });
  for (const value of usernames(person, settings)) lookups.push({ field: 'username', value });
  return lookups;
}

function usernames(person: PersonKeys, settings: SnipeitSettings): readonly string[] {
  switch (settings.username) {
    case undefined:
      return [];
    case 'work-email':
      return [person.workEmail].filter(filled);
    case 'work-email-local-part':
      return [person.workEmail?.split('@')[0]].filter(filled);
    case 'employee-number':
      return [person.employeeNumber].filter(filled);
    case 'external-id':
      return person.externalIds.filter(filled);
  }
}

/** The employee number is the stronger key; the e-mail decides only where a number is missing or is not unique. */
function isSubject(user: UserRow, person: PersonKeys, users: ReadonlyMap<number, UserRow>): boolean {
  if (!filled(person.employeeNumber) || !filled(user.employee_num)) return true;
  if (!same(user.employee_num, person.employeeNumber)) return false;
  const sharing = [...users.values()].filter((each) => same(each.employee_num, person.employeeNumber ?? ''));
  return sharing.length === 1 || (filled(person.workEmail) && same(user.email, person.workEmail));
}

function same(escaped: string | null, wanted: string): boolean {
  return (
    unescapeHtml(escaped ?? '')
      .trim()
      .toLowerCase() === wanted.trim().toLowerCase()
  );
}

function filled(text: string | null | undefined): text is string {
  return text !== null && text !== undefined && text.trim() !== '';
}
