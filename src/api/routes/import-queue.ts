/** The queue of lines that matched nothing. */
import { z } from 'zod';
import { decideLine } from '../../store/imports/queue.ts';
import type { LineDecision } from '../../store/imports/queue.ts';
import { listUnmatched } from '../../store/read/imports.ts';
import { inTransaction } from '../../store/transactions.ts';
import type { ApiDeps } from '../deps.ts';
import { PageQuery, pageOf, readCursor, toPage } from '../pagination.ts';
import { Problem } from '../problem.ts';
import { ok, route } from '../route.ts';
import { Id, Line } from '../shapes/common.ts';
import { ImportLineShape, importLineView } from '../shapes/imports.ts';

const queueRoute = route({
  method: 'get',
  path: '/imports/unmatched',
  action: 'imports.read',
  summary: 'Lines that matched no unit and that nobody has linked or dismissed',
  query: z.strictObject({ ...PageQuery, connector: Line(64).optional() }),
  answer: pageOf(ImportLineShape),
  problems: ['invalid-cursor'],
  async handle({ db }, { query }) {
    const cursor = readCursor(z.tuple([Id('import'), z.int()]), query.cursor);
    const after = cursor === null ? null : { importId: cursor[0], line: cursor[1] };
    const rows = await listUnmatched(db, query.connector ?? null, after, query.limit + 1);
    return ok(toPage(rows, query.limit, importLineView, (row) => [row.import_id, row.line]));
  },
});

const OneLine = z.strictObject({ id: Id('import'), line: z.coerce.number().int().min(1) });
const Reason = Line(1_000).meta({ description: 'In words; kept beside the record.' });

const linkRoute = route({
  method: 'post',
  path: '/imports/:id/lines/:line/link',
  action: 'imports.decide',
  summary:
    'Says which device of a pickup an unmatched line is about: it counts for that device, in your name',
  params: OneLine,
  body: z.strictObject({ pickupId: Id('pickup'), deviceId: Id('device'), reason: Reason }),
  answer: ImportLineShape,
  problems: ['not-found', 'line-decided', 'not-on-pickup'],
  handle: (deps, { params, body, actor, now }) => {
    const { pickupId, deviceId, reason } = body;
    const to = { pickupId, deviceId };
    return decide(deps, { importId: params.id, line: params.line, by: actor, reason, to }, now);
  },
});

const dismissRoute = route({
  method: 'post',
  path: '/imports/:id/lines/:line/dismiss',
  action: 'imports.decide',
  summary: 'Lets an unmatched line go, with a reason',
  params: OneLine,
  body: z.strictObject({ reason: Reason }),
  answer: ImportLineShape,
  problems: ['not-found', 'line-decided'],
  handle: (deps, { params, body, actor, now }) => {
    const { reason } = body;
    return decide(deps, { importId: params.id, line: params.line, by: actor, reason, to: null }, now);
  },
});

async function decide(deps: ApiDeps, decision: LineDecision, now: Date) {
  const decided = await inTransaction(deps.db, (tx) => decideLine(tx, decision, now));
  switch (decided.kind) {
    case 'decided':
      return ok(importLineView(decided.row));
    case 'not-found':
      throw new Problem('not-found');
    case 'was-decided':
      throw new Problem('line-decided');
    case 'not-on-pickup':
      throw new Problem('not-on-pickup');
  }
}

export const IMPORT_QUEUE_ROUTES = [queueRoute, linkRoute, dismissRoute];
