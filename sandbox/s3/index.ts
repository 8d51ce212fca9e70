/**
 * An S3-compatible object store, addressed by path. Sources: Amazon S3 API Reference, "PutObject" (`If-None-Match: *` answers 412
 * `PreconditionFailed` when the key exists), "GetObject" (`NoSuchKey`), "HeadBucket", "Error responses" (XML with Code and
 * Message); "Authenticating requests (AWS Signature Version 4)": the access key stands in `Credential`, the body's SHA-256 in
 * `x-amz-content-sha256`. The signature itself is not computed again.
 */
import { createHash } from 'node:crypto';
import express, { Router } from 'express';
import type { Request, Response } from 'express';
import { routeText } from '../core/http.ts';
import type { Simulator, SimulatorContext } from '../core/simulator.ts';
import { S3Options } from './options.ts';

interface StoredObject {
  readonly bytes: Buffer;
  readonly contentType: string;
}

const OBJECT = '/:bucket/*key';
const SIGNED =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/[^/]+\/s3\/aws4_request, ?SignedHeaders=[^,]+, ?Signature=[0-9a-f]{64}$/u;

export function createS3(context: SimulatorContext, input: Readonly<Record<string, unknown>>): Simulator {
  const options = S3Options.parse(input);
  const objects = new Map<string, StoredObject>();
  const router = Router();
  router.use((request, response, next) => {
    const [, accessKeyId] = SIGNED.exec(request.headers.authorization ?? '') ?? [];
    if (accessKeyId === undefined) return refuse(response, 403, 'AccessDenied');
    if (accessKeyId !== options.accessKeyId) return refuse(response, 403, 'InvalidAccessKeyId');
    const [bucket = ''] = request.path.split('/').slice(1);
    if (options.buckets.length > 0 && !options.buckets.includes(bucket))
      return refuse(response, 404, 'NoSuchBucket');
    next();
  });
  router.put(OBJECT, express.raw({ type: () => true, limit: '200mb' }), (request, response) => {
    const key = keyOf(request);
    const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const told = request.headers['x-amz-content-sha256'];
    if (typeof told === 'string' && /^[0-9a-f]{64}$/u.test(told) && told !== digestOf(bytes))
      return refuse(response, 400, 'XAmzContentSHA256Mismatch');
    if (request.headers['if-none-match'] === '*' && objects.has(key))
      return refuse(response, 412, 'PreconditionFailed');
    objects.set(key, { bytes, contentType: request.headers['content-type'] ?? 'binary/octet-stream' });
    context.effect(request, { kind: 'object.put', target: key, params: { bytes: bytes.length } });
    response.status(200).set('ETag', etagOf(bytes)).end();
  });
  router.get(OBJECT, (request, response) => {
    const found = objects.get(keyOf(request));
    if (found === undefined) return refuse(response, 404, 'NoSuchKey');
    response
      .status(200)
      .set({ ETag: etagOf(found.bytes), 'Content-Type': found.contentType })
      .end(found.bytes);
  });
  // A bucket that is there answers with nothing.
  router.head('/:bucket', (_request, response) => void response.status(200).end());

  const control = Router();
  control.get('/objects', (_request, response) => {
    response.json(
      [...objects].map(([key, { bytes, contentType }]) => ({
        key,
        bytes: bytes.length,
        contentType,
        sha256: digestOf(bytes),
      })),
    );
  });
  control.post('/corrupt', (request, response) => {
    const { key } = request.body as { key?: unknown };
    const found = typeof key === 'string' ? objects.get(key) : undefined;
    if (typeof key !== 'string' || found === undefined)
      return void response.status(404).json({ error: 'no such object' });
    objects.set(key, { ...found, bytes: Buffer.concat([found.bytes, Buffer.of(0)]) });
    response.json({ key });
  });
  control.post('/remove', (request, response) => {
    const { key } = request.body as { key?: unknown };
    response.json({ removed: typeof key === 'string' && objects.delete(key) });
  });

  return {
    router,
    control,
    refuse: {
      rateLimited: (_request, response) => refuse(response, 503, 'SlowDown'),
      failed: (_request, response, status) =>
        refuse(response, status, status < 500 ? 'InvalidRequest' : 'InternalError'),
    },
    seed: () => {},
    reset: () => objects.clear(),
  };
}

/** `bucket/key`: how the control interface names objects, too. */
function keyOf(request: Request): string {
  return decodeURIComponent(`${routeText(request, 'bucket')}/${request.path.split('/').slice(2).join('/')}`);
}

function refuse(response: Response, status: number, code: string): void {
  response
    .status(status)
    .type('application/xml')
    .send(
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${code}</Message></Error>`,
    );
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function etagOf(bytes: Uint8Array): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}
