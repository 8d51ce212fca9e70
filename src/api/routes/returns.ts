/** The way back of a device: its parcels, what is handed in at an office, and photos of what came back. */
import { z } from 'zod';
import { recordDropOff } from '../../store/drop-offs.ts';
import type { DropOffVerdict } from '../../store/drop-offs.ts';
import { keepPhoto, readPhoto } from '../../store/photos.ts';
import { readDevice } from '../../store/read/devices.ts';
import { snapshot } from '../../store/read/snapshot.ts';
import { inTransaction } from '../../store/transactions.ts';
import { LARGEST_PHOTO_BYTES, PHOTO_TYPES, photoTypeOf } from '../photo-bytes.ts';
import { Problem } from '../problem.ts';
import { ok, route } from '../route.ts';
import { readable } from '../serials.ts';
import { Digest, Id, Line, Serial } from '../shapes/common.ts';
import { Receipt, receiptView, ReturnShape } from '../shapes/returns.ts';
import { returnView } from '../views/return-view.ts';

const OneDevice = z.strictObject({ id: Id('device') });

const DropOffAnswer = z
  .object({
    verdict: z.enum(['received', 'already-received', 'already-returned', 'unknown-serial', 'not-expected']),
    receipt: Receipt.nullable(),
    exceptionId: z.string().nullable(),
  })
  .meta({ title: 'What was handed in, with its receipt' });

const dropOffRoute = route({
  method: 'post',
  path: '/drop-offs',
  action: 'returns.drop-off',
  summary: 'Takes a device in at an office and gives a receipt; its intake scan remains the proof',
  body: z.strictObject({
    serial: Serial,
    site: Line(64).meta({ description: 'Where: an id of a site, no name of a person.' }),
    receivedBy: Line(200).meta({ description: 'Who takes it, by name. Kept beside the record.' }),
    handedInBy: z.enum(['holder', 'colleague', 'courier']).default('holder'),
  }),
  answer: DropOffAnswer,
  statuses: [200, 202],
  problems: ['serial-unreadable', 'serial-ambiguous'],
  async handle(deps, { body, actor, now }) {
    const { receivedBy: receivedByName, ...rest } = body;
    const serial = readable(body.serial);
    const exceptionsDueAt = new Date(now.getTime() + deps.policy.exceptions.dueMs);
    const found = await inTransaction(deps.db, (tx) =>
      recordDropOff(tx, { ...rest, serial, receivedByName, actor, exceptionsDueAt }, now),
    );
    return { status: 'exceptionId' in found ? 202 : 200, body: dropOffView(found) };
  },
});

function dropOffView(found: DropOffVerdict): z.output<typeof DropOffAnswer> {
  const { verdict } = found;
  if (verdict === 'ambiguous') throw new Problem('serial-ambiguous');
  return {
    verdict,
    receipt: 'receipt' in found ? receiptView(found.receipt) : null,
    exceptionId: 'exceptionId' in found ? found.exceptionId : null,
  };
}

const readRoute = route({
  method: 'get',
  path: '/devices/:id/return',
  action: 'returns.read',
  summary: 'The way back of a device in its latest custody: parcels, receipts, inspections',
  params: OneDevice,
  answer: ReturnShape,
  problems: ['not-found'],
  handle: (deps, { params }) =>
    snapshot(deps.db, async (tx) => {
      const view = await returnView(tx, params.id);
      if (view === null) throw new Problem('not-found');
      return ok(view);
    }),
});

const photoRoute = route({
  method: 'post',
  path: '/devices/:id/photos',
  action: 'inspections.record',
  summary: 'Keeps a photo of a device, for an inspection to name by its digest',
  params: OneDevice,
  body: z.strictObject({
    contentType: z.enum(PHOTO_TYPES),
    document: z
      .base64()
      .min(4)
      .max(Math.ceil(LARGEST_PHOTO_BYTES / 3) * 4)
      .meta({ description: `The photo in base64; at most ${LARGEST_PHOTO_BYTES} bytes.` }),
  }),
  bodyLimit: Math.ceil(LARGEST_PHOTO_BYTES / 3) * 4 + 1_000,
  answer: z.object({ deviceId: z.string(), digest: Digest }).meta({ title: 'A photo that was kept' }),
  statuses: [201],
  problems: ['not-found', 'photo-unreadable'],
  async handle({ db }, { params, body, actor, now }) {
    const content = Buffer.from(body.document, 'base64');
    if (photoTypeOf(content) !== body.contentType) throw new Problem('photo-unreadable');
    const digest = await inTransaction(db, async (tx) => {
      if ((await readDevice(tx, params.id)) === null) throw new Problem('not-found');
      return keepPhoto(tx, params.id, { content, contentType: body.contentType }, actor, now);
    });
    return { status: 201, body: { deviceId: params.id, digest } };
  },
});

const readPhotoRoute = route({
  method: 'get',
  path: '/devices/:id/photos/:digest',
  action: 'returns.read',
  summary: 'A photo of a device as it was brought, in base64',
  params: z.strictObject({ id: Id('device'), digest: Digest }),
  answer: z
    .object({ digest: Digest, contentType: z.string(), document: z.string() })
    .meta({ title: 'A photo' }),
  problems: ['not-found'],
  async handle({ db, documents = null }, { params: { id, digest } }) {
    const photo = await readPhoto(db, documents, id, digest);
    if (photo === null) throw new Problem('not-found');
    return ok({ digest, contentType: photo.contentType, document: photo.content.toString('base64') });
  },
});

export const RETURN_ROUTES = [dropOffRoute, readRoute, photoRoute, readPhotoRoute];
