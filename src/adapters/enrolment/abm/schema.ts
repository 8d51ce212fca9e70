/** What we read of Apple's answers (Apple Business API 2.5, Apple School Manager API 1.6). Anything else is cut off. */
import { z } from 'zod';

const text = z.string().nullish();

/** The id of a device is its serial; `serialNumber` is left out of some answers. */
export const OrgDevice = z.object({
  data: z.object({
    type: z.literal('orgDevices'),
    id: z.string().min(1),
    attributes: z.object({
      serialNumber: text,
      status: text,
      addedToOrgDateTime: text,
      releasedFromOrgDateTime: text,
    }),
  }),
});
export type OrgDevice = z.infer<typeof OrgDevice>;

/** The server may be absent or without id where the device is assigned to none. */
export const AssignedServer = z.object({ data: z.object({ id: z.string() }).nullish() });

export const LockStatus = z.object({
  data: z.object({
    id: z.string().min(1),
    attributes: z.object({ isLocked: z.boolean(), lockType: text }),
  }),
});

export const Activity = z.object({
  data: z.object({
    type: z.literal('orgDeviceActivities'),
    id: z.string().min(1),
    attributes: z.object({ status: text, subStatus: text }),
  }),
});
export type Activity = z.infer<typeof Activity>;

/** JSON:API errors; `code` is a word with dots. */
export const AppleErrors = z.object({ errors: z.array(z.object({ code: z.string() })).min(1) });
