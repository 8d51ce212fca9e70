/** Holds: placed and lifted by the role whose they are, with a reason; the access cut is never paused. */
import { z } from 'zod';
import { HOLD_KINDS } from '../../domain/holds.ts';
import type { HoldKind } from '../../domain/holds.ts';
import { liftHold, placeHold } from '../../store/holds.ts';
import { listHolds, readHold } from '../../store/read/holds.ts';
import type { HoldRow } from '../../store/read/holds.ts';
import { inTransaction } from '../../store/transactions.ts';
import { PageQuery, pageOf, readCursor, toPage } from '../pagination.ts';
import { Problem } from '../problem.ts';
import { ok, route } from '../route.ts';
import type { Route } from '../route.ts';
import { Id, Instant, Line, MaybeInstant } from '../shapes/common.ts';

const Hold = z
  .object({
    id: z.string(),
    kind: z.enum(HOLD_KINDS),
    personId: z.string().nullable(),
    deviceId: z.string().nullable(),
    reason: z.string(),
    placedBy: z.string(),
    placedAt: Instant,
    liftedBy: z.string().nullable(),
    liftedAt: MaybeInstant,
    source: z.string().nullable().meta({
      description: 'The connector of the system that keeps it, and alone lifts it; null when placed here.',
    }),
  })
  .meta({ title: 'A hold' });

function view(row: HoldRow): z.output<typeof Hold> {
  return {
    id: row.id,
    kind: row.kind,
    personId: row.person_id,
    deviceId: row.device_id,
    reason: row.reason,
    placedBy: row.placed_by,
    placedAt: row.placed_at,
    liftedBy: row.lifted_by,
    liftedAt: row.lifted_at,
    source: row.source,
  };
}

const listRoute = route({
  method: 'get',
  path: '/holds',
  action: 'holds.read',
  summary: 'Holds, oldest first',
  query: z.strictObject({
    ...PageQuery,
    state: z.enum(['in-force', 'lifted', 'all']).default('in-force'),
    personId: Id('person').optional(),
    deviceId: Id('device').optional(),
  }),
  answer: pageOf(Hold),
  problems: ['invalid-cursor'],
  async handle({ db }, { query }) {
    const { state, personId = null, deviceId = null } = query;
    const filter = { inForce: state === 'all' ? null : state === 'in-force', personId, deviceId };
    const cursor = readCursor(z.tuple([Instant, Id('hold')]), query.cursor);
    const after = cursor === null ? null : { placedAt: cursor[0], id: cursor[1] };
    const rows = await listHolds(db, filter, after, query.limit + 1);
    return ok(toPage(rows, query.limit, view, (row) => [row.placed_at, row.id]));
  },
});

const readRoute = route({
  method: 'get',
  path: '/holds/:id',
  action: 'holds.read',
  summary: 'A hold: whose, since when, and whether it has been lifted',
  params: z.strictObject({ id: Id('hold') }),
  answer: Hold,
  problems: ['not-found'],
  handle: async ({ db }, { params }) => ok(await shown(db, params.id)),
});

function routesOf(kind: HoldKind): readonly Route[] {
  return [
    route({
      method: 'post',
      path: `/holds/${kind}`,
      action: `holds.${kind}`,
      summary: `Places a ${kind} hold on a person, also before they leave, or on one device`,
      body: z
        .strictObject({
          personId: Id('person').optional(),
          deviceId: Id('device').optional(),
          reason: Line(1_000).meta({ description: 'In words; kept beside the record.' }),
        })
        .refine((body) => (body.personId === undefined) !== (body.deviceId === undefined), {
          message: 'either personId or deviceId',
        }),
      answer: Hold,
      statuses: [201],
      problems: ['not-found'],
      handle: ({ db }, { body, actor, now }) =>
        inTransaction(db, async (tx) => {
          const { personId = null, deviceId = null, reason } = body;
          const table = personId === null ? 'devices' : 'persons';
          const id = personId ?? deviceId ?? '';
          if ((await tx.selectFrom(table).select('id').where('id', '=', id).executeTakeFirst()) === undefined)
            throw new Problem('not-found');
          const hold = await placeHold(tx, { kind, personId, deviceId, reason, by: actor }, now);
          return { status: 201, body: await shown(tx, hold) };
        }),
    }),
    route({
      method: 'post',
      path: `/holds/${kind}/:id/lift`,
      action: `holds.${kind}`,
      summary: `Lifts a ${kind} hold; what it paused goes on`,
      params: z.strictObject({ id: Id('hold') }),
      body: z.strictObject({ reason: Line(1_000) }),
      answer: Hold,
      problems: ['hold-not-in-force', 'hold-of-a-source'],
      handle: ({ db }, { params, body, actor, now }) =>
        inTransaction(db, async (tx) => {
          const known = await readHold(tx, params.id);
          if (known !== null && known.source !== null) throw new Problem('hold-of-a-source');
          const lift = { holdId: params.id, kind, reason: body.reason, by: actor };
          if (!(await liftHold(tx, lift, now))) throw new Problem('hold-not-in-force');
          return ok(await shown(tx, params.id));
        }),
    }),
  ];
}

async function shown(tx: Parameters<typeof readHold>[0], id: string) {
  const row = await readHold(tx, id);
  if (row === null) throw new Problem('not-found');
  return view(row);
}

export const HOLD_ROUTES = [listRoute, readRoute, ...HOLD_KINDS.flatMap(routesOf)];
