/** Pickups: made and read. What is done on the dock is in `dock.ts`. */
import { z } from 'zod';
import { derivedId, newId } from '../../store/ids.ts';
import { createPickup, lockPickup, lockPickups, readPickup } from '../../store/pickups.ts';
import type { PickupRow } from '../../store/pickups.ts';
import { listPickups } from '../../store/read/pickups.ts';
import { snapshot } from '../../store/read/snapshot.ts';
import type { Tx } from '../../store/database.ts';
import { PageQuery, pageOf, readCursor, toPage } from '../pagination.ts';
import { Problem } from '../problem.ts';
import { ok, route } from '../route.ts';
import { Id, Instant, Line } from '../shapes/common.ts';
import { PICKUP_STATES, PickupDetail, PickupHead, pickupHead } from '../shapes/pickups.ts';
import { everythingReady, MOST_LINES, theseDevices } from '../views/pickup-choice.ts';
import { pickupView } from '../views/pickup-view.ts';
import { inTransaction } from '../../store/transactions.ts';

export const OnePickup = z.strictObject({ id: Id('pickup') });

const listRoute = route({
  method: 'get',
  path: '/pickups',
  action: 'pickups.read',
  summary: 'Pickups, newest first; a vendor sees its own',
  query: z.strictObject({
    ...PageQuery,
    state: z.enum(PICKUP_STATES).optional(),
    connector: Line(64).optional(),
  }),
  answer: pageOf(PickupHead),
  problems: ['invalid-cursor'],
  async handle({ db }, { query, connectors }) {
    const cursor = readCursor(z.tuple([Instant, Id('pickup')]), query.cursor);
    const after = cursor === null ? null : { createdAt: cursor[0], id: cursor[1] };
    const rows = await listPickups(
      db,
      { state: query.state ?? null, connector: query.connector ?? null, connectors },
      after,
      query.limit + 1,
    );
    return ok(toPage(rows, query.limit, pickupHead, (row) => [row.created_at, row.id]));
  },
});

const readRoute = route({
  method: 'get',
  path: '/pickups/:id',
  action: 'pickups.read',
  summary:
    'A pickup: manifest, scans by the dock and by the vendor, and what does not add up; a vendor sees its own, without exceptions',
  params: OnePickup,
  answer: PickupDetail,
  problems: ['not-found'],
  handle: ({ db }, { params, connectors }) =>
    snapshot(db, async (tx) => {
      const pickup = await readPickup(tx, params.id);
      // A vendor is not told that there are pickups of others.
      if (pickup === null || connectors?.includes(pickup.connector) === false) throw new Problem('not-found');
      const view = await pickupView(tx, pickup);
      return ok(connectors === null ? view : { ...view, exceptions: [] });
    }),
});

const createRoute = route({
  method: 'post',
  path: '/pickups',
  action: 'pickups.create',
  summary: 'Makes a pickup of these devices, or of all that are wiped, back, and on no pickup',
  body: z.strictObject({
    connector: Line(64).meta({ description: 'A disposal vendor of the configuration.' }),
    site: Line(64).meta({ description: 'The dock where it is collected.' }),
    deviceIds: z
      .array(Id('device'))
      .min(1)
      .max(MOST_LINES)
      .refine((ids) => new Set(ids).size === ids.length, 'a device is named twice')
      .optional(),
  }),
  answer: PickupDetail,
  statuses: [201, 200],
  problems: ['pickup-empty', 'device-not-ready', 'idempotency-key-reused'],
  takesKey: true,
  async handle(deps, { body, actor, idempotencyKey, now }) {
    const { connector, site, deviceIds } = body;
    if (!deps.connectors.some((one) => one.port === 'disposition' && one.name === connector)) {
      throw new Problem('invalid-request', [
        { path: 'body.connector', message: 'no disposal vendor of that name is configured' },
      ]);
    }
    const pickupId =
      idempotencyKey === null ? newId('pickup') : derivedId('pickup', `${actor}:${idempotencyKey}`);
    return inTransaction(deps.db, async (tx) => {
      await lockPickups(tx);
      const before = await readPickup(tx, pickupId);
      if (before !== null) {
        if (before.connector !== connector || before.site !== site)
          throw new Problem('idempotency-key-reused');
        return ok(await pickupView(tx, before));
      }
      const units =
        deviceIds === undefined
          ? await everythingReady(deps, tx, now)
          : await theseDevices(deps, tx, deviceIds, now);
      await createPickup(tx, { pickupId, connector, site, actor, units }, now);
      return { status: 201, body: await pickupView(tx, await locked(tx, pickupId)) };
    });
  },
});

export async function locked(tx: Tx, pickupId: string): Promise<PickupRow> {
  const pickup = await lockPickup(tx, pickupId);
  if (pickup === null) throw new Problem('not-found');
  return pickup;
}

export const PICKUP_ROUTES = [listRoute, readRoute, createRoute];
