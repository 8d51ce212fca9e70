/** How Okta shows its resources. `url` is the instance's base URL. */
import type { LogEntity } from './log-event.ts';
import type { DeviceLink, EventHook, Grant, OktaDevice, OktaState, OktaUser, RefreshToken } from './state.ts';

export function showUser(user: OktaUser, url: string): object {
  const self = `${url}/api/v1/users/${user.id}`;
  return {
    id: user.id,
    status: user.status,
    created: user.created,
    activated: user.activated,
    statusChanged: user.statusChanged,
    lastLogin: user.lastLogin,
    lastUpdated: user.lastUpdated,
    passwordChanged: user.activated,
    ...(user.transitioningToStatus === null ? {} : { transitioningToStatus: user.transitioningToStatus }),
    type: { id: 'otySandboxDefault001' },
    profile: user.profile,
    credentials: { provider: { type: 'OKTA', name: 'OKTA' } },
    _links: { self: { href: self } },
  };
}

export function showDevice(device: OktaDevice, url: string): object {
  const self = `${url}/api/v1/devices/${device.id}`;
  return {
    id: device.id,
    status: device.status,
    created: device.created,
    lastUpdated: device.lastUpdated,
    profile: device.profile,
    resourceType: 'UDDevice',
    resourceDisplayName: { value: device.profile.displayName, sensitive: false },
    resourceAlternateId: null,
    resourceId: device.id,
    _links: { self: { href: self }, users: { href: `${self}/users`, hints: { allow: ['GET'] } } },
  };
}

/** The device's side of its links: `GET /devices/{id}/users` and `expand=user`. */
export function showDeviceUsers(device: OktaDevice, state: OktaState, url: string): object[] {
  return state.links
    .filter(({ deviceId }) => deviceId === device.id)
    .flatMap(({ created, managementStatus, userId }) => {
      const user = state.users.get(userId);
      return user === undefined
        ? []
        : [{ created, managementStatus, screenLockType: 'BIOMETRIC', user: showUser(user, url) }];
    });
}

/** The user's side: `GET /users/{id}/devices`. */
export function showUserDevice(link: DeviceLink, device: OktaDevice, url: string): object {
  return { created: link.created, deviceUserId: link.id, device: showDevice(device, url) };
}

export function showGrant(grant: Grant, url: string): object {
  return {
    id: grant.id,
    status: 'ACTIVE',
    created: grant.created,
    createdBy: { id: grant.userId, type: 'User' },
    lastUpdated: grant.created,
    issuer: url,
    clientId: grant.clientId,
    userId: grant.userId,
    scopeId: grant.scopeId,
    source: 'END_USER',
    _links: { self: { href: `${url}/api/v1/users/${grant.userId}/grants/${grant.id}` } },
  };
}

export function showToken(token: RefreshToken, url: string): object {
  return {
    id: token.id,
    status: 'ACTIVE',
    created: token.created,
    lastUpdated: token.created,
    expiresAt: new Date(Date.parse(token.created) + 90 * 86_400_000).toISOString(),
    issuer: url,
    clientId: token.clientId,
    userId: token.userId,
    scopes: token.scopes,
    _links: {
      self: { href: `${url}/api/v1/users/${token.userId}/clients/${token.clientId}/tokens/${token.id}` },
    },
  };
}

export function showClient(clientId: string, url: string): object {
  return {
    client_id: clientId,
    client_name: `Sandbox app ${clientId.slice(-4)}`,
    client_uri: null,
    logo_uri: null,
    _links: { self: { href: `${url}/oauth2/v1/clients/${clientId}` } },
  };
}

/** The secret of the authentication scheme is never shown. */
export function showHook(hook: EventHook, url: string): object {
  const self = `${url}/api/v1/eventHooks/${hook.id}`;
  return {
    id: hook.id,
    status: hook.status,
    verificationStatus: hook.verificationStatus,
    name: hook.name,
    description: hook.description,
    created: hook.created,
    createdBy: '00uSandboxApiUser001',
    lastUpdated: hook.lastUpdated,
    events: { type: 'EVENT_TYPE', items: hook.items, filter: null },
    channel: {
      type: 'HTTP',
      version: '1.0.0',
      config: {
        uri: hook.uri,
        headers: hook.headers,
        method: 'POST',
        authScheme:
          hook.authScheme === null ? null : { type: hook.authScheme.type, key: hook.authScheme.key },
      },
    },
    _links: {
      self: { href: self },
      verify: { href: `${self}/lifecycle/verify`, hints: { allow: ['POST'] } },
      deactivate: { href: `${self}/lifecycle/deactivate`, hints: { allow: ['POST'] } },
    },
  };
}

/** A user as the target or actor of an event. */
export function userEntity(user: OktaUser): LogEntity {
  const { firstName, lastName, login } = user.profile;
  return {
    id: user.id,
    type: 'User',
    alternateId: login,
    displayName: [firstName, lastName].filter((part) => typeof part === 'string').join(' '),
    detailEntry: null,
  };
}

/** A device as the target of an event. */
export function deviceEntity(device: OktaDevice): LogEntity {
  return {
    id: device.id,
    type: 'UDDevice',
    alternateId: 'unknown',
    displayName: device.profile.displayName,
    detailEntry: null,
  };
}
