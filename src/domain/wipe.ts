/**
 * The states of a wipe, told apart: asked for is not accepted, accepted is not acknowledged, acknowledged is not confirmed.
 */
export const WIPE_STATES = [
  'requested',
  'accepted',
  'acknowledged',
  'confirmed',
  'failed',
  'cancelled',
  'unknown',
] as const;
export type WipeState = (typeof WIPE_STATES)[number];

/** Sanitisation levels of NIST SP 800-88, in rising order; `none` is the grade of a wipe nobody vouches for. */
export const GRADES = ['none', 'clear', 'purge', 'destroy'] as const;
export type Grade = (typeof GRADES)[number];

/** Whether `grade` is at least `minimum`. */
export function gradeReaches(grade: Grade, minimum: Grade): boolean {
  return GRADES.indexOf(grade) >= GRADES.indexOf(minimum);
}

/**
 * What an MDM says of the latest wipe command of one device, in our words.
 * `pending`: accepted, the device has not taken it. `active`: under way. `done`: the MDM's terminal success.
 */
export interface WipeObservation {
  readonly state: 'pending' | 'active' | 'done' | 'failed' | 'cancelled' | 'not-supported';
  /** When the command was started by the MDM's own clock, ISO 8601 UTC. */
  readonly startedAt: string;
  /** When the MDM last changed that state, ISO 8601 UTC. */
  readonly updatedAt: string;
  /** Last life of the device that the MDM knows of, ISO 8601 UTC. */
  readonly lastSeenAt: string | null;
}
