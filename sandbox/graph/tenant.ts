/** The one tenant: its state and the acts on users that both the API and an administrator can do. */
import type { Request } from 'express';
import type { SimulatorContext } from '../core/simulator.ts';
import { EdiscoveryCases } from './ediscovery-state.ts';
import { badRequest } from './errors.ts';
import { notifyUserChange } from './notify.ts';
import type { GraphOptions } from './options.ts';
import { GraphState } from './state.ts';
import type { GraphUser, UserChange } from './state.ts';

/** Who acts: a request over the API (its effects are counted), or an administrator or device through the control listener. */
export type Actor = { readonly by: 'api'; readonly request: Request } | { readonly by: 'outside' };

/** Fields that only the on-premises directory may change on a synchronised user. */
const MASTERED_ON_PREMISES = new Set([
  'accountEnabled',
  'displayName',
  'givenName',
  'surname',
  'userPrincipalName',
  'mail',
  'department',
  'jobTitle',
  'employeeId',
  'employeeLeaveDateTime',
]);
const READ_ONLY = new Set([
  'id',
  'createdDateTime',
  'onPremisesSyncEnabled',
  'signInSessionsValidFromDateTime',
  'signInActivity',
  'deletedDateTime',
]);

export class GraphTenant {
  readonly state: GraphState;
  readonly context: SimulatorContext;
  readonly options: GraphOptions;

  constructor(context: SimulatorContext, options: GraphOptions) {
    this.context = context;
    this.options = options;
    const ediscovery = new EdiscoveryCases(context.name, () => this.now());
    this.state = new GraphState(ediscovery);
  }

  now(): string {
    return this.context.now().toISOString();
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

  /** Changes fields, as `PATCH /users/{id}` does. 400 for what the API may not change. */
  updateUser(actor: Actor, user: GraphUser, changes: Readonly<Record<string, unknown>>): void {
    const names = Object.keys(changes);
    const readOnly = names.find((name) => READ_ONLY.has(name) || !(name in user.fields));
    if (readOnly !== undefined)
      throw badRequest(`Property '${readOnly}' is read-only or does not exist and cannot be set.`);
    if (
      actor.by === 'api' &&
      user.fields['onPremisesSyncEnabled'] === true &&
      names.some((name) => MASTERED_ON_PREMISES.has(name))
    ) {
      throw badRequest(
        'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.',
      );
    }
    Object.assign(user.fields, changes);
    this.count(actor, 'user.update', user, changes);
    this.record(user, 'changed', names);
  }

  /** Ends refresh tokens and browser sessions by moving the time from which sessions are valid. */
  revokeSessions(actor: Actor, user: GraphUser): void {
    user.fields['signInSessionsValidFromDateTime'] = this.now();
    this.count(actor, 'user.revoke-sessions', user);
    this.record(user, 'changed', ['signInSessionsValidFromDateTime']);
  }

  /** Into the recycle bin, from where it can be restored for 30 days. */
  softDelete(actor: Actor, user: GraphUser): void {
    user.deletedDateTime = this.now();
    this.count(actor, 'user.delete', user);
    this.record(user, 'soft-deleted', []);
  }

  restore(actor: Actor, user: GraphUser): void {
    user.deletedDateTime = null;
    this.count(actor, 'user.restore', user);
    this.record(user, 'changed', []);
  }

  /** For good. */
  purge(actor: Actor, user: GraphUser): void {
    this.state.users.delete(user.id);
    this.count(actor, 'user.purge', user);
    this.record(user, 'purged', []);
  }

  /** Writes the change down for delta queries, and tells subscribers. */
  record(user: GraphUser, kind: UserChange['kind'], fields: readonly string[]): void {
    this.state.changes.push({ sequence: this.state.sequence + 1, userId: user.id, kind, fields });
    notifyUserChange(this, user, kind);
  }
}
