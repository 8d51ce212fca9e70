/** Evidence of a period, for an audit: asked for, listed by every source, then exported. */
import { z } from 'zod';
import { isTimeZone } from '../../domain/working-days.ts';
import { packEntries } from '../../ledger/pack/build.ts';
import { PERIOD_LIMITS, SAMPLE } from '../../ledger/pack/period/files.ts';
import { drawReport } from '../../ledger/pack/report/draw.ts';
import { zipStream } from '../../ledger/pack/zip-write.ts';
import { readIdentifiers } from '../../store/audits/listing.ts';
import { readPeriod, requestPeriod } from '../../store/audits/periods.ts';
import { derivedId } from '../../store/ids.ts';
import { readPeriodContent } from '../../store/evidence/period-content.ts';
import { PeriodTooLarge } from '../../store/evidence/period-facts.ts';
import { inTransaction } from '../../store/transactions.ts';
import { checkpointSigning, notSigned, stamping } from '../checkpoint-signing.ts';
import type { ApiDeps } from '../deps.ts';
import { PageQuery, readCursor, toPage } from '../pagination.ts';
import { Problem } from '../problem.ts';
import { downloadRoute, ok, route } from '../route.ts';
import type { Download } from '../route.ts';
import { Id, Instant, Line, MaybeInstant } from '../shapes/common.ts';

const DAY_MS = 86_400_000;
const SOURCE_KINDS = ['hr', 'identity'] as const;

const Order = z
  .strictObject({
    from: z.iso.date(),
    until: z.iso.date().meta({ description: 'The last day; it belongs to the period.' }),
    timeZone: z.string().refine(isTimeZone, 'an IANA time zone').default('UTC'),
    sample: z.int().min(0).max(PERIOD_LIMITS.sample).default(SAMPLE).meta({
      description: 'How many cases travel whole.',
    }),
    seed: Line(200).optional().meta({
      description:
        'Draws the sample. An auditor should bring their own; it is recorded before anything is counted.',
    }),
  })
  .refine(({ from, until }) => from <= until, { path: ['until'], message: 'not before the first day' })
  .refine(({ from, until }) => (Date.parse(until) - Date.parse(from)) / DAY_MS < PERIOD_LIMITS.days, {
    path: ['until'],
    message: `at most ${PERIOD_LIMITS.days} days`,
  });

const PeriodShape = z
  .object({
    id: Id('period'),
    from: z.string(),
    until: z.string(),
    timeZone: z.string(),
    start: Instant,
    end: Instant,
    seed: z.string(),
    seedBy: z.enum(['caller', 'handback']),
    sample: z.int(),
    requestedBy: z.string(),
    requestedAt: Instant,
    finished: z
      .boolean()
      .meta({ description: 'Every source has listed its people, or lets nobody list them.' }),
    sources: z.array(
      z.object({
        connector: z.string(),
        kind: z.enum(SOURCE_KINDS),
        accounts: z.int().meta({ description: 'Looked at so far.' }),
        leavers: z
          .int()
          .meta({ description: 'Of them gone or deactivated in the period, or at a time nobody tells.' }),
        outcome: z.enum(['listed', 'not-offered']).nullable(),
        failure: z.string().nullable().meta({ description: 'Why it did not answer; it is asked again.' }),
        finishedAt: MaybeInstant,
      }),
    ),
  })
  .meta({ title: 'A period for an audit' });

type Row = NonNullable<Awaited<ReturnType<typeof readPeriod>>>;

function view(row: Row): z.output<typeof PeriodShape> {
  return {
    id: row.id,
    from: row.from_date,
    until: row.until_date,
    timeZone: row.time_zone,
    start: row.start_at,
    end: row.end_at,
    seed: row.seed,
    seedBy: row.seed_by,
    sample: row.sample,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    finished: isFinished(row),
    sources: row.parts.map((part) => ({
      connector: part.connector,
      kind: part.kind,
      accounts: part.accounts_seen,
      leavers: part.leavers ?? 0,
      outcome: part.outcome,
      failure: part.failure,
      finishedAt: part.finished_at,
    })),
  };
}

/** A repeat under the same key is answered as before; another request under it is none. */
function sameAs(body: z.output<typeof Order>, period: z.output<typeof PeriodShape>) {
  const { seed, ...terms } = body;
  const same = Object.entries(terms).every(([name, value]) =>
    Object.entries(period).some(([one, known]) => one === name && known === value),
  );
  if (!same || (seed ?? period.seed) !== period.seed) throw new Problem('idempotency-key-reused');
  return period;
}

function isFinished({ parts }: Row): boolean {
  return parts.every((part) => part.finished_at !== null);
}

const requestRoute = route({
  method: 'post',
  path: '/evidence/periods',
  action: 'evidence.period',
  summary: 'Asks for the evidence of a period: every HR system and identity provider is asked who left in it',
  body: Order,
  answer: PeriodShape,
  statuses: [202],
  takesKey: true,
  problems: ['idempotency-key-reused'],
  handle: ({ db, connectors }, { body, actor, idempotencyKey: key, now }) =>
    inTransaction(db, async (tx) => {
      const sources = connectors.flatMap(({ name: connector, port }) =>
        port === 'hr' || port === 'identity' ? [{ connector, kind: port } as const] : [],
      );
      const { seed = null, ...terms } = body;
      const known = key === null ? null : derivedId('period', `period:${actor}:${key}`);
      const before = known === null ? null : await readPeriod(tx, known);
      if (before !== null) return { status: 202, body: sameAs(body, view(before)) };
      const id = await requestPeriod(tx, { ...terms, id: known, seed, sources, by: actor }, now);
      const row = await readPeriod(tx, id);
      if (row === null) throw new Problem('not-found');
      return { status: 202, body: view(row) };
    }),
});

const readRoute = route({
  method: 'get',
  path: '/evidence/periods/:id',
  action: 'evidence.period',
  summary: 'How far the listing of a period is, source by source',
  params: z.strictObject({ id: Id('period') }),
  answer: PeriodShape,
  problems: ['not-found'],
  async handle({ db }, { params }) {
    const row = await readPeriod(db, params.id);
    if (row === null) throw new Problem('not-found');
    return ok(view(row));
  },
});

const packRoute = downloadRoute({
  method: 'get',
  path: '/evidence/periods/:id/pack',
  action: 'evidence.period',
  summary:
    'A pack of evidence of a period, as a zip archive: the population, a drawn sample whole, and what changed',
  params: z.strictObject({ id: Id('period') }),
  query: z.strictObject({
    since: z
      .string()
      .regex(/^[0-9]{1,15}$/u, 'a number of facts')
      .transform(Number)
      .optional()
      .meta({
        description:
          'Size of a checkpoint that you keep: the pack then proves that the ledger grew out of it.',
      }),
    unfinished: z.enum(['refuse', 'accept']).default('refuse').meta({
      description: 'Whether to go without sources that have not listed their people; the pack says which.',
    }),
  }),
  contentType: 'application/zip',
  problems: ['not-found', 'period-not-ready', 'period-too-large', 'ledger-inconsistent', 'no-signing-key'],
  async handle(deps, { params, query, now }) {
    const row = await readPeriod(deps.db, params.id);
    if (row === null) throw new Problem('not-found');
    if (!isFinished(row) && query.unfinished === 'refuse') throw new Problem('period-not-ready');
    return exported(deps, params.id, query.since ?? null, now);
  },
});

async function exported(deps: ApiDeps, periodId: string, since: number | null, now: Date): Promise<Download> {
  const [packs] = deps.keys?.packs.signers ?? [];
  if (packs === undefined) throw new Problem('no-signing-key');
  const signing = checkpointSigning(deps);
  const { documents = null } = deps;
  const request = { periodId, signing, since, now, documents, stamp: stamping(deps, now) };
  const content = await readPeriodContent(deps.db, request).catch((error: unknown) => {
    if (error instanceof PeriodTooLarge) throw new Problem('period-too-large');
    return notSigned(error);
  });
  if (content === null) throw new Problem('not-found');
  return {
    name: `${periodId}.zip`,
    content: zipStream(packEntries({ ...content, report: drawReport }, packs)),
  };
}

const identifiersRoute = route({
  method: 'get',
  path: '/evidence/periods/:id/identifiers',
  action: 'evidence.identifiers',
  summary:
    'The sources’ own ids behind the accounts of a period, which no pack holds, and the key of the commitments',
  params: z.strictObject({ id: Id('period') }),
  query: z.strictObject(PageQuery),
  answer: z.object({
    key: z.string().meta({
      description:
        'Hex. An account is `acct_` and the first 32 hex digits of HMAC-SHA256 under it over connector, line feed and id.',
    }),
    items: z.array(
      z.object({
        connector: z.string(),
        account: z.string(),
        externalId: z.string().nullable().meta({ description: 'null: erased.' }),
        personId: z.string().nullable(),
      }),
    ),
    next: z.string().nullable(),
  }),
  problems: ['not-found', 'invalid-cursor'],
  async handle({ db }, { params, query }) {
    const period = await readPeriod(db, params.id);
    if (period === null) throw new Problem('not-found');
    const after = readCursor(z.tuple([z.string(), z.string()]), query.cursor);
    const rows = await readIdentifiers(db, params.id, after, query.limit + 1);
    const page = toPage(
      rows,
      query.limit,
      (row) => ({
        connector: row.connector,
        account: row.account,
        externalId: row.external_id,
        personId: row.person_id,
      }),
      (row) => [row.connector, row.account],
    );
    return ok({ key: period.account_key.toString('hex'), ...page });
  },
});

export const EVIDENCE_PERIOD_ROUTES = [requestRoute, readRoute, packRoute, identifiersRoute];
