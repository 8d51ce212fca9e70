/** What the inventories were asked live about the units on a dock, and what they said. */
import { z } from 'zod';
import { readPickup } from '../../store/pickups.ts';
import { listAsked } from '../../store/read/inventory-asks.ts';
import { snapshot } from '../../store/read/snapshot.ts';
import { PageQuery, pageOf, readCursor, toPage } from '../pagination.ts';
import { Problem } from '../problem.ts';
import { ok, route } from '../route.ts';
import { AskedSerial } from '../shapes/dock.ts';
import { OnePickup } from './pickups.ts';

const inventoryRoute = route({
  method: 'get',
  path: '/pickups/:id/inventory',
  action: 'handovers.read',
  summary: 'Serial by serial, what the inventories say of what was scanned: asked live after the scan',
  params: OnePickup,
  query: z.strictObject({ ...PageQuery, only: z.enum(['all', 'differing']).default('all') }),
  answer: pageOf(AskedSerial),
  problems: ['not-found', 'invalid-cursor'],
  handle: ({ db }, { params, query }) =>
    snapshot(db, async (tx) => {
      if ((await readPickup(tx, params.id)) === null) throw new Problem('not-found');
      const after = readCursor(z.string().min(1).max(256), query.cursor);
      const rows = await listAsked(tx, params.id, query.only === 'differing', after, query.limit + 1);
      return ok(
        toPage(
          rows,
          query.limit,
          (row) => row,
          (row) => row.serial,
        ),
      );
    }),
});

export const DOCK_INVENTORY_ROUTES = [inventoryRoute];
