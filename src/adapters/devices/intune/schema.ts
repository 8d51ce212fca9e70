/** What Graph answers about managed devices: only the fields we read. */
import { z } from 'zod';

const text = z.string().nullish();

/**
 * An entry of `deviceActionResults`. There is no command id: an action is known by its name and start. Anything else is cut
 * off at once, since the result of a Mac's lock carries the PIN that opens it.
 */
export const ActionResult = z.object({
  actionName: text,
  actionState: text,
  startDateTime: text,
  lastUpdatedDateTime: text,
});
export type ActionResult = z.infer<typeof ActionResult>;

/** The bypass code of the Activation Lock comes only when asked for by name, and it is not. */
export const ManagedDeviceRecord = z.object({
  id: z.string().min(1),
  userId: text,
  serialNumber: text,
  manufacturer: text,
  model: text,
  operatingSystem: text,
  managedDeviceOwnerType: text,
  lastSyncDateTime: text,
  azureADDeviceId: text,
  /** Only handed out with the answer of a read-back: `deviceActionResults` says what became of an action. */
  managementState: text,
  /** Absent where a listing leaves it out, which says nothing; empty or `null` where there was no action. */
  deviceActionResults: z.array(ActionResult).nullish(),
});
export type ManagedDeviceRecord = z.infer<typeof ManagedDeviceRecord>;

export const DEVICE_SELECT = Object.keys(ManagedDeviceRecord.shape).join(',');

/** A device that is registered with Windows Autopilot (`windowsAutopilotDeviceIdentity`). */
export const AutopilotRecord = z.object({ id: z.string().min(1), serialNumber: text });
export type AutopilotRecord = z.infer<typeof AutopilotRecord>;
