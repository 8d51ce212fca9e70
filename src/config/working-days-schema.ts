import { z } from 'zod';
import type { WorkingCalendar } from '../domain/working-days.ts';

const WEEKDAYS = { mon: 1, tue: 2, wed: 3, thu: 4, fri: 5, sat: 6, sun: 7 } as const;
const NAMES = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

export const Country = z.string().regex(/^[A-Z]{2}$/u, 'two capital letters (ISO 3166-1)');

/** Days off by country. */
export const WorkingDaysSchema = z
  .record(
    Country,
    z.strictObject({
      weekend: z.array(z.enum(NAMES)).max(6, 'no day is left to work on').default(['sat', 'sun']),
      holidays: z.array(z.iso.date()).default([]),
    }),
  )
  .default({})
  .transform((countries): WorkingCalendar =>
    Object.fromEntries(
      Object.entries(countries).map(([country, { weekend, holidays }]) => [
        country,
        {
          weekend: weekend.map((day) => WEEKDAYS[day]).toSorted((a, b) => a - b),
          holidays: holidays.toSorted(),
        },
      ]),
    ),
  );
