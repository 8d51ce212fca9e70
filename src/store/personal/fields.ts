/** Which of a person's values are sealed, in which columns, and what they are found by. */
import type { StoredAddress } from '../schema-personal.ts';
import type { PersonVault } from './vault.ts';

/** What is sealed of a person. `null`: not known. */
export interface PersonValues {
  readonly displayName: string | null;
  readonly workEmail: string | null;
  readonly employeeNumber: string | null;
  /** Where they can be written to once they have left. */
  readonly privateEmail: string | null;
  readonly address: StoredAddress | null;
}

export type PersonField = keyof PersonValues;

export const SEALED_COLUMNS = {
  displayName: 'display_name_sealed',
  workEmail: 'work_email_sealed',
  employeeNumber: 'employee_number_sealed',
  privateEmail: 'private_email_sealed',
  address: 'address_sealed',
} as const satisfies Readonly<Record<PersonField, string>>;

export const PERSON_FIELDS = [
  'displayName',
  'workEmail',
  'employeeNumber',
  'privateEmail',
  'address',
] as const;

/** The key that links accounts across systems. */
export type LinkKey = 'employeeNumber' | 'workEmail';

export const INDEX_COLUMNS = {
  workEmail: 'work_email_index',
  employeeNumber: 'employee_number_index',
} as const satisfies Readonly<Record<LinkKey, string>>;

/** What stands in the field when there is no number. */
const PLACEHOLDERS = new Set(['N/A', 'NA', 'NONE', 'NULL', 'CONTRACTOR', 'TBD', 'EXTERNAL', 'UNKNOWN', '-']);

/** The employee number, when it is one: what many people have in its place tells nobody apart. */
export function usableNumber(employeeNumber: string | null): string | null {
  const number = employeeNumber?.trim() ?? '';
  return /^0*$/u.test(number) || PLACEHOLDERS.has(number.toUpperCase()) ? null : number;
}

/** The key as it is compared; `null` when it tells nobody. */
export function comparableKey(key: LinkKey, value: string | null): string | null {
  if (key === 'employeeNumber') return usableNumber(value);
  const email = value?.trim().toLowerCase() ?? '';
  return email === '' ? null : email;
}

/** What a key is looked up by; `null` when it tells nobody. */
export function keyCommitment(vault: PersonVault, key: LinkKey, value: string | null): Buffer | null {
  const comparable = comparableKey(key, value);
  return comparable === null ? null : vault.commitment(key, comparable);
}

/** What a value is bound to: it opens for this person and this field only. */
export function contextOf(personId: string, field: PersonField): string {
  return `${personId}/${field}`;
}
