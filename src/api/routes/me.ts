/** Who the API takes the caller for. */
import { z } from 'zod';
import { ROLES } from '../../config/schema.ts';
import { ok, route } from '../route.ts';
import { MaybeInstant } from '../shapes/common.ts';
import { ActorId, ActorKind } from '../shapes/actors.ts';

const meRoute = route({
  method: 'get',
  path: '/me',
  action: 'me.read',
  summary: 'Who you are here: the actor that facts will name, your roles, and until when the token holds',
  answer: z.object({
    actor: ActorId,
    kind: ActorKind,
    displayName: z.string().nullable(),
    roles: z.array(z.enum(ROLES)),
    vendorOf: z.array(z.string()).meta({ description: 'Connectors that the role vendor is bound to.' }),
    expiresAt: MaybeInstant.meta({ description: 'null: a static token, which does not expire.' }),
  }),
  async handle(_deps, { caller }) {
    const { actor, kind, displayName, roles, connectors, expiresAt } = caller;
    return ok({
      actor,
      kind,
      displayName,
      roles,
      vendorOf: connectors,
      expiresAt: expiresAt?.toISOString() ?? null,
    });
  },
});

export const ME_ROUTES = [meRoute];
