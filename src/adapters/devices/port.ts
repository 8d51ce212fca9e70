/**
 * The device manager (MDM): what is enrolled, for whom, and the wipe command with its states. Implemented by `intune/`.
 * Wipe (erases the device), retire (removes company data only) and sanitisation (proven erasure) are different things.
 */
import type { DeviceSighting } from '../../domain/sighting.ts';
import type { WipeObservation } from '../../domain/wipe.ts';
import type { CallOptions, Page } from '../read-options.ts';

/** How a lost answer to a wipe is resolved. `settleMs`: how long until the vendor's listing is to be believed. */
export type LostAnswerResolution =
  | { readonly kind: 'same-command-id' }
  | { readonly kind: 'authoritative-readback'; readonly settleMs: number }
  | { readonly kind: 'never' };

/** The exact parameters of a wipe: part of what an approval binds. */
export interface WipeParameters {
  readonly keepUserData: false;
  readonly keepEnrollmentData: boolean;
  /** 6 digits for Macs that need one to restart; made per command, never stored in a fact. */
  readonly unlockCode?: string;
}

/** A managed device as it is now, read live for the guard. */
export interface ManagedDevice extends DeviceSighting {
  /** Latest wipe action that the MDM itself remembers for this record, ours or not; `null` when none. */
  readonly lastWipe: WipeObservation | null;
  /** All wipe actions that the MDM remembers for this record, the oldest first. */
  readonly wipes: readonly WipeObservation[];
  /**
   * A listing met a wipe on this record that it cannot read: `wipes` is then empty and `lastWipe` is `null`, which says
   * nothing. A record read singly is never marked; there the reading throws.
   */
  readonly unreadable: boolean;
}

export interface WipeTarget {
  readonly mdmId: string;
  /** When the send was begun, ISO 8601 UTC. */
  readonly sendStartedAt: string;
  /** Start of the latest wipe that the MDM remembered *before* the send: an older or equal one is not ours. */
  readonly priorWipeStartedAt: string | null;
}

export interface DeviceManager {
  readonly lostAnswer: LostAnswerResolution;
  /** Every device enrolled for the person, by the provider's id of them; fully paged, or it throws. */
  listDevicesOf(personExternalId: string, options?: CallOptions): Promise<readonly DeviceSighting[]>;
  /** One record, live; `null` when there is none (which proves nothing about an erasure). */
  readDevice(mdmId: string, options?: CallOptions): Promise<ManagedDevice | null>;
  /**
   * Sends one wipe. Must not retry inside. Resolves when the vendor accepted (which proves nothing yet).
   * @throws ConnectorError `outcome-unknown` when the answer was lost; `retryable`, `refused`, `not-found`, `conflict`
   * only when the vendor certainly did nothing.
   */
  wipe(mdmId: string, parameters: WipeParameters, commandId: string, options?: CallOptions): Promise<void>;
  /**
   * Which of the wipes on a record just read is the one that was sent: the first after the one remembered before, and not
   * before the send but for the difference of the clocks, which only the adapter knows. Asks nobody. `null`: none of them.
   */
  ourWipe(device: ManagedDevice, target: WipeTarget): WipeObservation | null;
  /** What became of a wipe that was (perhaps) sent: `null` when the MDM shows none that could be ours. */
  readWipe(target: WipeTarget, options?: CallOptions): Promise<WipeObservation | null>;
  /** All managed devices, page by page, with their latest wipe: for the sweep. */
  listDevices(cursor: string | null, options?: CallOptions): Promise<Page<ManagedDevice>>;
  probe(options?: CallOptions): Promise<{ readonly missing: readonly string[] }>;
}
