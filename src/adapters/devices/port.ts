/**
 * The device manager (MDM): what is enrolled, for whom, its commands with their states, and what it holds of a device that
 * leaves. Implemented by `intune/`.
 * Wipe (erases the device), retire (removes company data only) and sanitisation (proven erasure) are different things.
 */
import type { Platform } from '../../domain/platform.ts';
import type { RedactedAnswer } from '../../domain/redacted-answer.ts';
import type { DeviceSighting } from '../../domain/sighting.ts';
import type { WipeObservation } from '../../domain/wipe.ts';
import type { CallOptions, Page } from '../read-options.ts';
import type { ReleaseReading } from '../release-reading.ts';

export type { ReleaseReading } from '../release-reading.ts';

/** How a lost answer to a wipe is resolved. `settleMs`: how long until the vendor's listing is to be believed. */
export type LostAnswerResolution =
  | { readonly kind: 'same-command-id' }
  | { readonly kind: 'authoritative-readback'; readonly settleMs: number }
  | { readonly kind: 'never' };

/** What a device manager may be able to do with a device. A command that a platform does not have is refused by the vendor. */
export const DEVICE_CAPABILITIES = [
  'wipe',
  'retire',
  'lock',
  /** Takes back a wipe that the device has not heard yet. A manager that can do it brings the call with it; none does yet. */
  'cancel-wipe',
  'release-activation-lock',
  'release-autopilot',
  'remove-record',
] as const;
export type DeviceCapability = (typeof DEVICE_CAPABILITIES)[number];

/** What this device manager can do for one platform, as far as its vendor documents it. */
export interface PlatformCapabilities {
  readonly can: readonly DeviceCapability[];
  /** A lock may keep the device from ever hearing a later wipe: where a wipe is wanted, it is not sent. */
  readonly lockCutsOffWipe: boolean;
  /**
   * The worst that removing the record may send to a device that still listens. `wipe`: only after a proven wipe, and never
   * for a personal device.
   */
  readonly removalMaySend: 'nothing' | 'retire' | 'wipe';
}

/** The exact parameters of a wipe: part of what an approval binds. A wipe that would keep data is refused before it is sent. */
export interface WipeParameters {
  readonly keepUserData: false;
  readonly keepEnrollmentData: false;
  /** Whether a phone keeps its eSIM plan; left out: as the connector's settings say. */
  readonly keepEsimPlan?: boolean;
  /** 6 digits for Macs that need one to restart; made per command, never stored in a fact. */
  readonly unlockCode?: string;
}

/** What the MDM says of one command of one device; the states of a wipe, for all of them. */
export type CommandObservation = WipeObservation;

/** A wipe as it was read, with what the vendor answered; no answer where the adapter hands out none. */
export interface WipeReading extends WipeObservation {
  readonly answer?: RedactedAnswer;
}

/**
 * What can be read of a retire. `record-gone`: there is no record (any more). That is the documented end of a retire which
 * was accepted, and looks the same when somebody deleted the record: the rules judge.
 */
export type RetireObservation = CommandObservation | { readonly state: 'record-gone' };

/** A managed device as it is now, read live for the guard. */
export interface ManagedDevice extends DeviceSighting {
  /** Latest wipe action that the MDM itself remembers for this record, ours or not; `null` when none. */
  readonly lastWipe: WipeObservation | null;
  /** All wipe actions that the MDM remembers for this record, the oldest first. */
  readonly wipes: readonly WipeObservation[];
  /** The same of retires and locks; `null` when there is one that cannot be read, which says nothing. */
  readonly retires: readonly CommandObservation[] | null;
  readonly locks: readonly CommandObservation[] | null;
  /**
   * A listing met a wipe on this record that it cannot read: `wipes` is then empty and `lastWipe` is `null`, which says
   * nothing. A record read singly is never marked; there the reading throws.
   */
  readonly unreadable: boolean;
  /** The vendor's own words on the wipes of this record, redacted. */
  readonly wipeAnswer?: RedactedAnswer;
}

export interface WipeTarget {
  readonly mdmId: string;
  /** When the send was begun, ISO 8601 UTC. */
  readonly sendStartedAt: string;
  /** Start of the latest wipe that the MDM remembered *before* the send: an older or equal one is not ours. */
  readonly priorWipeStartedAt: string | null;
}

/** A command other than a wipe, to be found again on the device's record. */
export interface CommandTarget {
  readonly mdmId: string;
  /** When the send was begun, ISO 8601 UTC. */
  readonly sendStartedAt: string;
  /** Start of the latest command of that kind that the MDM remembered *before* the send: an older or equal one is not ours. */
  readonly priorStartedAt: string | null;
}

export interface DeviceManager {
  /** For every command and release. */
  readonly lostAnswer: LostAnswerResolution;
  /** Asks nobody: what the vendor documents for that platform. */
  capabilities(platform: Platform): PlatformCapabilities;
  /** Every device enrolled for the person, by the provider's id of them; fully paged, or it throws. */
  listDevicesOf(personExternalId: string, options?: CallOptions): Promise<readonly DeviceSighting[]>;
  /** One record, live; `null` when there is none (which proves nothing about an erasure). */
  readDevice(mdmId: string, options?: CallOptions): Promise<ManagedDevice | null>;
  /**
   * Sends one wipe. Must not retry inside. Resolves when the vendor accepted (which proves nothing yet).
   * @throws ConnectorError `outcome-unknown` when the answer was lost; `retryable`, `refused`, `not-found`, `conflict`
   * only when the vendor certainly did nothing. `refused` with `KEEPS_DATA`, nothing sent, for parameters that keep data.
   */
  wipe(mdmId: string, parameters: WipeParameters, commandId: string, options?: CallOptions): Promise<void>;
  /**
   * Which of the wipes on a record just read is the one that was sent: the first after the one remembered before, and not
   * before the send but for the difference of the clocks, which only the adapter knows. Asks nobody. `null`: none of them.
   */
  ourWipe(device: ManagedDevice, target: WipeTarget): WipeReading | null;
  /** What became of a wipe that was (perhaps) sent: `null` when the MDM shows none that could be ours. */
  readWipe(target: WipeTarget, options?: CallOptions): Promise<WipeReading | null>;
  /** Sends one selective retire: company data goes, the person's own stays. Fails as `wipe` does. */
  retire(mdmId: string, commandId: string, options?: CallOptions): Promise<void>;
  /** As `ourWipe`, for the retire that was sent. `device`: the record just read, `null` when there is none. Asks nobody. */
  ourRetire(device: ManagedDevice | null, target: CommandTarget): RetireObservation | null;
  /** What became of a retire: `null` when the record is there and shows none that could be ours. */
  readRetire(target: CommandTarget, options?: CallOptions): Promise<RetireObservation | null>;
  /** Sends one lock of the screen or the firmware. Fails as `wipe` does. The vendor may make a PIN: it is never read. */
  lock(mdmId: string, commandId: string, options?: CallOptions): Promise<void>;
  /** What became of a lock: `null` when the MDM shows none that could be ours. */
  readLock(target: CommandTarget, options?: CallOptions): Promise<CommandObservation | null>;
  /**
   * Asks that the device's Activation Lock be lifted. Resolves when the vendor accepted, which proves nothing. The bypass
   * code that does it is a secret: it is never read, here or below.
   */
  releaseActivationLock(mdmId: string, options?: CallOptions): Promise<void>;
  /**
   * What the MDM says of the release that was asked for. It knows its own request, not the lock: where an enrolment programme
   * is connected (`../enrolment/port.ts`), its word on the lock is the proof.
   */
  readActivationLock(target: CommandTarget, options?: CallOptions): Promise<ReleaseReading>;
  /**
   * Asks that the serial's registration for automatic enrolment be deleted; one that is not there is fine. `serial` as the
   * MDM itself prints it: vendors search by text.
   * @throws ConnectorError `refused`, nothing sent, for a text that is no serial (`NO_SERIAL`); `conflict` when several
   * registrations have it (`SERIAL_NOT_UNIQUE`).
   */
  releaseAutopilot(serial: string, options?: CallOptions): Promise<void>;
  /** Whether a registration of that serial is (still) there, compared on our side. */
  readAutopilot(serial: string, options?: CallOptions): Promise<ReleaseReading>;
  /**
   * Deletes the MDM's record; one that is not there is fine. See `removalMaySend` for what else that does. Afterwards
   * `readDevice` answers `null`, which is the proof.
   */
  removeRecord(mdmId: string, options?: CallOptions): Promise<void>;
  /** All managed devices, page by page, with their latest wipe: for the sweep. */
  listDevices(cursor: string | null, options?: CallOptions): Promise<Page<ManagedDevice>>;
  probe(options?: CallOptions): Promise<{ readonly missing: readonly string[] }>;
}
