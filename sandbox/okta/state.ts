/** Everything one Okta organisation knows, in memory. */
import type { LogEvent } from './log-event.ts';

export type UserStatus =
  | 'STAGED'
  | 'PROVISIONED'
  | 'ACTIVE'
  | 'RECOVERY'
  | 'PASSWORD_EXPIRED'
  | 'LOCKED_OUT'
  | 'SUSPENDED'
  | 'DEPROVISIONED';
export type DeviceStatus = 'ACTIVE' | 'SUSPENDED' | 'DEACTIVATED';

/** Times are ISO 8601 in UTC. */
export interface OktaUser {
  readonly id: string;
  /** The seed's key, or the id for a user made over the API. */
  readonly key: string;
  status: UserStatus;
  transitioningToStatus: 'DEPROVISIONED' | null;
  readonly created: string;
  activated: string | null;
  statusChanged: string | null;
  lastLogin: string | null;
  lastUpdated: string;
  profile: Record<string, unknown> & { login: string };
  /** Identity provider sessions that are alive. */
  sessions: number;
}

export interface OktaDevice {
  readonly id: string;
  readonly key: string;
  status: DeviceStatus;
  readonly created: string;
  lastUpdated: string;
  readonly profile: Readonly<Record<string, unknown>> & { displayName: string };
}

/** The link of a user to a device; lost for good when the device is deactivated. */
export interface DeviceLink {
  readonly id: string;
  readonly deviceId: string;
  readonly userId: string;
  readonly created: string;
  readonly managementStatus: 'MANAGED' | 'NOT_MANAGED';
}

/** A scope that a user consented to, for one client. */
export interface Grant {
  readonly id: string;
  readonly userId: string;
  readonly clientId: string;
  readonly scopeId: string;
  readonly created: string;
}

/** A refresh token of a user, for one client. */
export interface RefreshToken {
  readonly id: string;
  readonly userId: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly created: string;
}

export interface EventHook {
  readonly id: string;
  name: string;
  description: string | null;
  status: 'ACTIVE' | 'INACTIVE';
  verificationStatus: 'UNVERIFIED' | 'VERIFIED';
  readonly created: string;
  lastUpdated: string;
  items: readonly string[];
  uri: string;
  headers: readonly { readonly key: string; readonly value: string }[];
  authScheme: { readonly type: 'HEADER'; readonly key: string; readonly value: string } | null;
}

/** The organisation. */
export class OktaState {
  readonly users = new Map<string, OktaUser>();
  readonly devices = new Map<string, OktaDevice>();
  links: DeviceLink[] = [];
  grants: Grant[] = [];
  tokens: RefreshToken[] = [];
  readonly hooks = new Map<string, EventHook>();
  /** In the order they were persisted. */
  events: LogEvent[] = [];

  clear(): void {
    this.users.clear();
    this.devices.clear();
    this.hooks.clear();
    [this.links, this.grants, this.tokens, this.events] = [[], [], [], []];
  }

  /** By id or login, as the API takes it. */
  user(idOrLogin: string): OktaUser | undefined {
    return (
      this.users.get(idOrLogin) ??
      [...this.users.values()].find(({ profile }) => profile.login.toLowerCase() === idOrLogin.toLowerCase())
    );
  }

  /** By the seed's key too, for the control listener. */
  userByKey(key: string): OktaUser | undefined {
    return this.user(key) ?? [...this.users.values()].find((user) => user.key === key);
  }

  deviceByKey(key: string): OktaDevice | undefined {
    return this.devices.get(key) ?? [...this.devices.values()].find((device) => device.key === key);
  }
}
