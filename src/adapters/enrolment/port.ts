/**
 * The enrolment programme: a maker's register of the devices that an organisation bought, by which they enrol with its device
 * manager after every reset, whoever holds them then. Implemented by `abm/` (Apple). Windows Autopilot is part of Intune, and
 * stands in `../devices/port.ts`.
 */
import type { CallOptions } from '../read-options.ts';
import type { ReleaseReading } from '../release-reading.ts';

export type { ReleaseReading } from '../release-reading.ts';

/** What the programme's interface can do. What it cannot is a person's act in the maker's console, proven by reading back. */
export type EnrolmentCapability = 'unassign' | 'release';

/** A device as the programme knows it. */
export interface EnrolledDevice {
  /** The serial as the programme prints it. */
  readonly serial: string;
  /** Whether it is assigned to a device manager; `null` when the answer does not say. */
  readonly assigned: boolean | null;
  /** When it was let go for the last time, ISO 8601 UTC; `null` while it is the organisation's. */
  readonly releasedAt: string | null;
}

/** The maker's own word on the Activation Lock. */
export interface ActivationLockReading {
  readonly reading: ReleaseReading;
  /** Who locked it: a lock by a person's own account is not the device manager's to lift. `null` when not locked or not told. */
  readonly by: 'device-manager' | 'person' | null;
}

/** What became of a request that was accepted. `unreadable`: the programme does not know it (any more). */
export type EnrolmentRequestState = 'under-way' | 'done' | 'failed' | 'unreadable';

export interface EnrolmentProgramme {
  readonly can: readonly EnrolmentCapability[];
  /** By serial, live, compared on our side; `null` when the organisation has none such. */
  readDevice(serial: string, options?: CallOptions): Promise<EnrolledDevice | null>;
  /** Whether the organisation still holds it. `unreadable` for a text that is no serial. */
  readRelease(serial: string, options?: CallOptions): Promise<ReleaseReading>;
  /** Whether it would still enrol with a device manager. */
  readAssignment(serial: string, options?: CallOptions): Promise<ReleaseReading>;
  readActivationLock(serial: string, options?: CallOptions): Promise<ActivationLockReading>;
  /**
   * Asks that the device be taken from its device manager; it stays the organisation's. Resolves with the programme's id of the
   * request, `null` when there was nothing to do. It proves nothing: read back. Asked twice it does no harm.
   * @throws ConnectorError `refused`, nothing sent, for a text that is no serial (`NO_SERIAL`).
   */
  unassign(serial: string, options?: CallOptions): Promise<string | null>;
  /**
   * Asks that the organisation let the device go for good: it may not be possible to take it back. Else as `unassign`; `refused`
   * with `NOT_OFFERED`, nothing sent, where the interface has no such thing.
   */
  release(serial: string, options?: CallOptions): Promise<string | null>;
  readRequest(id: string, options?: CallOptions): Promise<EnrolmentRequestState>;
  probe(options?: CallOptions): Promise<{ readonly missing: readonly string[] }>;
}
