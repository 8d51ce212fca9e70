/** The Microsoft Graph simulator: one tenant's Entra ID users, delta, subscriptions, Intune's managed devices, and Purview's eDiscovery cases. */
import { Router } from 'express';
import { Company } from '../core/company.ts';
import { jsonBody } from '../core/http.ts';
import type { CreateSimulator } from '../core/simulator.ts';
import { autopilotRouter } from './autopilot.ts';
import { graphControl } from './control.ts';
import { deltaRouter, DeltaTokens } from './delta.ts';
import { ediscoveryRouter } from './ediscovery.ts';
import { graphErrors, graphRefusals } from './errors.ts';
import { grantsRouter } from './grants.ts';
import { managedDevicesRouter } from './managed-devices.ts';
import { GraphOptions } from './options.ts';
import { seedTenant } from './seed.ts';
import { subscriptionsRouter } from './subscriptions.ts';
import { GraphTenant } from './tenant.ts';
import { tokenRouter, Tokens } from './token.ts';
import { usersRouter } from './users.ts';

export const createGraph: CreateSimulator = (context, options) => {
  const tenant = new GraphTenant(context, GraphOptions.parse(options));
  const tokens = new Tokens(tenant.options);
  const delta = new DeltaTokens();
  let company: Company = Company.parse({});

  const router = Router();
  router.use(tokenRouter(tenant.options, tokens));
  // Delta before users: `delta` must not be taken for a user's id.
  router.use(
    '/v1.0',
    tokens.require,
    jsonBody(),
    deltaRouter(tenant, delta),
    usersRouter(tenant),
    grantsRouter(tenant),
    managedDevicesRouter(tenant),
    autopilotRouter(tenant),
    ediscoveryRouter(tenant),
    subscriptionsRouter(tenant),
  );
  router.use(graphErrors);
  return {
    router,
    control: graphControl({ tenant, tokens, delta, company: () => company }),
    refuse: graphRefusals,
    seed: (document) => {
      company = {
        people: [...company.people, ...document.people],
        devices: [...company.devices, ...document.devices],
      };
      seedTenant(tenant, document);
    },
    reset: () => {
      // Access tokens stay: the identity platform that issued them is not emptied with the tenant.
      tenant.state.clear();
      delta.clear();
      company = Company.parse({});
    },
  };
};
