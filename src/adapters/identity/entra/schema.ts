/** What Graph answers and sends about users: only the fields we read. */
import { z } from 'zod';

const text = z.string().nullish();
/** Edm.DateTimeOffset: any number of fraction digits. */
const instant = z.iso.datetime({ offset: true });

export const EntraUser = z.looseObject({
  id: z.string().min(1),
  accountEnabled: z.boolean(),
  userPrincipalName: z.string().min(1),
  mail: text,
  displayName: text,
  employeeId: text,
  usageLocation: text,
  country: text,
  employeeLeaveDateTime: instant.nullish(),
  onPremisesSyncEnabled: z.boolean().nullish(),
  signInSessionsValidFromDateTime: instant.nullish(),
});
export type EntraUser = z.infer<typeof EntraUser>;

/** Graph shows these properties only when they are asked for. */
export const USER_SELECT = Object.keys(EntraUser.shape).join(',');

/** A user in the directory's recycle bin, where Graph shows few properties. */
export const DeletedUser = z.looseObject({
  id: z.string().min(1),
  userPrincipalName: text,
  mail: text,
  displayName: text,
  deletedDateTime: instant.nullish(),
});
export type DeletedUser = z.infer<typeof DeletedUser>;

export const Reference = z.looseObject({ id: z.string().min(1) });
export type Reference = z.infer<typeof Reference>;

/** A row of `/users/delta`. Properties that were never set are left out; one that was cleared is `null`. */
export const DeltaUser = z.looseObject({
  id: z.string().min(1),
  accountEnabled: z.boolean().nullish(),
  employeeLeaveDateTime: instant.nullish(),
  createdDateTime: instant.nullish(),
  '@removed': z.looseObject({ reason: z.string().nullish() }).optional(),
});
export type DeltaUser = z.infer<typeof DeltaUser>;

export const DeltaPage = z.looseObject({
  value: z.array(DeltaUser),
  '@odata.nextLink': z.string().min(1).optional(),
  '@odata.deltaLink': z.string().min(1).optional(),
});

/** An entry of a user's owned or registered objects; those that are no devices have another type. */
export const DirectoryDevice = z.looseObject({
  '@odata.type': z.string().nullish(),
  id: z.string().min(1),
  deviceId: text,
  operatingSystem: text,
  manufacturer: text,
  model: text,
  deviceOwnership: text,
  approximateLastSignInDateTime: instant.nullish(),
});
export type DirectoryDevice = z.infer<typeof DirectoryDevice>;

export const Revocation = z.looseObject({ value: z.boolean() });

export const Subscription = z.looseObject({
  id: z.string().min(1),
  resource: z.string(),
  notificationUrl: z.string(),
  lifecycleNotificationUrl: text,
  expirationDateTime: instant,
});
export type Subscription = z.infer<typeof Subscription>;

/** The body of a change or lifecycle notification. */
export const Notifications = z.looseObject({
  value: z
    .array(z.looseObject({ subscriptionId: z.string(), clientState: text, lifecycleEvent: text }))
    .min(1),
});
export type Notifications = z.infer<typeof Notifications>;
