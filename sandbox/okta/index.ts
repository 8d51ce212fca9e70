/** The Okta simulator: users, life cycle, sessions, grants, devices, System Log and event hooks of one organisation. */
import { Router } from 'express';
import { jsonBody } from '../core/http.ts';
import type { CreateSimulator } from '../core/simulator.ts';
import { accessRouter } from './access.ts';
import { oktaControl } from './control.ts';
import { devicesRouter } from './devices.ts';
import { oktaErrors, oktaRefusals } from './errors.ts';
import { eventHooksRouter } from './event-hooks.ts';
import { createRateLimit, requireToken } from './front.ts';
import { logsRouter } from './logs.ts';
import { OktaOptions } from './options.ts';
import { OktaOrg } from './org.ts';
import { seedOrg } from './seed.ts';
import { usersRouter } from './users.ts';

export const createOkta: CreateSimulator = (context, options) => {
  const org = new OktaOrg(context, OktaOptions.parse(options));
  const limit = createRateLimit(org.options);
  const router = Router();
  router.use(requireToken(org.options), limit.middleware, jsonBody());
  router.use(usersRouter(org), accessRouter(org), devicesRouter(org), logsRouter(org), eventHooksRouter(org));
  router.use(oktaErrors);
  return {
    router,
    control: oktaControl(org),
    refuse: oktaRefusals,
    seed: (company) => seedOrg(org, company),
    reset: () => {
      org.state.clear();
      limit.clear();
    },
  };
};
