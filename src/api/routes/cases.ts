/** Offboarding cases: list, look, open by hand, cancel. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { caseStream, deviceStream } from '../../domain/fact.ts';
import { cancelCase, openOrMoveCase } from '../../store/cases.ts';
import type { Reader, Tx } from '../../store/database.ts';
import { custodiesOfCases, listCases, readCaseRow } from '../../store/read/cases.ts';
import type { CaseRow } from '../../store/read/cases.ts';
import { snapshot } from '../../store/read/snapshot.ts';
import { listFacts } from '../../store/read/facts.ts';
import { findPeople } from '../../store/read/people.ts';
import type { PersonKey } from '../../store/read/people.ts';
import { offerPolicy } from '../../store/policy-in-force.ts';
import { PageQuery, pageOf, readCursor, toPage } from '../pagination.ts';
import { Problem } from '../problem.ts';
import { ok, route } from '../route.ts';
import { CASE_STATES, CaseDetail, CaseSummary, caseSummary } from '../shapes/cases.ts';
import { Id, Instant, Line } from '../shapes/common.ts';
import { FactShape, factView } from '../shapes/facts.ts';
import { caseView } from '../views/case-view.ts';
import { inTransaction } from '../../store/transactions.ts';

const OneCase = z.strictObject({ id: Id('case') });

const listRoute = route({
  method: 'get',
  path: '/cases',
  action: 'cases.read',
  summary: 'Cases, newest first',
  query: z.strictObject({
    ...PageQuery,
    state: z.enum(CASE_STATES).optional(),
    stuck: z.literal('true').optional().meta({ description: 'Only those past a deadline.' }),
    personId: Id('person').optional(),
  }),
  answer: pageOf(CaseSummary),
  problems: ['invalid-cursor'],
  async handle({ db }, { query, now }) {
    const filter = {
      state: query.state ?? null,
      stuck: query.stuck === 'true',
      personId: query.personId ?? null,
    };
    const rows = await listCases(db, filter, readCursor(Id('case'), query.cursor), query.limit + 1, now);
    const custodies = await custodiesOfCases(db, rows.slice(0, query.limit));
    return ok(
      toPage(
        rows,
        query.limit,
        (row) => caseSummary(row, custodies),
        (row) => row.id,
      ),
    );
  },
});

const readRoute = route({
  method: 'get',
  path: '/cases/:id',
  action: 'cases.read',
  summary: 'A case as it stands now: gates with their evidence, what blocks it, and its timeline',
  params: OneCase,
  answer: CaseDetail,
  problems: ['not-found'],
  // One snapshot: what is shown fits together.
  handle: (deps, { params, now }) =>
    snapshot(deps.db, async (tx) => ok(await caseView(deps, tx, await existing(tx, params.id), now))),
});

const factsRoute = route({
  method: 'get',
  path: '/cases/:id/facts',
  action: 'cases.read',
  summary: 'The facts of a case and of the devices it follows, as recorded',
  params: OneCase,
  query: z.strictObject(PageQuery),
  answer: pageOf(FactShape),
  problems: ['not-found', 'invalid-cursor'],
  async handle({ db }, { params, query }) {
    const row = await existing(db, params.id);
    const custodies = await custodiesOfCases(db, [row]);
    const streams = [
      caseStream(row.id),
      ...new Set(custodies.map((custody) => deviceStream(custody.device_id))),
    ];
    const found = await listFacts(db, streams, readCursor(z.int(), query.cursor) ?? 0, query.limit + 1);
    return ok(
      toPage(
        found,
        query.limit,
        ({ fact }) => factView(fact),
        ({ id }) => id,
      ),
    );
  },
});

const When = Instant.transform((text) => new Date(text))
  .optional()
  .meta({ description: 'When the leave takes effect. Default: now.' });

const openRoute = route({
  method: 'post',
  path: '/cases',
  action: 'cases.open',
  summary: "Opens a person's offboarding, or moves the one that is scheduled; a person has at most one open",
  body: z.union([
    z.strictObject({ personId: Id('person'), effectiveAt: When }),
    z.strictObject({ employeeNumber: Line(128), effectiveAt: When }),
    z.strictObject({ workEmail: Line(254), effectiveAt: When }),
  ]),
  answer: z.object({
    caseId: z.string(),
    personId: z.string(),
    outcome: z.enum(['opened', 'moved', 'unchanged']),
  }),
  statuses: [200, 201],
  problems: ['person-not-found', 'person-ambiguous'],
  async handle({ db, terms, policy }, { body, actor, now }) {
    const { effectiveAt, ...key } = body;
    const { personId, caseId, outcome } = await inTransaction(db, async (tx) => {
      const found = await onePerson(tx, key);
      await offerPolicy(tx, policy);
      const leave = {
        personId: found,
        source: actor,
        // Each order by hand is an event of its own; one that changes nothing records nothing.
        eventKey: randomUUID(),
        effectiveAt: effectiveAt ?? now,
        late: effectiveAt !== undefined && effectiveAt < now,
      };
      return { personId: found, ...(await openOrMoveCase(tx, leave, terms, now)) };
    });
    return { status: outcome === 'opened' ? 201 : 200, body: { caseId, personId, outcome } };
  },
});

const cancelRoute = route({
  method: 'post',
  path: '/cases/:id/cancel',
  action: 'cases.cancel',
  summary: 'Cancels what has not happened; what has is stated in the record',
  params: OneCase,
  body: z.strictObject({
    reason: z.enum(['rehired', 'withdrawn', 'not-gone', 'operator']).default('operator'),
  }),
  answer: z.object({
    caseId: z.string(),
    state: z.literal('cancelled'),
    done: z.array(z.string()),
    notDone: z.array(z.string()),
  }),
  problems: ['not-found', 'case-ended'],
  async handle({ db }, { params, body, actor, now }) {
    const row = await existing(db, params.id);
    const isNew = await inTransaction(db, (tx) => cancelCase(tx, row.id, body.reason, actor, now));
    const after = await existing(db, params.id);
    // A repeat is answered as the first was; a case that ended otherwise is not cancelled.
    if (!isNew && after.state !== 'cancelled') throw new Problem('case-ended');
    return ok({ caseId: row.id, state: 'cancelled' as const, ...(await cancellation(db, after)) });
  },
});

async function cancellation(db: Reader, row: CaseRow) {
  const found = await db
    .selectFrom('facts')
    .select('canonical')
    .where('key', '=', `case.cancelled:${row.id}:${row.generation}`)
    .executeTakeFirstOrThrow();
  const { data } = z
    .object({ data: z.object({ done: z.array(z.string()), notDone: z.array(z.string()) }) })
    .parse(JSON.parse(found.canonical));
  return data;
}

async function existing(db: Reader, id: string): Promise<CaseRow> {
  const row = await readCaseRow(db, id);
  if (row === null) throw new Problem('not-found');
  return row;
}

async function onePerson(tx: Tx, key: PersonKey): Promise<string> {
  const [first, second] = await findPeople(tx, key);
  if (first === undefined) throw new Problem('person-not-found');
  if (second !== undefined) throw new Problem('person-ambiguous');
  return first;
}

export const CASE_ROUTES = [listRoute, readRoute, factsRoute, openRoute, cancelRoute];
