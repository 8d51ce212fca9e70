/** Everything one tenant knows, in memory. Times are ISO 8601 in UTC. */
import type { EdiscoveryCases } from './ediscovery-state.ts';
import type { DeviceBehaviour } from './options.ts';

/** An Entra ID user: `fields` are what Graph shows (and `$select` picks from). */
export interface GraphUser {
  readonly id: string;
  readonly key: string;
  readonly fields: Record<string, unknown> & {
    id: string;
    userPrincipalName: string;
    accountEnabled: boolean;
  };
  readonly managerId: string | null;
  /** Set while the user lies in the directory's recycle bin. */
  deletedDateTime: string | null;
}

/** A directory device (Entra ID); has no serial number, the link to Intune is `deviceId` = `azureADDeviceId`. */
export interface DirectoryDevice {
  readonly fields: Readonly<Record<string, unknown>> & { readonly id: string; readonly deviceId: string };
  readonly ownerId: string;
}

export type ActionState = 'pending' | 'active' | 'done' | 'failed' | 'notSupported';
export type ActionKind = 'wipe' | 'retire' | 'remoteLock' | 'bypassActivationLock';

/** A command to a device. It shows up in `deviceActionResults` only once `visible`. */
export interface Command {
  readonly kind: ActionKind;
  readonly params: Readonly<Record<string, unknown>>;
  readonly startDateTime: string;
  lastUpdatedDateTime: string;
  state: ActionState;
  visible: boolean;
}

/** An Intune record. A device that enrols again gets a new one. */
export interface ManagedDevice {
  readonly id: string;
  readonly key: string;
  readonly fields: Record<string, unknown> & {
    id: string;
    userId: string | null;
    serialNumber: string;
    managementState: string;
    lastSyncDateTime: string;
  };
  readonly commands: Command[];
  behaviour: DeviceBehaviour;
  /** Erased: it contacts Intune no more. */
  wiped: boolean;
  /** A wipe ran that was told to keep data or enrolment: `true`. One that kept nothing: `false`. None ran: `null`. */
  dataLeft: boolean | null;
  /** The eSIM of a phone that has one. */
  esim: 'present' | 'erased' | null;
  /** Locked by a remote lock. */
  locked: boolean;
  /** Off the network until somebody unlocks it: a locked Mac, or a locked iPhone that was restarted. */
  needsUnlock: boolean;
  /** Apple's Activation Lock is on. */
  activationLocked: boolean;
  /** Escrowed with Intune, which forgets it when the device is reset. */
  bypassCode: string | null;
}

/** A registration with Windows Autopilot; `key` is the seeded device's. */
export interface AutopilotIdentity {
  readonly id: string;
  readonly key: string;
  readonly fields: Readonly<Record<string, unknown>> & { readonly id: string; readonly serialNumber: string };
  /** From a deletion until it is gone, ms. */
  readonly lagMs: number;
}

/** One entry of the tenant's history of user changes, which delta queries replay. */
export interface UserChange {
  readonly sequence: number;
  readonly userId: string;
  readonly kind: 'changed' | 'soft-deleted' | 'purged';
  /** Names of the fields that changed; empty means all. */
  readonly fields: readonly string[];
}

/** Consent of one user that a client may act for them (`oAuth2PermissionGrant` with the consent type `Principal`). */
export interface PermissionGrant {
  readonly id: string;
  readonly clientId: string;
  readonly consentType: 'Principal';
  readonly principalId: string;
  readonly resourceId: string;
  readonly scope: string;
}

export interface Subscription {
  readonly id: string;
  readonly changeType: readonly string[];
  readonly resource: string;
  notificationUrl: string;
  readonly lifecycleNotificationUrl: string | null;
  readonly clientState: string | null;
  expirationDateTime: string;
}

export class GraphState {
  readonly users = new Map<string, GraphUser>();
  readonly directoryDevices = new Map<string, DirectoryDevice>();
  readonly managedDevices = new Map<string, ManagedDevice>();
  readonly autopilot = new Map<string, AutopilotIdentity>();
  readonly subscriptions = new Map<string, Subscription>();
  readonly grants = new Map<string, PermissionGrant>();
  readonly ediscovery: EdiscoveryCases;
  changes: UserChange[] = [];

  constructor(ediscovery: EdiscoveryCases) {
    this.ediscovery = ediscovery;
  }

  clear(): void {
    for (const map of [
      this.users,
      this.directoryDevices,
      this.managedDevices,
      this.autopilot,
      this.subscriptions,
      this.grants,
    ])
      map.clear();
    this.ediscovery.clear();
    this.changes = [];
  }

  get sequence(): number {
    return this.changes.length;
  }

  /** A user who is not deleted, by id or user principal name. */
  user(idOrName: string): GraphUser | undefined {
    const user =
      this.users.get(idOrName) ??
      [...this.users.values()].find(
        ({ fields }) => fields.userPrincipalName.toLowerCase() === idOrName.toLowerCase(),
      );
    return user?.deletedDateTime === null ? user : undefined;
  }

  /** Deleted ones too, by the seed's key, id or name: for the control listener. */
  userByKey(key: string): GraphUser | undefined {
    return (
      this.users.get(key) ??
      [...this.users.values()].find((user) => user.key === key || user.fields.userPrincipalName === key)
    );
  }

  /** The newest record of the seeded device. */
  deviceByKey(key: string): ManagedDevice | undefined {
    return (
      this.managedDevices.get(key) ??
      [...this.managedDevices.values()].findLast((device) => device.key === key)
    );
  }
}
