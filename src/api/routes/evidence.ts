/** Evidence that people bring about a device in custody. */
import { z } from 'zod';
import { ACCESSORIES, CONDITIONS, INSPECTION_OUTCOMES } from '../../domain/inspection.ts';
import { NotToDecide } from '../../domain/decisions.ts';
import type { Tx } from '../../store/database.ts';
import { busyDrives } from '../../store/drives.ts';
import { keepDocument } from '../../store/documents.ts';
import { recordEvidence, TakenOverByLeaver } from '../../store/evidence.ts';
import type { Evidence } from '../../store/evidence.ts';
import { strangePhotos } from '../../store/photos.ts';
import { inTransaction } from '../../store/transactions.ts';
import type { ApiDeps } from '../deps.ts';
import type { Action } from '../permissions.ts';
import { Problem } from '../problem.ts';
import type { ProblemCode } from '../problem.ts';
import { ok, route } from '../route.ts';
import type { Route } from '../route.ts';
import { readable } from '../serials.ts';
import { Digest, Id, Instant, Line, Serial } from '../shapes/common.ts';
import { keepDocumentAbout } from '../../store/personal/documents.ts';

const Recorded = z
  .object({ deviceId: z.string(), epoch: z.int(), at: Instant })
  .meta({ title: 'Evidence that was recorded' });

const Document = {
  contentType: Line(100).meta({ description: 'Of the document, such as application/pdf.' }),
  document: z
    .base64()
    .min(4)
    .max(200_000)
    .meta({ description: 'The document as received, in base64; its digest stands in the record.' }),
};

const MOST_PHOTOS = 12;

const DriveSerials = z.array(Serial).max(200);

interface Brought {
  readonly evidence: Evidence;
  readonly remark: string | null;
}

/** A door through which one kind of evidence comes in. */
function evidenceRoute<B extends z.ZodType>(declaration: {
  readonly path: `/${string}`;
  readonly action: Action;
  readonly summary: string;
  readonly body: B;
  readonly problems?: readonly ProblemCode[];
  readonly bring: (body: z.output<B>, tx: Tx, deviceId: string) => Promise<Brought> | Brought;
}): Route {
  const { path, action, summary, body, problems = [], bring } = declaration;
  return route({
    method: 'post',
    path: `/devices/:id${path}`,
    action,
    summary,
    params: z.strictObject({ id: Id('device') }),
    body,
    answer: Recorded,
    problems: ['no-open-custody', ...problems],
    handle: (deps: ApiDeps, call) =>
      inTransaction(deps.db, async (tx) => {
        const { evidence, remark } = await bring(call.body, tx, call.params.id);
        const told = { by: call.actor, remark };
        const recorded = await recordEvidence(tx, call.params.id, evidence, told, call.now).catch(notOpen);
        return ok({ deviceId: call.params.id, ...recorded, at: call.now.toISOString() });
      }),
  });
}

function notOpen(error: unknown): never {
  if (error instanceof NotToDecide) throw new Problem('no-open-custody');
  if (error instanceof TakenOverByLeaver) throw new Problem('taken-over-by-leaver');
  throw error;
}

/** Somebody whom nobody knows took over nothing. */
async function mustBeKnown(tx: Tx, personId: string): Promise<void> {
  const known = await tx.selectFrom('persons').select('id').where('id', '=', personId).executeTakeFirst();
  if (known === undefined) throw new Problem('person-not-found');
}

export const EVIDENCE_ROUTES = [
  evidenceRoute({
    path: '/handover',
    action: 'handover.record',
    summary: 'Says who took over mailbox, drive and local data: satisfies data-handover',
    body: z.strictObject({
      items: z
        .array(
          z.strictObject({
            what: z.enum(['mailbox', 'drive', 'local-data']),
            takenOverBy: Id('person')
              .nullable()
              .meta({ description: 'null: there was nothing to take over.' }),
          }),
        )
        .length(3)
        .refine((items) => new Set(items.map((item) => item.what)).size === 3, {
          message: 'mailbox, drive and local-data, each once',
        }),
    }),
    problems: ['person-not-found', 'taken-over-by-leaver'],
    bring: async ({ items }, tx) => {
      for (const { takenOverBy } of items) if (takenOverBy !== null) await mustBeKnown(tx, takenOverBy);
      return { evidence: { type: 'handover.done', items }, remark: null };
    },
  }),
  evidenceRoute({
    path: '/handover-not-required',
    action: 'handover.record',
    summary: 'Says, with a reason, that there is nothing to take over',
    body: z.strictObject({ reason: Line(1_000) }),
    bring: ({ reason }) => ({ evidence: { type: 'handover.not-required' }, remark: reason }),
  }),
  evidenceRoute({
    path: '/sanitisation-reports',
    action: 'sanitisation.record',
    summary:
      'Brings the report of an erasure at the bench: satisfies the wipe, and calls a pending command back',
    body: z.strictObject({
      level: z.enum(['clear', 'purge', 'destroy']),
      method: Line(200),
      tool: Line(200),
      outcome: z.enum(['erased', 'erased-with-exceptions', 'not-erased']),
      date: Instant,
      drives: DriveSerials.optional().meta({ description: 'The drives that it names.' }),
      ...Document,
    }),
    problems: ['serial-unreadable'],
    bring: async ({ document, contentType, drives, ...report }, tx) => {
      const documentDigest = await keepDocument(tx, Buffer.from(document, 'base64'), contentType);
      const named = drives === undefined ? {} : { drives: [...new Set(drives.map(readable))] };
      return {
        evidence: { type: 'sanitisation.reported', documentDigest, ...report, ...named },
        remark: null,
      };
    },
  }),
  evidenceRoute({
    path: '/inspections',
    action: 'inspections.record',
    summary:
      'Says what somebody saw who looked at the device: its state, and whether it shows the set-up screen',
    body: z.strictObject({
      setUpScreen: z.boolean(),
      condition: z.enum(CONDITIONS),
      outcome: z.enum(INSPECTION_OUTCOMES).optional().meta({
        description: 'What its state allows. Where it goes is its route, which two people change.',
      }),
      accessories: z
        .array(z.strictObject({ item: z.enum(ACCESSORIES), present: z.boolean() }))
        .max(ACCESSORIES.length)
        .refine((list) => new Set(list.map(({ item }) => item)).size === list.length, {
          message: 'each item once',
        })
        .optional(),
      photos: z
        .array(Digest)
        .max(MOST_PHOTOS)
        .refine((list) => new Set(list).size === list.length, { message: 'each photo once' })
        .optional()
        .meta({ description: 'Digests of photos that were brought before.' }),
    }),
    problems: ['photo-not-kept'],
    bring: async ({ setUpScreen, condition, outcome, accessories, photos }, tx, deviceId) => {
      if ((await strangePhotos(tx, deviceId, photos ?? [])).length > 0) throw new Problem('photo-not-kept');
      const seen = {
        setUpScreen,
        condition,
        ...(outcome !== undefined && { outcome }),
        ...(accessories !== undefined && { accessories }),
        ...(photos !== undefined && { photos }),
      };
      return { evidence: { type: 'device.inspected', ...seen }, remark: null };
    },
  }),
  evidenceRoute({
    path: '/drives',
    action: 'drives.record',
    summary: 'Says which data-bearing drives are in the device: a certificate must name each of them',
    body: z.strictObject({ drives: DriveSerials }),
    problems: ['serial-unreadable', 'conflict'],
    bring: async ({ drives }, tx, deviceId) => {
      const serials = [...new Set(drives.map(readable))];
      if ((await busyDrives(tx, serials, deviceId)).size > 0) throw new Problem('conflict');
      return { evidence: { type: 'drives.recorded', drives: serials }, remark: null };
    },
  }),
  evidenceRoute({
    path: '/documents',
    action: 'documents.record',
    problems: ['conflict'],
    summary: 'Brings the lessor’s receipt or the bill of sale: stands for the handoff on those routes',
    body: z.strictObject({
      kind: z.enum(['lessor-receipt', 'bill-of-sale']),
      reference: Line(100),
      date: Instant,
      ...Document,
    }),
    bring: async ({ document, contentType, ...rest }, tx, deviceId) => {
      const content = Buffer.from(document, 'base64');
      // A bill of sale names the buyer, who is the leaver.
      const documentDigest =
        rest.kind === 'bill-of-sale'
          ? await keepDocumentAbout(tx, deviceId, content, contentType)
          : await keepDocument(tx, content, contentType);
      return { evidence: { type: 'substitute.recorded', documentDigest, ...rest }, remark: null };
    },
  }),
  evidenceRoute({
    path: '/loss',
    action: 'loss.report',
    summary:
      'Reports the device lost or stolen: locked where that does not cut off its wipe, wiped under the guard',
    body: z.strictObject({ kind: z.enum(['lost', 'stolen']), reason: Line(1_000) }),
    bring: ({ kind, reason }) => ({ evidence: { type: 'lost.reported', kind }, remark: reason }),
  }),
];
