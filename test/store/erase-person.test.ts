import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NotToDecide } from '../../src/domain/decisions.ts';
import { personStream } from '../../src/domain/fact.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database, Tx } from '../../src/store/database.ts';
import { decide, requestDecision } from '../../src/store/decisions/decisions.ts';
import { liftHold, placeHold } from '../../src/store/holds.ts';
import { importPeople } from '../../src/store/people-import.ts';
import { linkPerson } from '../../src/store/people.ts';
import { keepDocumentAbout, readPersonalDocument } from '../../src/store/personal/documents.ts';
import { eraseApproved } from '../../src/store/personal/erase.ts';
import type { ErasureDeps, ErasurePoint } from '../../src/store/personal/erase.ts';
import { readValuesOf, writeValues } from '../../src/store/personal/values.ts';
import { readPerson } from '../../src/store/read/people.ts';
import { inTransaction } from '../../src/store/transactions.ts';
import { sha256Hex } from '../../src/ledger/canonical.ts';
import { POLICY } from '../unit/domain/support/history.ts';
import { everythingStored } from '../support/everything-stored.ts';
import { testVault } from '../support/person-keys.ts';
import { putInForce } from '../support/postgres/in-force.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { insertOpenCustody } from './support/rows.ts';

const DAY_MS = 86_400_000;
const KEPT = { ...POLICY, people: { retentionMs: 30 * DAY_MS } };

let server: TestDatabase;
let db: Database;
let made = 0;

beforeAll(async () => {
  server = await testDatabase();
  db = openDatabase(server.url, { vault: testVault, connections: 8 });
});

afterAll(async () => {
  await db.destroy();
  await server.drop();
});

const transact = <T>(run: (tx: Tx) => Promise<T>) => inTransaction(db, run);

interface Leaver {
  readonly personId: string;
  readonly caseId: string;
  readonly deviceId: string;
  readonly epoch: number;
  /** Words that must not be found anywhere once they are erased. */
  readonly canaries: readonly string[];
  readonly document: Buffer;
  readonly number: string;
  readonly email: string;
  readonly externalId: string;
}

/** Somebody who left, and everything that is written about them in the course of it. */
async function leaver(policy = POLICY): Promise<Leaver> {
  made += 1;
  const word = `Zyx${made}q${randomUUID().slice(0, 8)}`;
  // Names nobody, and is about them.
  const quote = `said ${randomUUID()}`;
  const [name, email, number] = [`Ärla ${word}`, `arla.${word}@corp.example`, `EN-${word}`];
  const [privateEmail, street1, externalId] = [`${word}@home.example`, `1 ${word} Lane`, `00u${word}`];
  const { personId, caseId, deviceId, epoch } = await insertOpenCustody(db, policy, `SERIAL00${made}X`);
  await transact((tx) =>
    writeValues(tx, personId, {
      displayName: name,
      workEmail: email,
      employeeNumber: number,
      privateEmail,
      address: { street1, city: 'Linz', zip: '4020', country: 'AT' },
    }),
  );
  const now = new Date();
  await db
    .insertInto('person_links')
    .values({ connector: 'okta', external_id: externalId, person_id: personId, state: 'deactivated' })
    .execute();
  await db
    .insertInto('directory_snapshots')
    .values({ connector: 'okta', external_id: externalId, taken_at: now, sightings: '[]' })
    .execute();
  await db
    .insertInto('lifecycle_events')
    .values({
      connector: 'okta',
      event_id: `of:${externalId}`,
      kind: 'leaver',
      person_id: personId,
      external_id: externalId,
      occurred_at: now,
      effective_at: now,
      outcome: 'opened',
    })
    .execute();
  const escaped = JSON.stringify({ name }).replaceAll(
    /[^\x20-\x7e]/gu,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  for (const [state, body] of [
    ['done', JSON.stringify({ user: { email } })],
    ['quarantined', escaped],
    ['done', JSON.stringify({ user: { email: 'other@corp.example' } })],
  ] as const)
    await sql`insert into inbox (connector, delivery_id, body, state)
      values ('okta', ${randomUUID()}, ${Buffer.from(body)}, ${state})`.execute(db);
  const holdId = await transact((tx) =>
    placeHold(
      tx,
      { kind: 'legal', personId, deviceId: null, reason: `matter of ${name}`, by: 'token:legal' },
      now,
    ),
  );
  await transact((tx) =>
    liftHold(tx, { holdId, kind: 'legal', reason: `${name} settled`, by: 'token:legal' }, now),
  );
  await transact((tx) =>
    requestDecision(
      tx,
      { request: { kind: 'approve-wipe', deviceId }, reason: `${name} asked`, by: 'token:one' },
      now,
    ),
  ).catch(() => undefined);
  await sql`insert into remarks (fact_key, text)
    select key, ${`said by ${name}`} from facts where stream = ${personStream(personId)} limit 1`.execute(db);
  await sql`insert into remarks (fact_key, text) values (${`elsewhere-${made}`}, ${`call ${number} about it`})`.execute(
    db,
  );
  await sql`insert into exceptions (id, stream, code, case_id, round, owner, blocking, due_at, resolved_at, outcome, reason)
    values (${`exc_${made}`}, ${`case:${caseId}`}, 'c', ${caseId}, 1, 'operator', false, now(), now(), 'kept', ${quote})`.execute(
    db,
  );
  await sql`insert into actors (id, kind, issuer, subject, display_name, known_at)
    values (${`user:${sha256Hex(word).slice(0, 16)}`}, 'person', 'https://issuer.example', ${email}, ${name}, now())`.execute(
    db,
  );
  const document = Buffer.from(`bill of sale to ${name}`);
  await transact((tx) => keepDocumentAbout(tx, deviceId, document, 'text/plain'));
  const canaries = [word, email, number, quote].map((one) => one.toLowerCase());
  return { personId, caseId, deviceId, epoch, canaries, document, number, email, externalId };
}

async function close({ caseId, deviceId }: Leaver, closedAt = new Date()): Promise<void> {
  await db
    .updateTable('custodies')
    .set({ state: 'closed', closed_at: closedAt })
    .where('device_id', '=', deviceId)
    .execute();
  await db
    .updateTable('cases')
    .set({ state: 'completed', closed_at: closedAt })
    .where('id', '=', caseId)
    .execute();
}

const ask = (personId: string, now = new Date()) =>
  transact((tx) =>
    requestDecision(
      tx,
      { request: { kind: 'erase-person', personId }, reason: 'asked for by themselves', by: 'token:one' },
      now,
    ),
  );

async function agree(personId: string): Promise<void> {
  const { id } = await ask(personId);
  const verdict = { decisionId: id, kind: 'erase-person', by: 'token:two', outcome: 'approved' } as const;
  expect(await transact((tx) => decide(tx, verdict, new Date()))).toEqual({
    kind: 'decided',
    outcome: 'approved',
  });
}

const DEPS: ErasureDeps = { clock: () => new Date(), askHolds: async () => 'none' };

async function obstacleOf(asked: Promise<unknown>) {
  const error = await asked.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof NotToDecide ? { code: error.code, until: error.until } : error;
}

async function stored({ canaries }: Leaver): Promise<readonly string[]> {
  const text = (await everythingStored(server.url)).toLowerCase();
  return canaries.filter((canary) => text.includes(canary));
}

const erasedFacts = (personId: string) =>
  db
    .selectFrom('facts')
    .select('canonical')
    .where('stream', '=', personStream(personId))
    .where('type', '=', 'person.erased')
    .execute();

describe('a person is not erased', () => {
  it('while a case is open, an account is active, something is held, or the policy keeps it, and is told until when', async () => {
    const one = await leaver(KEPT);
    expect(await obstacleOf(ask(one.personId))).toEqual({ code: 'person-case-open', until: null });
    const closedAt = new Date(Date.now() - 5 * DAY_MS);
    await close(one, closedAt);
    const until = new Date(closedAt.getTime() + 30 * DAY_MS).toISOString();
    expect(await obstacleOf(ask(one.personId))).toEqual({ code: 'person-retained', until });
    await putInForce(db, POLICY);
    // What the case ended under still counts.
    expect(await obstacleOf(ask(one.personId))).toMatchObject({ code: 'person-retained' });
    const holdId = await transact((tx) =>
      placeHold(
        tx,
        { kind: 'legal', personId: null, deviceId: one.deviceId, reason: 'matter', by: 'token:legal' },
        new Date(),
      ),
    );
    expect(await obstacleOf(ask(one.personId))).toMatchObject({ code: 'person-held' });
    await transact((tx) =>
      liftHold(tx, { holdId, kind: 'legal', reason: 'over', by: 'token:legal' }, new Date()),
    );
    const links = db.updateTable('person_links').where('person_id', '=', one.personId);
    await links.set({ state: 'active' }).execute();
    expect(await obstacleOf(ask(one.personId))).toMatchObject({ code: 'person-here' });
    await links.set({ state: 'deactivated' }).execute();
    expect(await obstacleOf(ask(one.personId, new Date(Date.now() + 26 * DAY_MS)))).toBeNull();
    expect(await obstacleOf(ask('per_nobody'))).toMatchObject({ code: 'no-such-person' });
  });

  it('by one, nor when what keeps it comes between the decision and the act', async () => {
    const one = await leaver();
    await close(one);
    const { id } = await ask(one.personId);
    const verdict = { decisionId: id, kind: 'erase-person', by: 'token:one', outcome: 'approved' } as const;
    expect(await transact((tx) => decide(tx, verdict, new Date()))).toEqual({ kind: 'same-person' });
    await agree(one.personId);
    // A source that does not answer: nothing happens, and it is said.
    const silent = await eraseApproved(db, { ...DEPS, askHolds: async () => 'unreadable' });
    expect(silent).toEqual([{ personId: one.personId, outcome: 'waits', why: 'holds-unreadable' }]);
    const askHolds: ErasureDeps['askHolds'] = async (personId) => {
      const at = { source: 'legal', externalId: 'm1' };
      const hold = {
        kind: 'legal',
        personId,
        deviceId: null,
        reason: 'kept by legal',
        by: 'connector:legal',
        at,
      } as const;
      await transact((tx) => placeHold(tx, hold, new Date()));
      return 'placed';
    };
    expect(await eraseApproved(db, { ...DEPS, askHolds })).toEqual([
      { personId: one.personId, outcome: 'refused', why: 'person-held' },
    ]);
    expect((await readValuesOf(db, one.personId)).employeeNumber).toBe(one.number);
    expect(await erasedFacts(one.personId)).toEqual([]);
  });

  it('while a delivery that names them is not read yet', async () => {
    const one = await leaver();
    await close(one);
    await agree(one.personId);
    const delivery = {
      connector: 'hr',
      delivery_id: randomUUID(),
      body: Buffer.from(`{"a":"${one.email}"}`),
    };
    const { id } = await db.insertInto('inbox').values(delivery).returning('id').executeTakeFirstOrThrow();
    expect(await eraseApproved(db, DEPS)).toMatchObject([{ outcome: 'waits', why: 'delivery-not-read' }]);
    await db.updateTable('inbox').set({ state: 'done' }).where('id', '=', id).execute();
    expect(await eraseApproved(db, DEPS)).toMatchObject([{ outcome: 'done' }]);
  });
});

describe('an erased person', () => {
  const POINTS: readonly ErasurePoint[] = [
    'asked',
    'inbox-emptied',
    'rows-emptied',
    'key-destroyed',
    'committed',
  ];

  it('is named nowhere any more, wherever the process died in between; others are as they were', async () => {
    const other = await leaver();
    const one = await leaver();
    await close(one);
    // All of them are there: none is found, below, because it never was.
    expect(await stored(one)).toEqual(
      expect.arrayContaining([one.canaries[0], one.canaries[1], one.canaries[3]]),
    );
    await agree(one.personId);
    for (const point of POINTS) {
      const crash = (at: ErasurePoint) => {
        if (at === point) throw new Error(`died at ${point}`);
      };
      await expect(eraseApproved(db, { ...DEPS, crash })).rejects.toThrow(`died at ${point}`);
    }
    // The last of them had committed: nothing is left to do.
    expect(await eraseApproved(db, DEPS)).toEqual([]);
    expect(await stored(one)).toEqual([]);
    expect(await readPerson(db, one.personId)).toMatchObject({
      displayName: null,
      workEmail: null,
      employeeNumber: null,
      address: null,
      erasedAt: expect.any(String) as unknown,
    });
    const facts = await erasedFacts(one.personId);
    expect(facts).toHaveLength(1);
    expect(facts[0]?.canonical).toContain('token:two');
    const key = await db
      .selectFrom('person_keys')
      .select(['wrapped', 'destroyed_at'])
      .where('person_id', '=', one.personId)
      .executeTakeFirstOrThrow();
    expect([key.wrapped, typeof key.destroyed_at]).toEqual([null, 'string']);
    expect(await readPersonalDocument(db, sha256Hex(one.document))).toBe('erased');
    expect((await stored(other)).length).toBeGreaterThan(0);
    expect((await readValuesOf(db, other.personId)).workEmail).toBe(other.email);
    expect(await readPersonalDocument(db, sha256Hex(other.document))).toMatchObject({
      content: other.document,
    });
    expect(await obstacleOf(ask(one.personId))).toMatchObject({ code: 'person-erased' });
  });

  it('takes nothing in again: not by an import, not by a write, not by an account that is still off', async () => {
    const one = await leaver();
    await close(one);
    await agree(one.personId);
    expect(await eraseApproved(db, DEPS)).toMatchObject([{ outcome: 'done' }]);
    expect(await transact((tx) => writeValues(tx, one.personId, { displayName: 'Back' }))).toBe(false);
    const nothing = { country: null, timeZone: null, displayName: `Ärla ${one.number}` };
    const imported = {
      ...nothing,
      employeeNumber: one.number,
      workEmail: null,
      address: null,
      privateEmail: null,
      noContact: null,
      group: null,
      managerEmployeeNumber: null,
    };
    expect(await transact((tx) => importPeople(tx, [imported]))).toEqual([
      { outcome: 'erased', personId: null },
    ]);
    const link = (externalId: string, state: string) =>
      transact((tx) =>
        linkPerson(
          tx,
          { connector: 'okta', externalId, state, leaveAt: null },
          { ...nothing, employeeNumber: one.number, workEmail: one.email },
          ['employeeNumber', 'workEmail'],
        ),
      );
    const erased = { erased: true, personId: one.personId };
    expect(await link(one.externalId, 'deactivated')).toEqual(erased);
    expect(await link('00u-another', 'deleted')).toEqual(erased);
    expect(await stored(one)).toEqual([]);
    // Back with us: somebody new.
    const back = await link(one.externalId, 'active');
    expect(back).toMatch(/^per_/u);
    expect(back).not.toBe(one.personId);
    expect(await link(one.externalId, 'deactivated')).toBe(back);
  });
});
