/** What `handback doctor` says of where documents lie. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createS3 } from '../../sandbox/s3/index.ts';
import { checkDocuments } from '../../src/cli/local/doctor/documents.ts';
import { BucketSchema } from '../../src/config/bucket-schema.ts';
import type { Config } from '../../src/config/load.ts';
import { ConfigSchema } from '../../src/config/schema.ts';
import { documentPlace } from '../../src/outside/document-bucket.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { keepDocument, moveDocuments } from '../../src/store/documents.ts';
import { inTransaction } from '../../src/store/transactions.ts';
import { startVendor } from '../sandbox/vendor-kit.ts';
import type { Vendor } from '../sandbox/vendor-kit.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';

let server: TestDatabase;
let db: Database;
let store: Vendor;

beforeAll(async () => {
  server = await testDatabase();
  db = openDatabase(server.url, { connections: 2 });
  store = await startVendor(createS3, { buckets: ['papers'] });
});
afterAll(async () => {
  await db.destroy();
  await server.drop();
  await store[Symbol.asyncDispose]();
});

function inBucket(bucket: string, endpoint = store.url) {
  const access = { accessKeyId: 'sandbox', secretAccessKey: 'secret-of-a-test', pathStyle: true };
  return { store: 's3', bucket: BucketSchema.parse({ bucket, endpoint, ...access }) } as const;
}

async function found(documents: object = {}) {
  const parsed = ConfigSchema.parse({ documents, database: { url: server.url } });
  const config: Config = { ...parsed, connectors: [], dataDir: '/nowhere' };
  return (await checkDocuments(config)).map(({ standing, detail }) => `${standing}: ${detail}`);
}

const keep = (text: string) =>
  inTransaction(db, (tx) => keepDocument(tx, Buffer.from(text), 'application/pdf'));

test('in the database, in a bucket that has none yet, and in one that does not answer', async () => {
  expect(await found()).toEqual(['ok: in the database']);
  expect(await found(inBucket('papers'))).toEqual(['ok: s3:papers/ answers; none lies there yet']);
  expect(await found(inBucket('papers', 'http://127.0.0.1:9'))).toEqual([
    expect.stringMatching(/^failed: cannot be read from s3:papers\/ \(/u),
  ]);
  expect(await found(inBucket('nobodys'))).toEqual([expect.stringMatching(/^failed: /u)]);
});

test('the newest one is held against its digest; others that lie elsewhere, or wait, are told', async () => {
  const place = documentPlace(inBucket('papers'));
  if (place === null) throw new Error('no place');
  const digest = await keep('one');
  await moveDocuments(db, place, 10);
  expect(await found(inBucket('papers'))).toEqual(['ok: s3:papers/ has the newest one as it was received']);
  expect(await found()).toEqual([expect.stringMatching(/^failed: some lie in s3:papers\/, which is not/u)]);
  await keep('two');
  await db
    .updateTable('documents')
    .set({ received_at: new Date(Date.now() - 3_600_000) })
    .where('place', 'is', null)
    .execute();
  expect(await found(inBucket('papers'))).toEqual([
    expect.stringMatching(/^warning: 1 wait in the database/u),
  ]);
  await db
    .updateTable('documents')
    .set({ digest: 'f'.repeat(64) })
    .where('digest', '=', digest)
    .execute();
  expect(await found(inBucket('papers'))).toEqual([expect.stringMatching(/^failed: .* any more\)$/u)]);
});
