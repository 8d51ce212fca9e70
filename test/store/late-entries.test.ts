/** What a vendor says of a device whose custody is closed, in the books that it was closed in. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeInventory } from '../../src/activities/closure.ts';
import type { EngineContext } from '../../src/activities/context.ts';
import { sweepInventory } from '../../src/activities/inventory-sweep.ts';
import { deviceStream } from '../../src/domain/fact.ts';
import type { DisposedUnit } from '../../src/domain/vendor-lines.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { appendFacts } from '../../src/store/facts.ts';
import { lockStream } from '../../src/store/held-streams.ts';
import { keepLateReports, lateReportOf } from '../../src/store/late-reports.ts';
import { readStream } from '../../src/store/streams.ts';
import { append, lastFact, typesIn } from '../api/support/facts.ts';
import { testVault } from '../support/person-keys.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { certified, contextOf, handedOver, sqlBooks } from './support/leaving-books.ts';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await testDatabase();
  db = openDatabase(database.url, { vault: testVault });
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const sweep = (context: EngineContext, connector: string) =>
  sweepInventory(context, { connector }, () => undefined);

/** Closed in these books, read back, and nothing more to be judged. */
async function closed(serial: string) {
  const held = await handedOver(db, serial);
  const { deviceId, epoch } = held;
  await certified(db, held);
  const books = await sqlBooks({ db, url: database.url }, serial, 'CAGE');
  // Taken back: nobody else has it by the books.
  await sql`update assets_of_test set person = null where serial = ${serial}`.execute(db);
  await closeInventory(books.context, { ...held, connector: 'snipeit' });
  const stream = deviceStream(deviceId);
  expect(await lastFact(db, stream, 'closure.read-back')).toMatchObject({ data: { matches: true } });
  const custody = await db
    .selectFrom('custodies')
    .innerJoin('cases', 'cases.id', 'custodies.case_id')
    .select(['case_id', 'policy_digest'])
    .where('device_id', '=', deviceId)
    .executeTakeFirstOrThrow();
  const { case_id: caseId, policy_digest: policyDigest } = custody;
  const data = {
    epoch,
    caseId,
    disposition: 'sanitised',
    factCount: 1,
    rulesVersion: '1',
    policyDigest,
  } as const;
  await append(db, [{ stream, key: `closed:${deviceId}`, type: 'custody.closed', actor: 'handback', data }]);
  await db.updateTable('custodies').set({ state: 'closed' }).where('device_id', '=', deviceId).execute();
  const { pickup_id: pickupId } = await db
    .selectFrom('pickup_lines')
    .select('pickup_id')
    .where('device_id', '=', deviceId)
    .executeTakeFirstOrThrow();
  const report = (outcome: DisposedUnit['outcome'], downstream: DisposedUnit['downstream']) =>
    db.transaction().execute(async (tx) => {
      await lockStream(tx, stream);
      const of = { deviceId, epoch, pickupId, actor: 'connector:itad', documentDigest: 'd'.repeat(64) };
      const processedAt = '2026-03-20T10:00:00.000Z';
      const unit = { serial, manufacturer: '', model: '', assetTag: '', processedAt, outcome, downstream };
      const late = lateReportOf(of, unit, await readStream(tx, stream));
      if (late === null) throw new Error('no news');
      await appendFacts(tx, [late.fact], new Date());
      await keepLateReports(tx, [late]);
    });
  const word = async () => {
    const { rows } = await sql<{ disposition: string | null }>`
      select disposition from assets_of_test where serial = ${serial}`.execute(db);
    return rows[0]?.disposition;
  };
  return { stream, books, report, word };
}

test('what became of a closed device is entered once, as last said, and by no connector that only observes', async () => {
  const { stream, books, report, word } = await closed('LATE00001');
  expect(await word()).toBe('disposed');
  await report('sanitised', 'unknown');
  await report('sanitised', 'exported');
  const observing = contextOf(db, 'snipeit', books.port, 'observe');
  expect(await sweep(observing, 'snipeit')).toMatchObject({ entered: 0 });
  expect(await word()).toBe('disposed');
  expect(await sweep(books.context, 'snipeit')).toMatchObject({ entered: 1 });
  expect(await word()).toBe('exported');
  const facts = await typesIn(db, stream);
  expect(await sweep(books.context, 'snipeit')).toMatchObject({ entered: 0 });
  expect(await typesIn(db, stream)).toEqual(facts);
  expect(facts.filter((type) => type === 'disposition.entered')).toHaveLength(1);
});

test('a record that somebody has changed since is left as it is, and what contradicts the closure is not entered', async () => {
  const changed = await closed('LATE00002');
  await changed.books.set('STOCK');
  await changed.report('destroyed', 'recycled');
  const doubted = await closed('LATE00003');
  await doubted.report('sanitised', 'recycled');
  await doubted.report('not-processed', 'unknown');
  expect(await sweep(changed.books.context, 'snipeit')).toMatchObject({ entered: 0 });
  expect(await changed.books.row()).toMatchObject({ state: 'STOCK' });
  expect(await lastFact(db, changed.stream, 'disposition.entered')).toMatchObject({
    data: { disposition: 'destroyed', outcome: 'record-changed' },
  });
  expect([await changed.word(), await doubted.word()]).toEqual(['disposed', 'disposed']);
  expect(await typesIn(db, doubted.stream)).not.toContain('disposition.entered');
});

test('what the books refuse is said, and not tried again and again', async () => {
  const { stream, books, report, word } = await closed('LATE00004');
  await sql`alter table assets_of_test add constraint no_such_word check (disposition <> 'returned')`.execute(
    db,
  );
  await report('sanitised', 'returned');
  expect(await sweep(books.context, 'snipeit')).toMatchObject({ entered: 0 });
  expect(await sweep(books.context, 'snipeit')).toMatchObject({ entered: 0 });
  const said = (await typesIn(db, stream)).filter((type) => type === 'disposition.entered');
  expect(said).toHaveLength(1);
  expect(await lastFact(db, stream, 'disposition.entered')).toMatchObject({ data: { outcome: 'refused' } });
  await report('destroyed', 'recycled');
  expect(await sweep(books.context, 'snipeit')).toMatchObject({ entered: 1 });
  expect(await word()).toBe('destroyed');
});
