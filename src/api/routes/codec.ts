/** The remote codec of the Temporal UI and command line: payloads made readable for who may read them. */
import { z } from 'zod';
import type { Payload } from '@temporalio/common';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../problem.ts';
import { ok, route } from '../route.ts';

/** Protobuf's own JSON form: bytes are base64. A payload may be empty. */
const Wire = z.object({
  metadata: z.record(z.string().max(128), z.base64()).optional(),
  data: z.base64().optional(),
});
const Payloads = z.object({ payloads: z.array(Wire).max(500) });

const decodeRoute = route({
  method: 'post',
  path: '/codec/decode',
  action: 'codec.use',
  summary: 'Decodes payloads, as a Temporal remote codec does',
  body: Payloads,
  answer: Payloads,
  problems: ['payload-unreadable'],
  handle: async (deps, { body }) => ok(await run(deps, 'decode', body.payloads)),
});

const encodeRoute = route({
  method: 'post',
  path: '/codec/encode',
  action: 'codec.use',
  summary: 'Encodes payloads, as a Temporal remote codec does',
  body: Payloads,
  answer: Payloads,
  problems: ['payload-unreadable'],
  handle: async (deps, { body }) => ok(await run(deps, 'encode', body.payloads)),
});

async function run(
  { codec }: ApiDeps,
  what: 'decode' | 'encode',
  payloads: readonly z.output<typeof Wire>[],
) {
  if (codec === null) throw new Problem('unavailable');
  try {
    return { payloads: (await codec[what](payloads.map(fromWire))).map(toWire) };
  } catch {
    // A key that is not ours, or bytes that were changed: nothing of them is told.
    throw new Problem('payload-unreadable');
  }
}

function fromWire({ metadata = {}, data }: z.output<typeof Wire>): Payload {
  const bytes = Object.fromEntries(
    Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')]),
  );
  return { metadata: bytes, ...(data !== undefined && { data: Buffer.from(data, 'base64') }) };
}

function toWire({ metadata, data }: Payload) {
  const texts = Object.fromEntries(
    Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
  );
  return {
    metadata: texts,
    ...(data !== undefined && data !== null && { data: Buffer.from(data).toString('base64') }),
  };
}

export const CODEC_ROUTES = [decodeRoute, encodeRoute];
