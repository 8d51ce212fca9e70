/** What is to be put on a pickup until when, and the deadlines that were missed: healed ones stay counted. */
import { z } from 'zod';
import { DEADLINE_TRIGGERS } from '../../domain/deadlines.ts';
import { countBreaches, listBreaches } from '../../store/read/deadlines.ts';
import { snapshot } from '../../store/read/snapshot.ts';
import { PageQuery, pageOf, readCursor, toPage } from '../pagination.ts';
import { ok, route } from '../route.ts';
import { Id, Instant, MaybeInstant } from '../shapes/common.ts';
import { stagedDevices } from '../views/pickup-choice.ts';

const StagedShape = z
  .object({
    deviceId: z.string(),
    epoch: z.int(),
    serial: z.string(),
    manufacturer: z.string(),
    model: z.string(),
    assetTag: z.string(),
    returnedAt: Instant,
    stagedFrom: Instant.meta({ description: 'From when on a pickup may take it, by `handoff.stageAfter`.' }),
    readySince: MaybeInstant.meta({ description: 'When wipe and return were both through.' }),
    dueAt: MaybeInstant.meta({ description: 'Until when it is to be on a pickup, by `handoff.stageDue`.' }),
    owner: z.string(),
    obstacle: z
      .string()
      .nullable()
      .meta({ description: 'What is in the way; null: the next pickup takes it.' }),
  })
  .meta({ title: 'A device on its way to a pickup' });

const stagingRoute = route({
  method: 'get',
  path: '/staging',
  action: 'staging.read',
  summary: 'Devices that are back and on no pickup: from when one may take them, and until when one must',
  query: z.strictObject(PageQuery),
  answer: pageOf(StagedShape),
  problems: ['invalid-cursor'],
  handle: (deps, { query, now }) =>
    snapshot(deps.db, async (tx) => {
      const after = readCursor(Id('device'), query.cursor);
      const rows = await stagedDevices(deps, tx, after, query.limit + 1, now);
      return ok(
        toPage(
          rows,
          query.limit,
          (row) => row,
          (row) => row.deviceId,
        ),
      );
    }),
});

const Missed = z
  .object({
    stream: z.string().meta({ description: 'Of the device or the pickup.' }),
    round: z.int(),
    trigger: z.enum(DEADLINE_TRIGGERS),
    owner: z.string(),
    dueAt: Instant,
    recordedAt: Instant,
    healedAt: MaybeInstant,
  })
  .meta({ title: 'A deadline that was missed' });

const listRoute = route({
  method: 'get',
  path: '/deadlines/missed',
  action: 'deadlines.read',
  summary: 'Deadlines that were missed on the way to disposal, latest first; healed ones too',
  query: z.strictObject({
    ...PageQuery,
    state: z.enum(['open', 'healed', 'all']).default('all'),
    trigger: z.enum(DEADLINE_TRIGGERS).optional(),
  }),
  answer: pageOf(Missed),
  problems: ['invalid-cursor'],
  async handle({ db }, { query }) {
    const { state, trigger = null } = query;
    const cursor = readCursor(z.tuple([Instant, z.string(), z.enum(DEADLINE_TRIGGERS)]), query.cursor);
    const after = cursor === null ? null : { recorded_at: cursor[0], stream: cursor[1], trigger: cursor[2] };
    const filter = { open: state === 'all' ? null : state === 'open', trigger };
    const rows = await listBreaches(db, filter, after, query.limit + 1);
    return ok(
      toPage(
        rows,
        query.limit,
        (row) => ({
          stream: row.stream,
          round: row.round,
          trigger: row.trigger,
          owner: row.owner,
          dueAt: row.due_at,
          recordedAt: row.recorded_at,
          healedAt: row.healed_at,
        }),
        (row) => [row.recorded_at, row.stream, row.trigger],
      ),
    );
  },
});

const countsRoute = route({
  method: 'get',
  path: '/deadlines/counts',
  action: 'deadlines.read',
  summary: 'How many deadlines were missed, by what they are for; healing takes nothing off',
  answer: z.object({
    counts: z.array(z.object({ trigger: z.enum(DEADLINE_TRIGGERS), open: z.int(), healed: z.int() })),
  }),
  handle: async ({ db }) => ok({ counts: await countBreaches(db) }),
});

export const DEADLINE_ROUTES = [stagingRoute, listRoute, countsRoute];
