/** The one organisation: its state, its events, and the acts that both the API and an administrator can do. */
import type { Request } from 'express';
import type { SimulatorContext } from '../core/simulator.ts';
import { invalid, notFound, OktaError, wrongStatus } from './errors.ts';
import { deliverEvent } from './hook-delivery.ts';
import { ADMIN, API_CLIENT, createLogEvent } from './log-event.ts';
import type { LogEntity } from './log-event.ts';
import type { OktaOptions } from './options.ts';
import { OktaState } from './state.ts';
import type { OktaDevice, OktaUser, UserStatus } from './state.ts';
import { deviceEntity, userEntity } from './views.ts';

/** Who acts: a request over the API (its effects are counted) or an administrator through the control listener (they are not: nobody asked the vendor). */
export type Actor = { readonly by: 'api'; readonly request: Request } | { readonly by: 'admin' };

export type UserAct = 'activate' | 'deactivate' | 'suspend' | 'unsuspend' | 'reactivate';
export type DeviceAct = 'activate' | 'deactivate' | 'suspend' | 'unsuspend';

/** How System Log words each act. */
const MESSAGE: Readonly<Record<UserAct, string>> = {
  activate: 'Activate Okta user',
  deactivate: 'Deactivate Okta user',
  suspend: 'Suspend Okta user',
  unsuspend: 'Unsuspend Okta user',
  reactivate: 'Reactivate Okta user',
};

export class OktaOrg {
  readonly state = new OktaState();
  readonly context: SimulatorContext;
  readonly options: OktaOptions;

  constructor(context: SimulatorContext, options: OktaOptions) {
    this.context = context;
    this.options = options;
  }

  now(): string {
    return this.context.now().toISOString();
  }

  /** Writes to System Log, and so to the event hooks. */
  emit(
    actor: Actor | LogEntity,
    eventType: string,
    displayMessage: string,
    target: readonly LogEntity[],
  ): void {
    const who = 'by' in actor ? (actor.by === 'api' ? API_CLIENT : ADMIN) : actor;
    const requestUri = 'by' in actor && actor.by === 'api' ? actor.request.originalUrl : '/admin';
    const event = createLogEvent(
      { eventType, displayMessage, actor: who, target, requestUri },
      this.context.now(),
    );
    this.state.events.push(event);
    for (const hook of this.state.hooks.values()) deliverEvent(this, hook, event);
  }

  count(
    actor: Actor,
    kind: string,
    subject: { id: string; key: string },
    params: Record<string, unknown> = {},
  ): void {
    if (actor.by === 'api')
      this.context.effect(actor.request, { kind, target: subject.id, key: subject.key, params });
  }

  /** Sets a status and the times that follow from it. */
  move(user: OktaUser, status: UserStatus): void {
    const now = this.now();
    Object.assign(user, {
      status,
      transitioningToStatus: null,
      statusChanged: now,
      lastUpdated: now,
    } satisfies Partial<OktaUser>);
    if (status === 'ACTIVE') user.activated ??= now;
    if (status === 'DEPROVISIONED' || status === 'SUSPENDED') user.sessions = 0;
  }

  /** A lifecycle operation, with Okta's refusals of those that the status forbids. */
  actOnUser(actor: Actor, user: OktaUser, act: UserAct, { asynchronous = false } = {}): void {
    const { status } = user;
    switch (act) {
      case 'deactivate': {
        // An already deactivated user is "not found" to this operation.
        if (status === 'DEPROVISIONED') throw notFound(user.id, 'User');
        this.count(actor, 'user.deactivate', user, { asynchronous });
        const finish = (): void => {
          this.move(user, 'DEPROVISIONED');
          this.emit(actor, 'user.lifecycle.deactivate', MESSAGE.deactivate, [userEntity(user)]);
        };
        if (!asynchronous) return finish();
        user.transitioningToStatus = 'DEPROVISIONED';
        this.context.after(this.options.asyncMs, finish);
        return;
      }
      case 'suspend':
        if (status !== 'ACTIVE') throw invalid('user', 'Cannot suspend a user that is not active');
        this.move(user, 'SUSPENDED');
        break;
      case 'unsuspend':
        if (status !== 'SUSPENDED') throw invalid('user', 'Cannot unsuspend a user that is not suspended');
        this.move(user, 'ACTIVE');
        break;
      case 'activate':
        if (status === 'ACTIVE')
          throw new OktaError(403, 'E0000016', 'Activation failed because the user is already active');
        if (status !== 'STAGED' && status !== 'DEPROVISIONED') throw wrongStatus();
        this.move(user, 'ACTIVE');
        break;
      case 'reactivate': {
        // Over the API: restarts the activation of somebody who has not finished it. In the console: brings back a deactivated user.
        const allowed: readonly UserStatus[] =
          actor.by === 'api' ? ['PROVISIONED', 'RECOVERY'] : ['PROVISIONED', 'RECOVERY', 'DEPROVISIONED'];
        if (!allowed.includes(status)) throw wrongStatus();
        this.move(user, actor.by === 'api' ? 'PROVISIONED' : 'ACTIVE');
        break;
      }
    }
    this.count(actor, `user.${act}`, user);
    this.emit(actor, `user.lifecycle.${act}`, MESSAGE[act], [userEntity(user)]);
  }

  /** The first call deactivates, the second deletes for good. */
  deleteUser(actor: Actor, user: OktaUser): void {
    if (user.status !== 'DEPROVISIONED') return this.actOnUser(actor, user, 'deactivate');
    this.count(actor, 'user.delete', user);
    this.emit(actor, 'user.lifecycle.delete.initiated', 'Delete Okta user initiated', [userEntity(user)]);
    this.state.users.delete(user.id);
    this.state.links = this.state.links.filter(({ userId }) => userId !== user.id);
    this.state.grants = this.state.grants.filter(({ userId }) => userId !== user.id);
    this.state.tokens = this.state.tokens.filter(({ userId }) => userId !== user.id);
    this.emit(actor, 'user.lifecycle.delete.completed', 'Delete Okta user completed', [userEntity(user)]);
  }

  /** Merges profile attributes; `null` removes one. */
  updateProfile(actor: Actor, user: OktaUser, changes: Readonly<Record<string, unknown>>): void {
    if (user.status === 'DEPROVISIONED') throw wrongStatus();
    const merged = Object.entries({ ...user.profile, ...changes }).filter(([, value]) => value !== null);
    user.profile = {
      ...Object.fromEntries(merged),
      login: typeof changes['login'] === 'string' ? changes['login'] : user.profile.login,
    };
    user.lastUpdated = this.now();
    this.count(actor, 'user.update', user, { changes });
    this.emit(actor, 'user.account.update_profile', 'Update user profile for Okta', [userEntity(user)]);
  }

  actOnDevice(actor: Actor, device: OktaDevice, act: DeviceAct): void {
    const { state } = this;
    const allowed = {
      activate: ['DEACTIVATED'],
      deactivate: ['ACTIVE', 'SUSPENDED'],
      suspend: ['ACTIVE'],
      unsuspend: ['SUSPENDED'],
    }[act];
    if (!allowed.includes(device.status))
      throw invalid('device', `Device cannot be ${act}d in the status ${device.status}`);
    const linked = state.links.filter(({ deviceId }) => deviceId === device.id);
    if (act === 'deactivate') state.links = state.links.filter(({ deviceId }) => deviceId !== device.id);
    device.status = act === 'deactivate' ? 'DEACTIVATED' : act === 'suspend' ? 'SUSPENDED' : 'ACTIVE';
    device.lastUpdated = this.now();
    this.count(actor, `device.${act}`, device, act === 'deactivate' ? { lostLinks: linked.length } : {});
    this.emit(actor, `device.lifecycle.${act}`, `${act[0]?.toUpperCase()}${act.slice(1)} device`, [
      deviceEntity(device),
    ]);
  }
}
