/** On the dock: units scanned and counted, differences shown list by list, both sides sign, what leaves is confirmed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { keepDocument } from '../../store/documents.ts';
import { derivedId, newId } from '../../store/ids.ts';
import { confirmPickup, leavingUnits } from '../../store/pickup-confirm.ts';
import { recordCount } from '../../store/pickup-count.ts';
import { recordDockScans } from '../../store/pickup-dock.ts';
import type { DockScan } from '../../store/pickup-dock.ts';
import { eraseSignatureName, recordSignature, SIDES } from '../../store/pickup-signatures.ts';
import { readPickup } from '../../store/pickups.ts';
import { reconcilePickup } from '../../store/read/reconciliation.ts';
import { snapshot } from '../../store/read/snapshot.ts';
import { inTransaction } from '../../store/transactions.ts';
import type { ApiDeps } from '../deps.ts';
import { PageQuery, pageOf, readCursor, toPage } from '../pagination.ts';
import { Problem } from '../problem.ts';
import { ok, route } from '../route.ts';
import type { Call } from '../route.ts';
import { readScanLines } from '../scan-lines.ts';
import { Id, Instant, Line } from '../shapes/common.ts';
import { CountAnswer, Csv, HandoverView, OneScan, Reconciled, ScanAnswer } from '../shapes/dock.ts';
import { ScannedText } from '../shapes/dock.ts';
import { Confirmed } from '../shapes/pickups.ts';
import { handoverView } from '../views/handover-view.ts';
import { MOST_LINES } from '../views/pickup-choice.ts';
import { locked, OnePickup } from './pickups.ts';

const ScanBody = z.union([
  OneScan,
  z.strictObject({ scans: z.array(OneScan).min(1).max(500) }),
  z.strictObject({
    csv: Csv.meta({
      description: 'Lines of serial, model, asset tag; a first line with these names may stand above them.',
    }),
  }),
]);

const scanRoute = route({
  method: 'post',
  path: '/pickups/:id/scans',
  action: 'pickups.scan',
  summary:
    'Scans units on the dock: one, a list, or CSV; each answered at once, against the manifest and what is known of the serial',
  params: OnePickup,
  body: ScanBody,
  answer: ScanAnswer,
  problems: ['not-found', 'pickup-confirmed', 'idempotency-key-reused'],
  takesKey: true,
  async handle({ db, policy, connectors }, call) {
    const { params, actor, now } = call;
    const scans = scansOf(call);
    const inventories = inventoriesOf(connectors);
    const work = { actor, exceptionsDueAt: dueAt(policy, now), inventories };
    const recorded = await inTransaction(db, async (tx) =>
      recordDockScans(tx, await locked(tx, params.id), scans, work, now),
    );
    if (recorded.kind === 'confirmed') throw new Problem('pickup-confirmed');
    if (recorded.kind === 'reused') throw new Problem('idempotency-key-reused');
    return ok({ scans: recorded.results });
  },
});

/** With a key, each scan of the request has an id that a repeat has as well. */
function scansOf({
  params,
  body,
  actor,
  idempotencyKey,
}: Call<{ id: string }, unknown, z.output<typeof ScanBody>>): readonly DockScan[] {
  const list = 'scans' in body ? body.scans : 'csv' in body ? ofFile(body.csv) : [body];
  return list.map(({ serial, model, assetTag }, index) => ({
    scanId:
      idempotencyKey === null
        ? newId('scan')
        : derivedId('scan', `${params.id}:${actor}:${idempotencyKey}:${index}`),
    serial,
    model: model ?? null,
    assetTag: assetTag ?? null,
  }));
}

function ofFile(csv: string): readonly z.output<typeof OneScan>[] {
  return readScanLines(csv, MOST_LINES).map((line, index) => {
    const parsed = OneScan.safeParse(line);
    if (parsed.success) return parsed.data;
    const message = parsed.error.issues[0]?.message ?? 'not readable';
    throw new Problem('invalid-request', [{ path: `body.csv.${index + 1}`, message }]);
  });
}

const countRoute = route({
  method: 'post',
  path: '/pickups/:id/counts',
  action: 'pickups.count',
  summary:
    'Takes in a physical count of what stands on the dock, held against the manifest and the inventory; the latest one counts',
  params: OnePickup,
  body: z.union([
    z.strictObject({ serials: z.array(ScannedText).max(MOST_LINES) }),
    z.strictObject({ csv: Csv }),
  ]),
  answer: CountAnswer,
  problems: ['not-found', 'pickup-confirmed', 'serial-unreadable'],
  async handle(deps, { params, body, actor, now }) {
    const serials =
      'csv' in body ? readScanLines(body.csv, MOST_LINES).map((line) => line.serial) : body.serials;
    const hasInventory = deps.connectors.some((one) => one.port === 'inventory');
    const work = { actor, exceptionsDueAt: dueAt(deps.policy, now), policy: deps.policy };
    const counted = await inTransaction(deps.db, async (tx) =>
      recordCount(tx, await locked(tx, params.id), serials, hasInventory, work, now),
    );
    if (counted.kind === 'confirmed') throw new Problem('pickup-confirmed');
    if (counted.kind === 'unreadable')
      throw new Problem('serial-unreadable', [
        { path: `body.serials.${counted.index}`, message: 'this cannot be a serial' },
      ]);
    return ok(counted.count);
  },
});

const reconciliationRoute = route({
  method: 'get',
  path: '/pickups/:id/reconciliation',
  action: 'pickups.read',
  summary:
    'Serial by serial, which lists name it: manifest, count, both scans, receipt, certificates; a vendor sees its own',
  params: OnePickup,
  query: z.strictObject({ ...PageQuery, only: z.enum(['all', 'differing']).default('all') }),
  answer: pageOf(Reconciled),
  problems: ['not-found', 'invalid-cursor'],
  handle: ({ db }, { params, query, connectors }) =>
    snapshot(db, async (tx) => {
      const pickup = await readPickup(tx, params.id);
      if (pickup === null || connectors?.includes(pickup.connector) === false) throw new Problem('not-found');
      const after = readCursor(z.string().min(1).max(256), query.cursor);
      const rows = await reconcilePickup(tx, pickup.id, query.only === 'differing', after, query.limit + 1);
      return ok(
        toPage(
          rows,
          query.limit,
          (row) => row,
          (row) => row.serial,
        ),
      );
    }),
});

const handoverRoute = route({
  method: 'get',
  path: '/pickups/:id/handover',
  action: 'handovers.read',
  summary: 'What leaves, who has counted and signed, and what the vendor was certified for on the day',
  params: OnePickup,
  answer: HandoverView,
  problems: ['not-found'],
  handle: ({ db }, { params }) =>
    snapshot(db, async (tx) => {
      const pickup = await readPickup(tx, params.id);
      if (pickup === null) throw new Problem('not-found');
      return ok(await handoverView(tx, pickup));
    }),
});

const signRoute = route({
  method: 'post',
  path: '/pickups/:id/signatures',
  action: 'pickups.sign',
  summary: 'Signs by name, for one side, for what leaves as it is scanned now',
  params: OnePickup,
  body: z.strictObject({
    side: z.enum(SIDES),
    name: Line(200).meta({ description: 'Of who signs. Kept beside the record, never in it.' }),
    signedAt: Instant.optional(),
    contentType: Line(100).optional(),
    document: z.base64().min(4).max(200_000).optional().meta({ description: 'The signed sheet.' }),
  }),
  answer: HandoverView,
  problems: ['not-found', 'pickup-confirmed'],
  takesKey: true,
  handle: ({ db }, { params, body, actor, idempotencyKey, now }) =>
    inTransaction(db, async (tx) => {
      const pickup = await locked(tx, params.id);
      if (pickup.confirmed_at !== null) throw new Problem('pickup-confirmed');
      const { side, name, document, contentType = 'application/octet-stream' } = body;
      const signedAt = body.signedAt === undefined ? now : new Date(body.signedAt);
      if (signedAt > now)
        throw new Problem('invalid-request', [{ path: 'body.signedAt', message: 'not yet' }]);
      const documentDigest =
        document === undefined ? null : await keepDocument(tx, Buffer.from(document, 'base64'), contentType);
      const signatureId =
        idempotencyKey === null
          ? newId('signature')
          : derivedId('signature', `${params.id}:${actor}:${idempotencyKey}`);
      const { digest: leavingDigest } = await leavingUnits(tx, pickup.id);
      await recordSignature(
        tx,
        { signatureId, pickupId: pickup.id, side, name, signedAt, leavingDigest, documentDigest, actor },
        now,
      );
      return ok(await handoverView(tx, pickup));
    }),
});

const eraseRoute = route({
  method: 'post',
  path: '/signatures/:id/erase',
  action: 'handovers.erase-name',
  summary: 'Forgets the name of who signed for good; that somebody signed stands',
  params: z.strictObject({ id: Id('signature') }),
  body: z.strictObject({}),
  answer: z.object({ id: z.string() }),
  problems: ['not-found'],
  handle: ({ db }, { params: { id }, now }) =>
    inTransaction(db, async (tx) => {
      if (!(await eraseSignatureName(tx, id, now))) throw new Problem('not-found');
      return ok({ id });
    }),
});

/**
 * How long a confirmation waits for an inventory's live answer about a unit that was just scanned, milliseconds. One that does
 * not answer by then, or has failed to, is taken for neither yes nor no.
 */
const ANSWER_PATIENCE_MS = 15_000;
const LOOK_AGAIN_MS = 250;

const confirmRoute = route({
  method: 'post',
  path: '/pickups/:id/confirm',
  action: 'pickups.confirm',
  summary:
    'Confirms what leaves; refused while anything does not add up, is not counted or not signed for. Again it is harmless',
  params: OnePickup,
  body: z.strictObject({}),
  answer: Confirmed,
  problems: [
    'not-found',
    'pickup-discrepancies',
    'pickup-not-counted',
    'pickup-not-signed',
    'vendor-not-certified',
  ],
  async handle(deps, { params, actor, now }) {
    const { db, policy, connectors, clock, answerPatienceMs = ANSWER_PATIENCE_MS } = deps;
    const work = {
      actor,
      exceptionsDueAt: dueAt(policy, now),
      policy,
      inventories: inventoriesOf(connectors),
    };
    const until = performance.now() + answerPatienceMs;
    // A refusal is committed: it opens the exceptions that somebody must decide.
    const attempt = (at: Date) => {
      const patienceMs = performance.now() < until ? answerPatienceMs : 0;
      return inTransaction(db, async (tx) =>
        confirmPickup(tx, await locked(tx, params.id), { ...work, patienceMs }, at),
      );
    };
    let result = await attempt(now);
    while (result.kind === 'being-asked') {
      await sleep(LOOK_AGAIN_MS);
      result = await attempt(clock());
    }
    if (result.kind === 'refused')
      throw new Problem('pickup-discrepancies', [], { discrepancies: result.discrepancies });
    if (result.kind === 'not-counted') throw new Problem('pickup-not-counted');
    if (result.kind === 'not-signed') throw new Problem('pickup-not-signed', [], { missing: result.sides });
    if (result.kind === 'not-certified')
      throw new Problem('vendor-not-certified', [], { lapsed: result.lapsed });
    const pickup = await readPickup(db, params.id);
    if (pickup === null) throw new Problem('not-found');
    return ok({
      pickupId: pickup.id,
      state: pickup.state,
      lines: result.lines,
      unanswered: result.unanswered,
      confirmedBy: pickup.confirmed_by ?? actor,
      confirmedAt: pickup.confirmed_at ?? now.toISOString(),
    });
  },
});

function inventoriesOf(connectors: ApiDeps['connectors']): readonly string[] {
  return connectors.filter(({ port }) => port === 'inventory').map(({ name }) => name);
}

function dueAt(policy: ApiDeps['policy'], now: Date): Date {
  return new Date(now.getTime() + policy.exceptions.dueMs);
}

export const DOCK_ROUTES = [
  scanRoute,
  countRoute,
  reconciliationRoute,
  handoverRoute,
  signRoute,
  eraseRoute,
  confirmRoute,
];
