import { IANAZone } from 'luxon';
import { z } from 'zod';
import { leaveMoment, localDate } from './directory.ts';
import type { Directory, Employee, Leave } from './directory.ts';
import { managerOf } from './employees.ts';

/** Everything that this system tells. */
export const EVENT_TYPES = [
  'leave.scheduled',
  'leave.changed',
  'leave.withdrawn',
  'person.joined',
  'person.moved',
  'person.rehired',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

const timeZone = z.string().refine((zone) => IANAZone.isValidZone(zone), { error: 'not an IANA time zone' });

/** Something that happens to a person. Absent fields stay as they are. */
export const Happening = z.strictObject({
  type: z.enum(EVENT_TYPES),
  /** For leaves: the calendar date. Without it, the date of `leaveAt` where the person works. */
  lastWorkingDay: z.iso.date().optional(),
  /** For leaves: the very moment. */
  leaveAt: z.iso.datetime({ offset: true }).optional(),
  /** For leaves: the very moment, so many seconds from now. */
  leaveInSeconds: z.number().optional(),
  reason: z.string().min(1).optional(),
  /** Serials that HR believes the person has. */
  deviceHints: z.array(z.string().min(1)).optional(),
  workEmail: z.email().optional(),
  country: z.string().length(2).optional(),
  timeZone: timeZone.optional(),
  managerKey: z.string().nullable().optional(),
  /** When it was entered; now if absent. */
  at: z.iso.datetime({ offset: true }).optional(),
  /** False: it goes on record, but no webhook tells it. */
  notify: z.boolean().default(true),
});
export type Happening = z.infer<typeof Happening>;

/** What a webhook carries about a person. What does not apply is absent, never null. */
export interface EventData {
  readonly externalId: string;
  readonly workEmail: string;
  /** Calendar date; with every leave event, the withdrawn one too. */
  readonly lastWorkingDay?: string;
  /** The very moment of leaving (ISO 8601, UTC), where it is known. */
  readonly leaveAt?: string;
  readonly timeZone: string;
  readonly country: string;
  readonly manager?: { readonly externalId: string };
  readonly reason?: string;
  readonly deviceHints?: readonly string[];
}

/** A mistake of whoever drives the simulator. */
export class HappeningError extends Error {}

/** Puts the happening on record and returns what there is to tell. */
export function happen(directory: Directory, employee: Employee, happening: Happening, now: Date): EventData {
  if (typeof happening.managerKey === 'string' && !directory.has(happening.managerKey))
    throw new HappeningError(`no person has the key ${happening.managerKey}`);
  const told = leaveToTell(employee, happening, now);
  employee.workEmail = happening.workEmail ?? employee.workEmail;
  employee.country = happening.country ?? employee.country;
  employee.timeZone = happening.timeZone ?? employee.timeZone;
  if (happening.managerKey !== undefined) employee.managerKey = happening.managerKey;
  employee.leave =
    happening.type === 'leave.scheduled' || happening.type === 'leave.changed'
      ? told
      : afterwards(employee, happening.type);
  employee.updatedAt = now;
  const manager = managerOf(directory, employee);
  return {
    externalId: employee.externalId,
    workEmail: employee.workEmail,
    ...(told && { lastWorkingDay: told.lastWorkingDay }),
    ...(told && told.leaveAt !== null && { leaveAt: told.leaveAt }),
    timeZone: employee.timeZone,
    country: employee.country,
    ...(manager && { manager }),
    ...(happening.reason !== undefined && { reason: happening.reason }),
    ...(happening.deviceHints !== undefined && { deviceHints: happening.deviceHints }),
  };
}

/** The leave that an event speaks of; null for events about something else. */
function leaveToTell(employee: Employee, happening: Happening, now: Date): Leave | null {
  if (happening.type === 'leave.withdrawn')
    return employee.leave ?? readLeave(employee, happening, now) ?? null;
  if (happening.type !== 'leave.scheduled' && happening.type !== 'leave.changed') return null;
  const leave = readLeave(employee, happening, now);
  if (!leave)
    throw new HappeningError(`${happening.type} needs a lastWorkingDay, a leaveAt or leaveInSeconds`);
  return leave;
}

function readLeave(employee: Employee, happening: Happening, now: Date): Leave | undefined {
  const { leaveInSeconds, reason = null, deviceHints = [] } = happening;
  const moment =
    leaveInSeconds === undefined
      ? happening.leaveAt
      : new Date(now.getTime() + leaveInSeconds * 1000).toISOString();
  const leaveAt = moment === undefined ? null : new Date(moment).toISOString();
  const lastWorkingDay =
    happening.lastWorkingDay ??
    (leaveAt === null ? undefined : localDate(new Date(leaveAt), happening.timeZone ?? employee.timeZone));
  return lastWorkingDay === undefined ? undefined : { lastWorkingDay, leaveAt, reason, deviceHints };
}

/** The leave that stays on record after an event that schedules none: a move changes nothing about it. */
function afterwards(employee: Employee, type: EventType): Leave | null {
  return type === 'person.moved' ? employee.leave : null;
}

/** When the leave on record takes hold, for people to read. */
export function effectiveAt(employee: Employee): string | null {
  return employee.leave && leaveMoment(employee.leave, employee.timeZone).toISOString();
}
