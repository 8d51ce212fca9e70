/** Exceptions: what does not add up, and how it was decided. */
import { z } from 'zod';
import { wakeCase, wakeCustody } from '../../store/cases.ts';
import type { Tx } from '../../store/database.ts';
import { resolveException } from '../../store/exceptions.ts';
import type { ResolvedException } from '../../store/exceptions.ts';
import { applyDeliveryDecision } from '../../store/held-hints.ts';
import { applyDiscrepancyOutcome, readDiscrepancy } from '../../store/pickup-decisions.ts';
import { lockPickup, wakePickup } from '../../store/pickups.ts';
import { offerPolicy } from '../../store/policy-in-force.ts';
import { listExceptions, readException } from '../../store/read/exceptions.ts';
import type { ApiDeps } from '../deps.ts';
import { PageQuery, pageOf, readCursor, toPage } from '../pagination.ts';
import { isAllowed } from '../permissions.ts';
import { Problem } from '../problem.ts';
import { ok, route } from '../route.ts';
import { Id, Instant, Line } from '../shapes/common.ts';
import { ExceptionShape, exceptionView } from '../shapes/exceptions.ts';
import { unitOfSerial } from '../views/pickup-choice.ts';
import { inTransaction } from '../../store/transactions.ts';

const listRoute = route({
  method: 'get',
  path: '/exceptions',
  action: 'exceptions.read',
  summary: 'Exceptions, oldest first',
  query: z.strictObject({
    ...PageQuery,
    state: z.enum(['open', 'resolved', 'all']).default('open'),
    owner: Line(64).optional(),
    code: Line(64).optional(),
    caseId: Id('case').optional(),
    deviceId: Id('device').optional(),
    pickupId: Id('pickup').optional(),
  }),
  answer: pageOf(ExceptionShape),
  problems: ['invalid-cursor'],
  async handle({ db }, { query }) {
    const { state, owner = null, code = null, caseId = null, deviceId = null, pickupId = null } = query;
    const filter = {
      open: state === 'all' ? null : state === 'open',
      owner,
      code,
      caseId,
      deviceId,
      pickupId,
    };
    const cursor = readCursor(z.tuple([Instant, Id('exception')]), query.cursor);
    const after = cursor === null ? null : { openedAt: cursor[0], id: cursor[1] };
    const rows = await listExceptions(db, filter, after, query.limit + 1);
    return ok(toPage(rows, query.limit, exceptionView, (row) => [row.opened_at, row.id]));
  },
});

const resolveRoute = route({
  method: 'post',
  path: '/exceptions/:id/resolve',
  action: 'exceptions.resolve',
  summary: 'Decides an exception; whatever waited for it goes on',
  params: z.strictObject({ id: Id('exception') }),
  body: z.strictObject({
    outcome: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,40}$/u, 'a short token such as retry or accepted')
      .meta({
        description:
          'Stands in the record. What does not add up on a dock takes `taken-off-manifest`, `accepted-as-found`, `held-back` or, of what nobody follows, `retired`. What waits in the inbox is read again, unless `dismissed`.',
      }),
    reason: Line(1_000).meta({ description: 'In words; kept beside the record.' }),
  }),
  answer: ExceptionShape,
  problems: ['not-found', 'exception-decided', 'outcome-not-fitting', 'found-not-ready'],
  async handle(deps, { params, body, actor, roles, now }) {
    // To take something into custody is more than to decide what happens on a dock.
    if (body.outcome === 'retired' && !isAllowed(roles, 'retirements.open')) throw new Problem('forbidden');
    return inTransaction(deps.db, async (tx) => {
      if (body.outcome === 'retired') await offerPolicy(tx, deps.policy);
      await decideOnDock(deps, tx, params.id, body, actor, now);
      const before = await readException(tx, params.id);
      if (before === null) throw new Problem('not-found');
      // What it is about stays with how it was decided.
      const reason =
        before.reason === null || before.resolved_at !== null
          ? body.reason
          : `${before.reason}; ${body.reason}`;
      const resolved = await resolveException(
        tx,
        { exceptionId: params.id, outcome: body.outcome, reason, by: actor },
        now,
      );
      if (resolved === null) throw new Problem('exception-decided');
      await wakeStream(tx, resolved, body.outcome);
      const after = await readException(tx, params.id);
      return ok(exceptionView(after ?? before));
    });
  },
});

/** What does not add up on the dock: the decision changes the manifest and the custodies before it is recorded. */
async function decideOnDock(
  deps: ApiDeps,
  tx: Tx,
  exceptionId: string,
  { outcome, reason }: { readonly outcome: string; readonly reason: string },
  by: string,
  now: Date,
): Promise<void> {
  const found = await readDiscrepancy(tx, exceptionId);
  if (found === null) return;
  // The pickup's lock comes before any stream's, and what was decided meanwhile is not decided again.
  await lockPickup(tx, found.pickupId);
  if ((await readException(tx, exceptionId))?.resolved_at !== null) throw new Problem('exception-decided');
  const decision = await applyDiscrepancyOutcome(
    tx,
    found,
    outcome,
    {
      by,
      reason,
      exceptionsDueAt: new Date(now.getTime() + deps.policy.exceptions.dueMs),
      unitOf: (serial) => unitOfSerial(deps, tx, serial, now),
    },
    now,
  );
  if (decision.kind === 'not-fitting')
    throw new Problem('outcome-not-fitting', [
      { path: 'body.outcome', message: `one of ${decision.fitting.join(', ')}` },
    ]);
  if (decision.kind === 'not-ready')
    throw new Problem('found-not-ready', [{ path: 'body.outcome', message: decision.obstacle }]);
}

/** Wakes whatever the stream belongs to, a connector's by the delivery that waits; `system` is nobody's. */
async function wakeStream(tx: Tx, { stream, round }: ResolvedException, outcome: string): Promise<void> {
  const [kind, id = ''] = stream.split(':');
  if (kind === 'case') await wakeCase(tx, id, round);
  if (kind === 'device') await wakeCustody(tx, id, round);
  if (kind === 'pickup') await wakePickup(tx, id);
  if (kind === 'connector') await applyDeliveryDecision(tx, id, round, outcome);
}

export const EXCEPTION_ROUTES = [listRoute, resolveRoute];
