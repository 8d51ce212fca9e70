/** Looking for people who left before Handback was there, and still hold devices. */
import { z } from 'zod';
import { readBackfill, startBackfill } from '../../store/backfills.ts';
import { offerPolicy } from '../../store/policy-in-force.ts';
import { inTransaction } from '../../store/transactions.ts';
import { Problem } from '../problem.ts';
import { ok, route } from '../route.ts';
import { Id, Instant, MaybeInstant } from '../shapes/common.ts';

const Backfill = z
  .object({
    id: z.string(),
    since: Instant,
    requestedBy: z.string(),
    requestedAt: Instant,
    finished: z.boolean(),
    parts: z.array(
      z.object({
        connector: z.string(),
        accounts: z.int().meta({ description: 'Accounts that were looked at so far.' }),
        leavers: z.int().meta({ description: 'Of them gone since the date.' }),
        opened: z.int().meta({ description: 'Cases that were opened: gone, never offboarded, and holding.' }),
        unclear: z.int().meta({
          description: 'Deactivated, and nothing says whether for good; or keys that fit two people.',
        }),
        finishedAt: MaybeInstant,
      }),
    ),
  })
  .meta({ title: 'A backfill' });

type Row = NonNullable<Awaited<ReturnType<typeof readBackfill>>>;

function view(row: Row): z.output<typeof Backfill> {
  return {
    id: row.id,
    since: row.since,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    finished: row.parts.every((part) => part.finished_at !== null),
    parts: row.parts.map((part) => ({
      connector: part.connector,
      accounts: part.accounts_seen,
      leavers: part.leavers_seen,
      opened: part.cases_opened,
      unclear: part.unclear,
      finishedAt: part.finished_at,
    })),
  };
}

const startRoute = route({
  method: 'post',
  path: '/backfills',
  action: 'backfills.start',
  summary:
    'Finds who left since a date and still holds devices, and opens their cases; clocks run from today, wipes wait for people',
  body: z.strictObject({
    since: Instant.refine((text) => Date.parse(text) < Date.now(), { message: 'a date in the past' }),
  }),
  answer: Backfill,
  statuses: [202],
  handle: ({ db, policy, connectors }, { body, actor, now }) =>
    inTransaction(db, async (tx) => {
      await offerPolicy(tx, policy);
      const providers = connectors.filter(({ port }) => port === 'identity').map(({ name }) => name);
      const id = await startBackfill(
        tx,
        { since: new Date(body.since), connectors: providers, by: actor },
        now,
      );
      const row = await readBackfill(tx, id);
      if (row === null) throw new Problem('not-found');
      return { status: 202, body: view(row) };
    }),
});

const readRoute = route({
  method: 'get',
  path: '/backfills/:id',
  action: 'backfills.read',
  summary: 'How far a backfill is, provider by provider',
  params: z.strictObject({ id: Id('backfill') }),
  answer: Backfill,
  problems: ['not-found'],
  async handle({ db }, { params }) {
    const row = await readBackfill(db, params.id);
    if (row === null) throw new Problem('not-found');
    return ok(view(row));
  },
});

export const BACKFILL_ROUTES = [startRoute, readRoute];
