/** Actors: who is behind them, and whether their access is revoked. */
import { z } from 'zod';
import { eraseActor, introduceActor, readActor } from '../../store/actors.ts';
import type { Reader, Tx } from '../../store/database.ts';
import { actorWithStanding, listActors } from '../../store/read/actors.ts';
import { restoreAccess, revokeAccess } from '../../store/revocations.ts';
import type { AccessOutcome } from '../../store/revocations.ts';
import { inTransaction } from '../../store/transactions.ts';
import type { ApiDeps } from '../deps.ts';
import { PageQuery, pageOf, readCursor, toPage } from '../pagination.ts';
import { Problem } from '../problem.ts';
import { ok, route } from '../route.ts';
import { ActorAccess, ActorId, ActorShape, actorAccessView, actorView } from '../shapes/actors.ts';
import { Line } from '../shapes/common.ts';
import { tokenActor } from '../static-tokens.ts';

const OneActor = z.strictObject({ id: ActorId });
const Reason = z.strictObject({ reason: Line(500).meta({ description: 'Why; kept beside the ledger.' }) });

const listRoute = route({
  method: 'get',
  path: '/actors',
  action: 'access.read',
  summary: 'Everybody who has used the API, with their access',
  query: z.strictObject({
    ...PageQuery,
    state: z.enum(['all', 'revoked']).default('all'),
  }),
  answer: pageOf(ActorAccess),
  problems: ['invalid-cursor'],
  async handle({ db }, { query: { state, cursor, limit } }) {
    const after = readCursor(ActorId, cursor);
    const rows = await listActors(db, { revokedOnly: state === 'revoked' }, after, limit + 1);
    return ok(toPage(rows, limit, actorAccessView, ({ id }) => id));
  },
});

const readRoute = route({
  method: 'get',
  path: '/actors/:id',
  action: 'actors.read',
  summary: 'Who is behind an actor that facts name',
  params: OneActor,
  answer: ActorShape,
  problems: ['not-found'],
  async handle({ db }, { params }) {
    const row = await actorWithStanding(db, params.id);
    if (row === null) throw new Problem('not-found');
    return ok(actorView(row));
  },
});

const revokeRoute = route({
  method: 'post',
  path: '/actors/:id/revoke',
  action: 'access.change',
  summary: "Revokes an actor's access at once, whatever tokens there are",
  params: OneActor,
  body: Reason,
  answer: ActorAccess,
  problems: ['not-found', 'own-access'],
  handle: (deps, { params: { id }, body: { reason }, actor: by, now }) =>
    inTransaction(deps.db, async (tx) => {
      await mustBeKnown(deps, tx, id, now);
      refuseOwn(await revokeAccess(tx, { actor: id, by, reason }, now));
      return ok(await accessOf(tx, id));
    }),
});

const restoreRoute = route({
  method: 'post',
  path: '/actors/:id/restore',
  action: 'access.change',
  summary: 'Gives an actor the access back; roles come from the token, as before',
  params: OneActor,
  body: Reason,
  answer: ActorAccess,
  problems: ['not-found', 'own-access'],
  handle: (deps, { params: { id }, body: { reason }, actor: by, now }) =>
    inTransaction(deps.db, async (tx) => {
      await mustBeKnown(deps, tx, id, now);
      refuseOwn(await restoreAccess(tx, { actor: id, by, reason }, now));
      return ok(await accessOf(tx, id));
    }),
});

const eraseRoute = route({
  method: 'post',
  path: '/actors/:id/erase',
  action: 'access.change',
  summary: "Forgets an actor's name and subject for good; facts keep the opaque id, and a revocation stands",
  params: OneActor,
  body: z.strictObject({}),
  answer: ActorAccess,
  problems: ['not-found'],
  handle: ({ db }, { params: { id }, now }) =>
    inTransaction(db, async (tx) => {
      if (!(await eraseActor(tx, id, now))) throw new Problem('not-found');
      return ok(await accessOf(tx, id));
    }),
});

/** A static token can lose its access before it was ever used. */
async function mustBeKnown({ tokens }: ApiDeps, tx: Tx, id: string, now: Date): Promise<void> {
  if (tokens.some((token) => tokenActor(token.id) === id)) return introduceActor(tx, id, 'token', now);
  if ((await readActor(tx, id)) === null) throw new Problem('not-found');
}

function refuseOwn(outcome: AccessOutcome): void {
  if (outcome === 'own') throw new Problem('own-access');
}

async function accessOf(db: Reader, id: string) {
  const row = await actorWithStanding(db, id);
  if (row === null) throw new Problem('not-found');
  return actorAccessView(row);
}

export const ACTOR_ROUTES = [listRoute, readRoute, revokeRoute, restoreRoute, eraseRoute];
