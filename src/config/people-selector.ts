import { z } from 'zod';

/** Whom a line is about: keys that `people.modes` and `policy.wipe.timing` have alike. Without any, everybody. */
export const PeopleSelector = {
  countries: z
    .array(z.string().regex(/^[A-Z]{2}$/u, 'two capital letters (ISO 3166-1)'))
    .min(1)
    .optional(),
  groups: z
    .array(z.string().regex(/^[a-z0-9-]{1,64}$/u))
    .min(1)
    .optional(),
};
