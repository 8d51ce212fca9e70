/** `/v1/orgDeviceActivities`: requests that are accepted at once and worked through later. */
import { randomUUID } from 'node:crypto';
import { Router } from 'express';
import type { Request } from 'express';
import { z } from 'zod';
import { routeText } from '../core/http.ts';
import type { SimulatorContext } from '../core/simulator.ts';
import { AppleError, notFound } from './errors.ts';
import type { AbmOptions } from './options.ts';
import { showActivity } from './show.ts';
import { isReleased, SERVER } from './state.ts';
import type { Activity, OrgDevice, OrgState } from './state.ts';

const Resource = z.object({ type: z.string(), id: z.string().min(1) });
const Asked = z.object({
  data: z.object({
    type: z.literal('orgDeviceActivities'),
    attributes: z.object({ activityType: z.enum(['ASSIGN_DEVICES', 'UNASSIGN_DEVICES', 'RELEASE_DEVICES']) }),
    relationships: z.object({
      mdmServer: z.object({ data: Resource }).optional(),
      devices: z.object({ data: z.array(Resource).min(1) }),
    }),
  }),
});
type ActivityType = z.infer<typeof Asked>['data']['attributes']['activityType'];

const EFFECT = {
  ASSIGN_DEVICES: 'assign',
  UNASSIGN_DEVICES: 'unassign',
  RELEASE_DEVICES: 'release',
} as const satisfies Readonly<Record<ActivityType, string>>;

export function activityRouter(context: SimulatorContext, options: AbmOptions, state: OrgState): Router {
  const router = Router();

  router.post('/orgDeviceActivities', (request, response) => {
    const { type, devices } = readRequest(request, options, state);
    const activity: Activity = {
      id: randomUUID(),
      type,
      createdAt: context.now().toISOString(),
      completedAt: null,
      status: 'IN_PROGRESS',
      subStatus: 'SUBMITTED',
    };
    state.activities.set(activity.id, activity);
    for (const device of devices)
      context.effect(request, { kind: EFFECT[type], target: device.serial, key: device.key, params: {} });
    const behaviours = devices.map(({ behaviour }) => behaviour);
    if (!behaviours.some(({ appleRequest }) => appleRequest === 'never'))
      context.after(Math.max(...behaviours.map(({ lagMs }) => lagMs)), () => {
        const now = context.now().toISOString();
        const failed = devices.filter((device) => !work(device, type, now));
        activity.status = 'COMPLETED';
        activity.completedAt = now;
        activity.subStatus = failed.length > 0 ? 'COMPLETED_WITH_ERROR' : 'COMPLETED_WITH_SUCCESS';
      });
    response.status(201).json({ data: showActivity(context.url, activity) });
  });
  router.get('/orgDeviceActivities/:id', (request, response) => {
    const activity = state.activities.get(routeText(request, 'id'));
    if (activity === undefined) throw notFound(routeText(request, 'id'));
    response.json({ data: showActivity(context.url, activity) });
  });
  return router;
}

function readRequest(
  request: Request,
  { programme }: AbmOptions,
  state: OrgState,
): { readonly type: ActivityType; readonly devices: readonly OrgDevice[] } {
  const asked = Asked.safeParse(request.body);
  if (!asked.success) throw new AppleError(400, 'PARAMETER_ERROR.INVALID', 'The request is not valid.');
  const { attributes, relationships } = asked.data.data;
  const type = attributes.activityType;
  if (type === 'RELEASE_DEVICES' && programme !== 'business')
    throw new AppleError(400, 'PARAMETER_ERROR.INVALID', 'This activity is not known.');
  if (type !== 'RELEASE_DEVICES' && relationships.mdmServer?.data.id !== SERVER.id)
    throw new AppleError(409, 'ENTITY_ERROR.RELATIONSHIP.INVALID', 'The server is not known.');
  const devices = relationships.devices.data.map(({ id }) => {
    const device = state.devices.get(id);
    if (device === undefined || isReleased(device))
      throw new AppleError(409, 'ENTITY_ERROR.RELATIONSHIP.INVALID', `The device ${id} is not known.`);
    return device;
  });
  return { type, devices };
}

/** Whether the device took the change. */
function work(device: OrgDevice, type: ActivityType, now: string): boolean {
  if (device.behaviour.appleRequest === 'failed') return false;
  device.server = type === 'ASSIGN_DEVICES' ? SERVER.id : null;
  if (type === 'RELEASE_DEVICES') device.releasedAt = now;
  return true;
}
