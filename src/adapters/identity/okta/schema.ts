/** What Okta answers and sends: only the fields we read. Okta adds fields at any time, so objects are loose. */
import { z } from 'zod';

const text = z.string().nullish();

export const OktaUser = z.looseObject({
  id: z.string().min(1),
  status: z.enum([
    'STAGED',
    'PROVISIONED',
    'ACTIVE',
    'RECOVERY',
    'PASSWORD_EXPIRED',
    'LOCKED_OUT',
    'SUSPENDED',
    'DEPROVISIONED',
  ]),
  lastLogin: text,
  statusChanged: text,
  profile: z.looseObject({
    login: z.string(),
    email: text,
    displayName: text,
    firstName: text,
    lastName: text,
    employeeNumber: text,
    countryCode: text,
    managerId: text,
  }),
});
export type OktaUser = z.infer<typeof OktaUser>;

/** An entry of `GET /api/v1/users/{id}/devices`. */
export const OktaUserDevice = z.looseObject({
  device: z.looseObject({
    id: z.string().min(1),
    status: z.enum(['ACTIVE', 'SUSPENDED', 'UNSUSPENDED', 'DEACTIVATED']),
    profile: z.looseObject({
      platform: z.string().nullish(),
      serialNumber: text,
      manufacturer: text,
      model: text,
    }),
  }),
});
export type OktaUserDevice = z.infer<typeof OktaUserDevice>;

export const OktaGrant = z.looseObject({ id: z.string().min(1), status: z.string().nullish() });
export type OktaGrant = z.infer<typeof OktaGrant>;

/** A System Log event, the same in the log and in event hooks. */
export const OktaLogEvent = z.looseObject({
  uuid: z.string().min(1),
  published: z.iso.datetime({ offset: true }),
  eventType: z.string().min(1),
  outcome: z.looseObject({ result: z.string().nullish() }).nullish(),
  target: z.array(z.looseObject({ id: z.string().nullish(), type: z.string().nullish() })).nullish(),
});
export type OktaLogEvent = z.infer<typeof OktaLogEvent>;

/** The body of an event hook delivery. */
export const OktaHookBody = z.looseObject({
  eventType: z.literal('com.okta.event_hook'),
  eventId: z.string().min(1),
  data: z.looseObject({ events: z.array(OktaLogEvent) }),
});
