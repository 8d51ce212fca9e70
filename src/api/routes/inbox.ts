/** Deliveries that came in, and those that nobody could read. */
import { z } from 'zod';
import { retryDelivery } from '../../store/inbox-retry.ts';
import { listInbox } from '../../store/read/inbox.ts';
import type { InboxRow } from '../../store/read/inbox.ts';
import { PageQuery, pageOf, readCursor, toPage } from '../pagination.ts';
import { Problem } from '../problem.ts';
import { ok, route } from '../route.ts';
import { Instant, Line } from '../shapes/common.ts';

const Delivery = z
  .object({
    id: z.int(),
    connector: z.string(),
    deliveryId: z.string(),
    receivedAt: Instant,
    state: z.enum(['new', 'done', 'quarantined']),
    attempts: z.int(),
    reason: z.string().nullable(),
    bytes: z.int(),
  })
  .meta({ title: 'A delivery, without its content' });

function deliveryView(row: InboxRow) {
  const { id, connector, state, attempts, reason, bytes } = row;
  return {
    id,
    connector,
    deliveryId: row.delivery_id,
    receivedAt: row.received_at,
    state,
    attempts,
    reason,
    bytes,
  };
}

const listRoute = route({
  method: 'get',
  path: '/inbox',
  action: 'inbox.read',
  summary: 'Deliveries by state, newest first',
  query: z.strictObject({
    ...PageQuery,
    state: z.enum(['new', 'done', 'quarantined']).default('quarantined'),
    connector: Line(64).optional(),
  }),
  answer: pageOf(Delivery),
  problems: ['invalid-cursor'],
  async handle({ db }, { query }) {
    const rows = await listInbox(
      db,
      { state: query.state, connector: query.connector ?? null },
      readCursor(z.int(), query.cursor),
      query.limit + 1,
    );
    return ok(toPage(rows, query.limit, deliveryView, (row) => row.id));
  },
});

const retryRoute = route({
  method: 'post',
  path: '/inbox/:id/retry',
  action: 'inbox.retry',
  summary: 'Has a quarantined delivery read again',
  params: z.strictObject({
    id: z
      .string()
      .regex(/^[1-9]\d{0,14}$/u)
      .transform(Number),
  }),
  body: z.strictObject({}),
  answer: z.object({ id: z.int(), state: z.literal('new') }),
  statuses: [202],
  problems: ['not-found', 'not-quarantined'],
  async handle({ db }, { params }) {
    const outcome = await retryDelivery(db, params.id);
    if (outcome === null) throw new Problem('not-found');
    if (outcome !== 'retried') throw new Problem('not-quarantined');
    return { status: 202, body: { id: params.id, state: 'new' as const } };
  },
});

export const INBOX_ROUTES = [listRoute, retryRoute];
