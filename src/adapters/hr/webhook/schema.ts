/**
 * The published HR webhook, and the read API beside it. Unknown fields are let through: an HR system that says more than
 * asked must not hold up a leaver.
 */
import { IANAZone } from 'luxon';
import { z } from 'zod';

const Filled = z
  .string()
  .trim()
  .min(1)
  .refine((text) => !/\p{Cc}/u.test(text) && text.isWellFormed(), 'control characters or broken Unicode');

const Instant = z.iso.datetime({ offset: true });

/** IANA name: offsets such as `+02:00` know no daylight saving, and cannot say when a day ends in half a year. */
const TimeZone = Filled.refine(
  (name) => /^[A-Za-z]/u.test(name) && IANAZone.isValidZone(name),
  'not an IANA time zone',
).meta({
  description: 'IANA time zone, such as Europe/Berlin.',
});

const Person = z.object({
  externalId: Filled.meta({ description: 'The number that the HR system knows the person by.' }),
  workEmail: Filled,
  timeZone: TimeZone,
  country: z
    .string()
    .regex(/^[A-Z]{2}$/u)
    .meta({ description: 'ISO 3166-1 alpha-2.' }),
  manager: z.object({ externalId: Filled }).nullish(),
  reason: z.string().nullish(),
  deviceHints: z
    .array(Filled)
    .nullish()
    .meta({ description: 'Serials that HR believes the person has: hints, never proof.' }),
});

const lastWorkingDay = z.iso.date().meta({
  description: 'Calendar date where the person works; the leave takes hold at its end in timeZone.',
});
const leaveAt = Instant.nullish().meta({
  description: 'The very moment, where it is known; it wins over lastWorkingDay.',
});

const Leave = z.object({
  type: z.enum(['leave.scheduled', 'leave.changed']),
  timestamp: Instant,
  data: Person.extend({ lastWorkingDay, leaveAt }),
});

const Other = z.object({
  type: z.enum(['leave.withdrawn', 'person.joined', 'person.moved', 'person.rehired']),
  timestamp: Instant,
  data: Person,
});

/** Body of a delivery. */
export const HrMessage = z.discriminatedUnion('type', [Leave, Other]).meta({
  title: 'HR webhook: who leaves, joins, moves or comes back',
  description: 'Sent with Standard Webhooks headers; webhook-id is the id of the event.',
});
export type HrMessage = z.infer<typeof HrMessage>;

/** Types of message that are understood; any other is ignored. */
export const HR_TYPES: ReadonlySet<string> = new Set([
  ...Leave.shape.type.options,
  ...Other.shape.type.options,
]);

/** One employee as the read API shows them. */
export const Employee = z.object({
  externalId: Filled,
  givenName: z.string().nullish(),
  familyName: z.string().nullish(),
  workEmail: z.string().nullish(),
  country: z.string().nullish(),
  timeZone: TimeZone,
  manager: z.object({ externalId: Filled }).nullish(),
  status: z.enum(['active', 'leaving', 'left']),
  lastWorkingDay: z.iso.date().nullish(),
  leaveAt,
});
export type Employee = z.infer<typeof Employee>;

export const EmployeePage = z.object({
  employees: z.array(Employee),
  nextCursor: z.string().min(1).nullable(),
});
