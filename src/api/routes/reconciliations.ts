/** The books held against receipts, certificates and dispositions: run now, what does not fit, and the figure over time. */
import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import { z } from 'zod';
import type { Database } from '../../store/database.ts';
import { listFindings, listReconciliations, readReconciliation } from '../../store/read/reconciliations.ts';
import type { FindingPlace } from '../../store/read/reconciliations.ts';
import { partsOf, startReconciliation } from '../../store/reconciliations.ts';
import { offerPolicy } from '../../store/policy-in-force.ts';
import { inTransaction } from '../../store/transactions.ts';
import { PageQuery, pageOf, readCursor, toPage } from '../pagination.ts';
import { Problem } from '../problem.ts';
import { downloadRoute, ok, route } from '../route.ts';
import { Id, Instant } from '../shapes/common.ts';
import {
  Finding,
  FINDING_COLUMNS,
  FindingKind,
  findingView,
  Part,
  Reconciliation,
  reconciliationView,
} from '../shapes/reconciliations.ts';

/** Rows that a download reads at once. */
const CHUNK = 500;

const One = z.strictObject({ id: Id('reconciliation') });
const WithParts = Reconciliation.extend({ parts: z.array(Part) }).meta({
  title: 'A run, inventory by inventory',
});

const startRoute = route({
  method: 'post',
  path: '/reconciliations',
  action: 'reconciliations.start',
  summary:
    'Holds the books of every inventory against receipts, certificates and dispositions now; joins a run that is under way',
  body: z.strictObject({}),
  answer: WithParts,
  statuses: [202],
  handle: ({ db, policy, connectors }, { actor, now }) =>
    inTransaction(db, async (tx) => {
      await offerPolicy(tx, policy);
      const inventories = connectors.filter(({ port }) => port === 'inventory').map(({ name }) => name);
      const id = await startReconciliation(tx, { connectors: inventories, by: actor }, now);
      return { status: 202, body: await shown(tx, id) };
    }),
});

const listRoute = route({
  method: 'get',
  path: '/reconciliations',
  action: 'reconciliations.read',
  summary: 'Runs with their figures, latest first: the share of records that agree, over time',
  query: z.strictObject(PageQuery),
  answer: pageOf(Reconciliation),
  problems: ['invalid-cursor'],
  async handle({ db }, { query }) {
    const cursor = readCursor(z.tuple([Instant, Id('reconciliation')]), query.cursor);
    const after = cursor === null ? null : { startedAt: cursor[0], id: cursor[1] };
    const rows = await listReconciliations(db, after, query.limit + 1);
    return ok(toPage(rows, query.limit, reconciliationView, (row) => [row.started_at, row.id]));
  },
});

const readRoute = route({
  method: 'get',
  path: '/reconciliations/:id',
  action: 'reconciliations.read',
  summary: 'One run: how far it is, and what it came to',
  params: One,
  answer: WithParts,
  problems: ['not-found'],
  handle: async ({ db }, { params }) => ok(await shown(db, params.id)),
});

const findingsRoute = route({
  method: 'get',
  path: '/reconciliations/:id/findings',
  action: 'reconciliations.read',
  summary: 'What did not fit in a run, by serial, with how each exception stands now',
  params: One,
  query: z.strictObject({ ...PageQuery, kind: FindingKind.optional() }),
  answer: pageOf(Finding),
  problems: ['not-found', 'invalid-cursor'],
  async handle({ db }, { params, query }) {
    if ((await readReconciliation(db, params.id)) === null) throw new Problem('not-found');
    const place = z.tuple([z.string(), FindingKind, z.string(), z.string()]);
    const after = readCursor(place, query.cursor);
    const filter = { reconciliationId: params.id, kind: query.kind ?? null };
    const rows = await listFindings(db, filter, after, query.limit + 1);
    return ok(toPage(rows, query.limit, findingView, placeOf));
  },
});

const csvRoute = downloadRoute({
  method: 'get',
  path: '/reconciliations/:id/findings.csv',
  action: 'reconciliations.read',
  summary:
    'The same list whole, as CSV; a cell that a spreadsheet would calculate has an apostrophe in front',
  params: One,
  query: z.strictObject({ kind: FindingKind.optional() }),
  contentType: 'text/csv; charset=utf-8',
  problems: ['not-found'],
  async handle({ db }, { params, query }) {
    if ((await readReconciliation(db, params.id)) === null) throw new Problem('not-found');
    const filter = { reconciliationId: params.id, kind: query.kind ?? null };
    const lines = stringify({
      header: true,
      columns: FINDING_COLUMNS,
      quoted_string: true,
      escape_formulas: true,
      record_delimiter: 'windows',
    });
    const content = Readable.from(rowsOf(db, filter)).on('error', (error) => lines.destroy(error));
    return { name: `${params.id}.csv`, content: content.pipe(lines) };
  },
});

type Filter = Parameters<typeof listFindings>[1];

async function* rowsOf(db: Database, filter: Filter): AsyncGenerator<z.output<typeof Finding>> {
  for (let after: FindingPlace | null = null; ;) {
    const rows: Awaited<ReturnType<typeof listFindings>> = await listFindings(db, filter, after, CHUNK);
    for (const row of rows) yield findingView(row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < CHUNK) return;
    after = placeOf(last);
  }
}

function placeOf(row: Awaited<ReturnType<typeof listFindings>>[number]): FindingPlace {
  return [row.serial, row.kind, row.connector, row.external_id];
}

async function shown(db: Parameters<typeof readReconciliation>[0], id: string) {
  const row = await readReconciliation(db, id);
  if (row === null) throw new Problem('not-found');
  const parts = await partsOf(db, id);
  return {
    ...reconciliationView(row),
    parts: parts.map((part) => ({
      connector: part.connector,
      assets: part.assets_read,
      finishedAt: part.finished_at,
    })),
  };
}

export const RECONCILIATION_ROUTES = [startRoute, listRoute, readRoute, csvRoute, findingsRoute];
