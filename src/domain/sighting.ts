import type { Ownership, Platform } from './platform.ts';

/** Which of the three kinds of record a source keeps about devices. */
export const SOURCE_KINDS = ['identity', 'mdm', 'inventory'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/**
 * What one source says about one device that it ties to the person asked about, in our words.
 * It carries ids, enums and times only: it becomes part of a fact.
 */
export interface DeviceSighting {
  /** The source's own id of its record (Okta device id, Intune managedDevice id, Snipe-IT asset id …). */
  readonly externalId: string;
  /** Serial as the source prints it; `null` where it has none. Normalise before comparing. */
  readonly serial: string | null;
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly assetTag: string | null;
  readonly platform: Platform;
  readonly ownership: Ownership;
  /** The holder by this source: the source's own id of the person, `null` when it names nobody. */
  readonly holderExternalId: string | null;
  /** Whether this source names the person asked about as holder. */
  readonly heldBySubject: boolean;
  /** Last life of the device that the source knows of, ISO 8601 UTC. */
  readonly lastSeenAt: string | null;
  /**
   * The directory's device id, where the source knows it (Entra `deviceId`, Intune `azureADDeviceId`). Entra keeps no
   * serial: this is what ties its record to the MDM's.
   */
  readonly directoryDeviceId?: string;
}
