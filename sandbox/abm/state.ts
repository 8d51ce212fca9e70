/** What one organisation has at Apple, in memory. */
import type { DeviceBehaviour } from './options.ts';

/** One device. Its id is its serial. */
export interface OrgDevice {
  readonly serial: string;
  readonly key: string;
  readonly model: string;
  readonly productFamily: string;
  readonly behaviour: DeviceBehaviour;
  addedAt: string;
  releasedAt: string | null;
  /** The device management service it is assigned to. */
  server: string | null;
  lock: 'MDM' | 'USER' | 'NONE';
}

/** One that came back after its release is the organisation's again. */
export function isReleased({ addedAt, releasedAt }: OrgDevice): boolean {
  return releasedAt !== null && releasedAt >= addedAt;
}

/** A request that is worked through on Apple's own time. */
export interface Activity {
  readonly id: string;
  readonly type: string;
  readonly createdAt: string;
  completedAt: string | null;
  status: 'IN_PROGRESS' | 'COMPLETED' | 'STOPPED' | 'FAILED';
  subStatus: string;
}

export interface OrgState {
  readonly devices: Map<string, OrgDevice>;
  readonly activities: Map<string, Activity>;
}

/** The one device management service of the organisation. */
export const SERVER = { id: '1F97349736CF4614A94F624E705841AD', name: 'Device manager' } as const;
