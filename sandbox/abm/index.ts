/** The simulator of Apple Business and Apple School Manager: an organisation's devices and requests about them. */
import { Router } from 'express';
import type { RequestHandler } from 'express';
import type { CompanyDevice } from '../core/company.ts';
import { jsonBody } from '../core/http.ts';
import type { CreateSimulator, SimulatorContext } from '../core/simulator.ts';
import { activityRouter } from './activities.ts';
import { abmControl } from './control.ts';
import { deviceRouter } from './devices.ts';
import { AppleError, appleErrors, appleRefusals, sendAppleError } from './errors.ts';
import { AbmOptions, DeviceBehaviour } from './options.ts';
import { SERVER } from './state.ts';
import type { OrgState } from './state.ts';
import { tokenRouter, Tokens } from './token.ts';

const YEAR_MS = 365 * 86_400_000;

export const createAbm: CreateSimulator = (context, given) => {
  const options = AbmOptions.parse(given);
  const tokens = new Tokens(options);
  const state: OrgState = { devices: new Map(), activities: new Map() };

  const router = Router();
  router.use(tokenRouter(options, tokens));
  router.use(
    '/v1',
    acceptsJson,
    tokens.require,
    jsonBody(),
    deviceRouter(context, options, state),
    activityRouter(context, options, state),
  );
  router.use(appleErrors);
  return {
    router,
    control: abmControl(context, options, { state, tokens }),
    refuse: appleRefusals,
    seed: ({ devices }) => {
      for (const device of devices) seedDevice(context, state, device);
    },
    reset: () => {
      // Access tokens and the key stay: they are not the organisation's devices.
      state.devices.clear();
      state.activities.clear();
    },
  };
};

/** Apple answers nothing but JSON, and wants to be asked for it. */
const acceptsJson: RequestHandler = (request, response, next) => {
  if (/json/u.test(request.get('accept') ?? '')) return next();
  sendAppleError(response, new AppleError(406, 'NOT_ACCEPTABLE', 'Only JSON is served.'));
};

/** Apple knows the company's own Apple devices, assigned to its device manager. */
function seedDevice(context: SimulatorContext, { devices }: OrgState, device: CompanyDevice): void {
  for (const known of devices.values()) if (known.key === device.key) devices.delete(known.serial);
  const behaviour = DeviceBehaviour.parse(device.behaviour);
  const isApple = device.platform === 'ios' || device.platform === 'macos';
  if (!isApple || device.ownership !== 'corporate' || !behaviour.enrolment) return;
  devices.set(device.serial, {
    serial: device.serial,
    key: device.key,
    model: device.model,
    productFamily: device.platform === 'macos' ? 'Mac' : 'iPhone',
    behaviour,
    addedAt: new Date(context.now().getTime() - YEAR_MS).toISOString(),
    releasedAt: null,
    server: SERVER.id,
    lock: behaviour.activationLock ? 'USER' : 'NONE',
  });
}
