/** Finding the users that a person is in ServiceNow. */
import type { CallOptions } from '../../read-options.ts';
import type { PersonKeys } from '../port.ts';
import { term } from './client.ts';
import type { ServiceNowClient } from './client.ts';
import { idOf, valueOf } from './schema.ts';
import type { TableRow } from './schema.ts';
import type { ServiceNowSettings } from './settings.ts';

/** Users by sys_id. */
export type Users = ReadonlyMap<string, TableRow>;

interface Lookup {
  readonly column: 'email' | 'employee_number' | 'user_name';
  readonly value: string;
}

/** Every user that a key of the person finds, inactive ones too: what they hold was never given back. */
export async function usersOf(
  client: ServiceNowClient,
  person: PersonKeys,
  options?: CallOptions,
): Promise<Users> {
  const users = new Map<string, TableRow>();
  for (const { column, value } of lookupsFor(person, client.settings)) {
    // The documents call values case-sensitive, most databases beneath are not: both spellings, compared without case.
    const spellings = [...new Set([value.trim(), value.trim().toLowerCase()])];
    const query = spellings.map((each) => term(client, 'find user', column, each)).join('^OR');
    const fields = ['email', 'employee_number', 'user_name'];
    const found = await client.all(
      { operation: 'find user', table: 'sys_user', query, fields },
      (row) => same(valueOf(row, column), value),
      options,
    );
    for (const user of found) users.set(idOf(user), user);
  }
  return users;
}

/**
 * Whether the user is the person. The employee number is the stronger key: somebody else may have inherited an address; the
 * e-mail decides only where a number is missing or is not unique.
 */
export function isSubject(user: TableRow, person: PersonKeys, users: Users): boolean {
  const number = person.employeeNumber ?? '';
  const shown = valueOf(user, 'employee_number');
  if (number.trim() === '' || shown === '') return true;
  if (!same(shown, number)) return false;
  const sharing = [...users.values()].filter((each) => same(valueOf(each, 'employee_number'), number));
  return sharing.length === 1 || same(valueOf(user, 'email'), person.workEmail ?? '');
}

function lookupsFor(person: PersonKeys, settings: ServiceNowSettings): readonly Lookup[] {
  const lookups: Lookup[] = [];
  if (filled(person.employeeNumber))
    lookups.push({ column: 'employee_number', value: person.employeeNumber });
  if (filled(person.workEmail)) lookups.push({ column: 'email', value: person.workEmail });
  for (const value of usernames(person, settings)) lookups.push({ column: 'user_name', value });
  return lookups;
}

function usernames(person: PersonKeys, { username }: ServiceNowSettings): readonly string[] {
  switch (username) {
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

function same(shown: string, wanted: string): boolean {
  return shown.trim() !== '' && shown.trim().toLowerCase() === wanted.trim().toLowerCase();
}

function filled(text: string | null | undefined): text is string {
  return text !== null && text !== undefined && text.trim() !== '';
}
