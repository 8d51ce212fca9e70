/** Decisions of two people: asked for by one, approved or refused by another, withdrawn by whoever asked. */
import { z } from 'zod';
import { DECISION_KINDS, DECISION_OBSTACLES, DECISION_STATES, NotToDecide } from '../../domain/decisions.ts';
import type { DecisionKind } from '../../domain/decisions.ts';
import { CASE_GATES, DEVICE_GATES } from '../../domain/gates.ts';
import type { Gate } from '../../domain/gates.ts';
import { ROUTES as DEVICE_ROUTES } from '../../domain/routes.ts';
import type { Reader } from '../../store/database.ts';
import { decide, requestDecision } from '../../store/decisions/decisions.ts';
import type { DecisionRequest } from '../../store/decisions/kinds.ts';
import { listDecisions, readDecision } from '../../store/read/decisions.ts';
import { inTransaction } from '../../store/transactions.ts';
import { PageQuery, pageOf, readCursor, toPage } from '../pagination.ts';
import { Problem } from '../problem.ts';
import { ok, route } from '../route.ts';
import type { Route } from '../route.ts';
import { Id, Instant, Line } from '../shapes/common.ts';
import { DecisionShape, decisionView } from '../shapes/decisions.ts';

const listRoute = route({
  method: 'get',
  path: '/decisions',
  action: 'decisions.read',
  summary: 'Decisions that were asked for, oldest first',
  query: z.strictObject({
    ...PageQuery,
    state: z.enum([...DECISION_STATES, 'expired', 'all']).default('requested'),
    kind: z.enum(DECISION_KINDS).optional(),
    caseId: Id('case').optional(),
    deviceId: Id('device').optional(),
  }),
  answer: pageOf(DecisionShape),
  problems: ['invalid-cursor'],
  async handle({ db }, { query, now }) {
    const { state, kind = null, caseId = null, deviceId = null } = query;
    const filter = { state: state === 'all' ? null : state, kind, caseId, deviceId };
    const cursor = readCursor(z.tuple([Instant, Id('decision')]), query.cursor);
    const after = cursor === null ? null : { requestedAt: cursor[0], id: cursor[1] };
    const rows = await listDecisions(db, filter, after, query.limit + 1, now);
    return ok(
      toPage(
        rows,
        query.limit,
        (row) => decisionView(row, now),
        (row) => [row.requested_at, row.id],
      ),
    );
  },
});

const readRoute = route({
  method: 'get',
  path: '/decisions/:id',
  action: 'decisions.read',
  summary: 'A decision: what exactly it is about, who asked, who decided',
  params: z.strictObject({ id: Id('decision') }),
  answer: DecisionShape,
  problems: ['not-found'],
  handle: async ({ db }, { params, now }) => ok(await shown(db, params.id, now)),
});

const OneDevice = { deviceId: Id('device') };
const Reason = {
  reason: Line(1_000).meta({ description: 'In words, for who decides; kept beside the record.' }),
};

function isCaseGate(gate: Gate): boolean {
  return CASE_GATES.some((one) => one === gate);
}

/** What is asked for, by kind. */
const REQUESTS = {
  'approve-wipe': {
    summary: 'a wipe of one device, once',
    body: z.strictObject({ ...Reason, ...OneDevice }),
  },
  'approve-mismatch': {
    summary: 'that a device is the leaver’s although the sources disagree',
    body: z.strictObject({ ...Reason, ...OneDevice }),
  },
  'vendor-sanitises': {
    summary: 'that a device leaves sealed, with its data, for the vendor to sanitise',
    body: z.strictObject({ ...Reason, ...OneDevice }),
  },
  'declare-lost': {
    summary: 'that a device that was reported lost will not come back',
    body: z.strictObject({ ...Reason, ...OneDevice }),
  },
  'change-route': {
    summary: 'where a device is going',
    body: z.strictObject({
      ...Reason,
      ...OneDevice,
      to: z.enum(DEVICE_ROUTES),
      reviewAt: Instant.nullable()
        .default(null)
        .meta({ description: 'Retention only: when somebody is to look at it again.' }),
    }),
  },
  'waive-gate': {
    summary: 'that a gate is let through without evidence, until a date',
    body: z
      .strictObject({
        ...Reason,
        stream: z.string().regex(/^(?:case:case|device:dev)_[0-9a-z]{26}$/u, 'case:case_… or device:dev_…'),
        gate: z.enum([...CASE_GATES, ...DEVICE_GATES]),
        expiresAt: Instant,
      })
      .refine(({ stream, gate }) => stream.startsWith('case:') === isCaseGate(gate), {
        path: ['gate'],
        message: `of a case: ${CASE_GATES.join(', ')}; of a device: ${DEVICE_GATES.join(', ')}`,
      }),
  },
  'release-wipe-limit': {
    summary: 'the release of a wipe limit that was reached, with what it holds in view',
    body: z.strictObject(Reason),
  },
  'kill-switch-off': {
    summary: 'that the kill switch is switched off again',
    body: z.strictObject(Reason),
  },
  'change-policy': {
    summary: 'that the policy of the configuration is put in force for new cases',
    body: z.strictObject(Reason),
  },
  'move-policy': {
    summary: 'that an open case is judged by the policy in force',
    body: z.strictObject({ ...Reason, caseId: Id('case') }),
  },
  'erase-person': {
    summary: 'that a person is erased: their key is destroyed, and nothing tells any more who they were',
    body: z.strictObject({ ...Reason, personId: Id('person') }),
  },
} as const satisfies Readonly<Record<DecisionKind, { readonly summary: string; readonly body: z.ZodObject }>>;

/** The routes of one kind: the role table has two lines for each, so that nothing here asks for roles. */
function routesOf(kind: DecisionKind): readonly Route[] {
  const { summary, body } = REQUESTS[kind];
  return [
    route({
      method: 'post',
      path: `/decisions/${kind}`,
      action: `decisions.${kind}.ask`,
      summary: `Asks for ${summary}; another person decides`,
      body,
      answer: DecisionShape,
      statuses: [201, 200],
      problems: ['not-to-decide'],
      async handle({ db }, call) {
        const { reason, ...rest } = call.body as { readonly reason: string };
        // The body was checked by this kind's own schema.
        const request = { kind, ...rest } as DecisionRequest;
        return inTransaction(db, async (tx) => {
          const { id, isNew } = await requestDecision(
            tx,
            { request, reason, by: call.actor, roles: call.roles },
            call.now,
          ).catch(refuse);
          return { status: isNew ? 201 : 200, body: await shown(tx, id, call.now) };
        });
      },
    }),
    verdictRoute(kind, 'approve', 'approved', `Approves ${summary}; not by whoever asked`),
    verdictRoute(kind, 'refuse', 'refused', `Refuses ${summary}`),
    verdictRoute(kind, 'withdraw', 'withdrawn', `Withdraws one’s own request for ${summary}`),
  ];
}

function verdictRoute(
  kind: DecisionKind,
  verb: 'approve' | 'refuse' | 'withdraw',
  outcome: 'approved' | 'refused' | 'withdrawn',
  summary: string,
): Route {
  return route({
    method: 'post',
    path: `/decisions/${kind}/:id/${verb}`,
    action: `decisions.${kind}.${verb === 'withdraw' ? 'ask' : 'decide'}`,
    summary,
    params: z.strictObject({ id: Id('decision') }),
    body: z.strictObject({}),
    answer: DecisionShape,
    problems: [
      'not-found',
      'decision-made',
      'decision-expired',
      'decision-void',
      'second-person-needed',
      'not-the-requester',
    ],
    async handle({ db }, { params, actor, roles, now }) {
      const verdict = { decisionId: params.id, kind, outcome, by: actor, roles };
      const result = await inTransaction(db, (tx) => decide(tx, verdict, now));
      switch (result.kind) {
        case 'decided':
          return ok(await shown(db, params.id, now));
        case 'not-found':
          throw new Problem('not-found');
        case 'decided-before':
          throw new Problem('decision-made');
        case 'expired':
          throw new Problem('decision-expired');
        case 'same-person':
          throw new Problem('second-person-needed');
        case 'not-requester':
          throw new Problem('not-the-requester');
        case 'void':
          throw new Problem('decision-void', [], { why: result.why });
      }
    },
  });
}

async function shown(db: Reader, id: string, now: Date) {
  const row = await readDecision(db, id);
  if (row === null) throw new Problem('not-found');
  return decisionView(row, now);
}

function refuse(error: unknown): never {
  if (!(error instanceof NotToDecide)) throw error;
  const { code, until } = error;
  const message = `${DECISION_OBSTACLES[code]}${until === null ? '' : ` Until ${until}.`}`;
  throw new Problem('not-to-decide', [{ path: 'body', message }], { obstacle: code });
}

export const DECISION_ROUTES = [listRoute, readRoute, ...DECISION_KINDS.flatMap(routesOf)];
