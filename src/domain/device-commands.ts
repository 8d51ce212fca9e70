/** What else than a wipe a device manager is asked for, and what came of it. */

/** `retire` removes the organisation's data from a personal device and nothing else. */
export const COMMAND_KINDS = ['retire', 'lock'] as const;
export type CommandKind = (typeof COMMAND_KINDS)[number];

/** As a wipe's, and `record-gone`: after a retire the device manager forgets the device, which is its documented end. */
export type CommandState =
  | 'pending'
  | 'active'
  | 'done'
  | 'failed'
  | 'cancelled'
  | 'not-supported'
  | 'record-gone';

/** Why a lock is not sent: it would cut off the wipe, the platform knows none, the connector may not send, or the device is not ours. */
export type LockDecline = 'would-cut-off-wipe' | 'not-supported' | 'connector-not-enforcing' | 'not-ours';

/** What binds a device to its organisation, let go only after its data is proven gone. */
export const RELEASE_STEPS = ['activation-lock', 'autopilot', 'enrolment', 'mdm-record'] as const;
export type ReleaseStep = (typeof RELEASE_STEPS)[number];

export type ReleaseReading = 'released' | 'still-held' | 'not-applicable' | 'unreadable';
