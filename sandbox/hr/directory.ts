import { DateTime } from 'luxon';
import type { Company, CompanyPerson } from '../core/company.ts';

/** A leave that is on record. */
export interface Leave {
  /** Calendar date in the person's time zone. */
  readonly lastWorkingDay: string;
  /** The very moment, where HR knows it (ISO 8601, UTC); otherwise the end of the last working day. */
  readonly leaveAt: string | null;
  readonly reason: string | null;
  readonly deviceHints: readonly string[];
}

/** One person on record. */
export interface Employee {
  /** Key in the company document, for the control interface only. */
  readonly key: string;
  readonly externalId: string;
  givenName: string;
  familyName: string;
  workEmail: string;
  /** ISO 3166-1 alpha-2. */
  country: string;
  /** IANA name. */
  timeZone: string;
  managerKey: string | null;
  leave: Leave | null;
  updatedAt: Date;
}

/** Everybody on record, by key, in the order in which they were added. */
export type Directory = Map<string, Employee>;

/** Adds people; a key that exists is replaced, its leave forgotten. */
export function seedDirectory(directory: Directory, company: Company, now: Date): void {
  for (const person of company.people) directory.set(person.key, employeeOf(person, now));
}

/** The record of a person of the company document. */
export function employeeOf(person: CompanyPerson, now: Date): Employee {
  const { key, externalId, givenName, familyName, workEmail, country, timeZone, managerKey = null } = person;
  return {
    key,
    externalId,
    givenName,
    familyName,
    workEmail,
    country,
    timeZone,
    managerKey,
    leave: null,
    updatedAt: now,
  };
}

/** The person of a key or of an external id. */
export function findEmployee(directory: Directory, name: string): Employee | undefined {
  return directory.get(name) ?? [...directory.values()].find(({ externalId }) => externalId === name);
}

/** When a leave takes hold: the moment HR named, or the end of the last working day where the person works. */
export function leaveMoment(leave: Leave, timeZone: string): Date {
  if (leave.leaveAt !== null) return new Date(leave.leaveAt);
  return DateTime.fromISO(leave.lastWorkingDay, { zone: timeZone }).endOf('day').toJSDate();
}

/** `active`, `leaving` (a leave is on record and still ahead) or `left`. */
export function statusOf(employee: Employee, now: Date): 'active' | 'leaving' | 'left' {
  if (!employee.leave) return 'active';
  return leaveMoment(employee.leave, employee.timeZone) > now ? 'leaving' : 'left';
}

/** The calendar date of a moment where the person works. */
export function localDate(at: Date, timeZone: string): string {
  return DateTime.fromJSDate(at, { zone: timeZone }).toFormat('yyyy-MM-dd');
}
