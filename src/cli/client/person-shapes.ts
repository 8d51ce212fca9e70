/** People as the commands show them of the API's answers. */
import { z } from 'zod';

const MaybeText = z.string().nullable();

export const PersonShown = z.looseObject({
  id: z.string(),
  displayName: MaybeText,
  workEmail: MaybeText,
  employeeNumber: MaybeText,
  country: MaybeText,
  timeZone: MaybeText,
  hasAddress: z.boolean(),
  hasPrivateEmail: z.boolean(),
  erasedAt: MaybeText,
  accounts: z.array(z.looseObject({ connector: z.string(), externalId: z.string(), state: MaybeText })),
  erasure: z
    .looseObject({ state: z.string(), why: MaybeText, approvedAt: z.string(), finishedAt: MaybeText })
    .nullable(),
});
export type PersonShown = z.infer<typeof PersonShown>;
