/** Documents move to a bucket without ever being nowhere, and come back as they were received or not at all. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createS3 } from '../../sandbox/s3/index.ts';
import { sha256Hex } from '../../src/ledger/canonical.ts';
import { documentPlace } from '../../src/outside/document-bucket.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import type { DocumentPlace } from '../../src/store/document-place.ts';
import { keepDocument, moveDocuments, readDocument } from '../../src/store/documents.ts';
import { documentsOf } from '../../src/store/evidence/pack-documents.ts';
import { inTransaction } from '../../src/store/transactions.ts';
import { startVendor } from '../sandbox/vendor-kit.ts';
import type { Vendor } from '../sandbox/vendor-kit.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';

const CERTIFICATE = Buffer.from('%PDF-1.7 a certificate\u0000\u0001');
const DIGEST = sha256Hex(CERTIFICATE);
const KEY = `papers/handback/documents/${DIGEST}`;
let server: TestDatabase;
let db: Database;
let store: Vendor;
let place: DocumentPlace;

beforeEach(async () => {
  server = await testDatabase();
  db = openDatabase(server.url, { connections: 4 });
  store = await startVendor(createS3, { buckets: ['papers'] });
  place = placeIn('papers');
});
afterEach(async () => {
  await db.destroy();
  await server.drop();
  await store[Symbol.asyncDispose]();
});

function placeIn(bucket: string): DocumentPlace {
  const access = { accessKeyId: 'sandbox', secretAccessKey: 'secret-of-a-test', pathStyle: true };
  const settings = { bucket, prefix: 'handback/', region: 'eu-central-1', endpoint: store.url, ...access };
  const made = documentPlace({ store: 's3', bucket: settings });
  if (made === null) throw new Error('no place');
  return made;
}

async function keep(content = CERTIFICATE): Promise<string> {
  return inTransaction(db, (tx) => keepDocument(tx, content, 'application/pdf'));
}

async function row() {
  const { content, place: where } = await db.selectFrom('documents').selectAll().executeTakeFirstOrThrow();
  return { here: content !== null, where };
}

describe('a document', () => {
  test('is in the database at once, moves to the bucket, and is the same from there', async () => {
    expect(await keep()).toBe(DIGEST);
    expect(await row()).toEqual({ here: true, where: null });
    expect(await moveDocuments(db, place, 10)).toBe(1);
    expect(await row()).toEqual({ here: false, where: 's3:papers/handback/' });
    const { body } = await store.control('/objects');
    expect(body).toEqual([
      { key: KEY, bytes: CERTIFICATE.length, contentType: 'application/pdf', sha256: DIGEST },
    ]);
    expect(await readDocument(db, place, DIGEST)).toEqual(CERTIFICATE);
    const { documents, absent } = await documentsOf(db, db, [DIGEST], place);
    expect([await documents[0]?.load(), absent]).toEqual([CERTIFICATE, []]);
  });

  test('that comes again is kept once', async () => {
    await keep();
    await moveDocuments(db, place, 10);
    await keep();
    expect(await moveDocuments(db, place, 10)).toBe(0);
    expect(await store.effects('object.put')).toHaveLength(1);
  });

  test('is still in the database when moving it broke off after it was written', async () => {
    await keep();
    const broken: DocumentPlace = { ...place, get: () => Promise.reject(new Error('the process is gone')) };
    await expect(moveDocuments(db, broken, 10)).rejects.toThrow('gone');
    expect(await row()).toEqual({ here: true, where: null });
    await moveDocuments(db, place, 10);
    expect(await row()).toEqual({ here: false, where: place.name });
    // What was there already was neither written again nor taken on trust.
    expect(await store.effects('object.put')).toHaveLength(1);
  });

  test('stays in the database while the bucket is away, and is read from there', async () => {
    await store.sandbox('/faults', { instance: 'vendor', fault: { type: 'down' } });
    await keep();
    await expect(moveDocuments(db, place, 10)).rejects.toThrow();
    expect(await row()).toEqual({ here: true, where: null });
    expect(await readDocument(db, place, DIGEST)).toEqual(CERTIFICATE);
  });

  test('stays in the database when something else lies in its place', async () => {
    await keep();
    await place.put(DIGEST, CERTIFICATE, 'application/pdf');
    await store.control('/corrupt', { key: KEY });
    await expect(moveDocuments(db, place, 10)).rejects.toMatchObject({ code: 'changed' });
    expect(await row()).toEqual({ here: true, where: null });
  });

  test('is moved once by workers side by side', async () => {
    for (const n of [1, 2, 3, 4, 5, 6]) await keep(Buffer.from(`document ${n}`));
    await Promise.all([1, 2, 3].map(() => moveDocuments(db, placeIn('papers'), 10)));
    const left = await db.selectFrom('documents').selectAll().where('content', 'is not', null).execute();
    expect(left).toEqual([]);
    expect((await store.control('/objects')).body).toHaveLength(6);
  });

  test('that was changed or lost in the bucket, or lies in another one, is refused', async () => {
    await keep();
    await moveDocuments(db, place, 10);
    await expect(readDocument(db, null, DIGEST)).rejects.toMatchObject({ code: 'place-unknown' });
    await expect(readDocument(db, placeIn('elsewhere'), DIGEST)).rejects.toMatchObject({
      code: 'place-unknown',
    });
    await store.control('/corrupt', { key: KEY });
    await expect(readDocument(db, place, DIGEST)).rejects.toMatchObject({ code: 'changed' });
    await store.control('/remove', { key: KEY });
    await expect(readDocument(db, place, DIGEST)).rejects.toMatchObject({ code: 'gone' });
    expect(await readDocument(db, place, sha256Hex('never received'))).toBeNull();
  });
});
