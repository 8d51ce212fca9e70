/** What an administrator, a user or the hardware does, driven over the control listener under `/instances/<name>`. */
import { Router } from 'express';
import type { ErrorRequestHandler, Request } from 'express';
import { z } from 'zod';
import type { Company } from '../core/company.ts';
import { routeText } from '../core/http.ts';
import { checkIn, failWipe, restart, unlock } from './commands.ts';
import type { DeltaTokens } from './delta.ts';
import { ediscoveryControl } from './ediscovery-control.ts';
import { deviceNotFound, GraphError, sendGraphError, userNotFound } from './errors.ts';
import { showManagedDevice } from './managed-device.ts';
import { liveSubscriptions, notifyReauthorization } from './notify.ts';
import { DeviceBehaviour } from './options.ts';
import { vanish } from './outcomes.ts';
import { enrol } from './seed.ts';
import type { GraphUser, ManagedDevice } from './state.ts';
import type { GraphTenant } from './tenant.ts';
import type { Tokens } from './token.ts';

const UserAct = z.enum(['disable', 'enable', 'delete', 'restore', 'purge', 'sign-in']);
const DeviceAct = z.enum([
  'checkin',
  'online',
  'offline',
  'restart',
  'unlock',
  'fail-wipe',
  'vanish',
  'enrol',
]);
const OUTSIDE = { by: 'outside' } as const;

/** What the control routes work on. */
export interface ControlParts {
  readonly tenant: GraphTenant;
  readonly tokens: Tokens;
  readonly delta: DeltaTokens;
  /** All that was seeded, from which a device enrols again. */
  company(): Company;
}

export function graphControl({ tenant, tokens, delta, company }: ControlParts): Router {
  const router = Router();
  const { state } = tenant;
  let enrolments = 0;
  const routeUser = (request: Request): GraphUser => {
    const user = state.userByKey(routeText(request, 'key'));
    if (user === undefined) throw userNotFound(routeText(request, 'key'));
    return user;
  };
  const routeDevice = (request: Request): ManagedDevice => {
    const device = state.deviceByKey(routeText(request, 'key'));
    if (device === undefined) throw deviceNotFound(routeText(request, 'key'));
    return device;
  };
  const showUser = ({ fields, deletedDateTime }: GraphUser): object => ({ ...fields, deletedDateTime });
  const showDevice = (device: ManagedDevice): object => ({
    ...showManagedDevice(tenant.options)(device),
    behaviour: device.behaviour,
    wiped: device.wiped,
    dataLeft: device.dataLeft,
    esim: device.esim,
    locked: device.locked,
    needsUnlock: device.needsUnlock,
    activationLocked: device.activationLocked,
    bypassCode: device.bypassCode,
  });

  router.get('/users/:key', (request, response) => void response.json(showUser(routeUser(request))));
  router.post('/users/:key/profile', (request, response) => {
    const user = routeUser(request);
    tenant.updateUser(OUTSIDE, user, z.record(z.string(), z.unknown()).parse(request.body));
    response.json(showUser(user));
  });
  router.post('/users/:key/leave-date', (request, response) => {
    const user = routeUser(request);
    const { date } = z
      .strictObject({ date: z.iso.datetime({ offset: true }).nullable() })
      .parse(request.body);
    tenant.updateUser(OUTSIDE, user, {
      employeeLeaveDateTime: date === null ? null : new Date(date).toISOString(),
    });
    response.json(showUser(user));
  });
  router.post('/users/:key/:act', (request, response) => {
    const user = routeUser(request);
    actOnUser(tenant, user, UserAct.parse(routeText(request, 'act')));
    response.json(showUser(user));
  });

  router.get('/devices/:key', (request, response) => void response.json(showDevice(routeDevice(request))));
  router.post('/devices/:key/behaviour', (request, response) => {
    const device = routeDevice(request);
    device.behaviour = DeviceBehaviour.parse({
      ...device.behaviour,
      ...z.record(z.string(), z.unknown()).parse(request.body),
    });
    response.json(showDevice(device));
  });
  router.post('/devices/:key/:act', (request, response) => {
    const act = DeviceAct.parse(routeText(request, 'act'));
    if (act === 'enrol') {
      // Works without a record too: that is when a device enrols.
      const { people, devices } = company();
      const device = devices.findLast(({ key }) => key === routeText(request, 'key'));
      if (device === undefined) throw deviceNotFound(routeText(request, 'key'));
      const holder = people.findLast(({ key }) => key === device.assignedTo);
      response.json(
        showDevice(enrol(tenant, device, holder, DeviceBehaviour.parse(device.behaviour), (enrolments += 1))),
      );
      return;
    }
    const device = routeDevice(request);
    if (act === 'online' || act === 'offline')
      device.behaviour = { ...device.behaviour, online: act === 'online' };
    if (act === 'online' || act === 'checkin') checkIn(tenant, device);
    if (act === 'restart') restart(device);
    if (act === 'unlock') unlock(tenant, device);
    if (act === 'fail-wipe') failWipe(tenant, device);
    if (act === 'vanish') vanish(tenant, device);
    response.json(showDevice(device));
  });

  router.get('/autopilot', (_request, response) => {
    response.json({
      identities: [...state.autopilot.values()].map(({ key, fields }) => ({ key, ...fields })),
    });
  });

  router.post('/tokens/expire', (_request, response) => {
    tokens.expireAll();
    response.status(204).end();
  });
  router.post('/delta/expire', (request, response) => {
    const { as } = z.strictObject({ as: z.enum(['410', '400']).default('410') }).parse(request.body ?? {});
    delta.expireAll(as);
    response.status(204).end();
  });
  router.post('/delta/replay', (request, response) => {
    delta.replay = z
      .strictObject({ changes: z.int().min(0).default(1), twice: z.boolean().default(false) })
      .parse(request.body ?? {});
    response.status(204).end();
  });
  router.post('/subscriptions/reauthorization', (_request, response) => {
    const subscriptions = liveSubscriptions(tenant);
    for (const subscription of subscriptions) notifyReauthorization(tenant, subscription);
    response.json({
      notified: subscriptions.filter(({ lifecycleNotificationUrl }) => lifecycleNotificationUrl !== null)
        .length,
    });
  });
  router.post('/subscriptions/expire', (_request, response) => {
    for (const subscription of state.subscriptions.values()) subscription.expirationDateTime = tenant.now();
    response.status(204).end();
  });
  router.use(ediscoveryControl(state.ediscovery));
  router.use(controlErrors);
  return router;
}

function actOnUser(tenant: GraphTenant, user: GraphUser, act: z.infer<typeof UserAct>): void {
  switch (act) {
    case 'disable':
    case 'enable':
      return tenant.updateUser(OUTSIDE, user, { accountEnabled: act === 'enable' });
    case 'delete':
      return tenant.softDelete(OUTSIDE, user);
    case 'restore':
      return tenant.restore(OUTSIDE, user);
    case 'purge':
      return tenant.purge(OUTSIDE, user);
    case 'sign-in':
      if (!user.fields.accountEnabled || user.deletedDateTime !== null)
        throw new GraphError(401, 'AADSTS50057', 'The user account is disabled.');
      user.fields['signInActivity'] = { lastSignInDateTime: tenant.now(), lastSignInRequestId: user.id };
      return;
  }
}

const controlErrors: ErrorRequestHandler = (error: unknown, request, response, next) => {
  if (error instanceof GraphError) return sendGraphError(request, response, error);
  next(error);
};
