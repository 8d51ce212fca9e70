/**
 * Erases whom two people decided to erase. What takes long is done before, in steps that may be done again; what must not be
 * half done is one transaction: everything that names the person goes, their key is destroyed, and that is a fact. Whoever is
 * killed in between is followed by the next run.
 */
import { sql } from 'kysely';
import { personStream } from '../../domain/fact.ts';
import type { Database, Tx } from '../database.ts';
import { appendFacts } from '../facts.ts';
import { inTransaction } from '../transactions.ts';
import { erasureObstacle } from './obstacles.ts';
import { scrubInbox, scrubRows } from './scrub.ts';
import type { Erasing } from './scrub.ts';
import { readValuesOf } from './values.ts';
import { wordsOf } from './words.ts';

/** Places where a process may die, for tests. */
export type ErasurePoint = 'asked' | 'inbox-emptied' | 'rows-emptied' | 'key-destroyed' | 'committed';

export interface ErasureDeps {
  readonly clock: () => Date;
  /** Asks every outside source of holds about the person, now; what one names stands here afterwards. */
  readonly askHolds: (
    personId: string,
    addresses: readonly string[],
  ) => Promise<'none' | 'placed' | 'unreadable'>;
  readonly crash?: (point: ErasurePoint) => void;
}

/** How an erasure ended for now. */
export interface ErasureRun {
  readonly personId: string;
  readonly outcome: 'done' | 'waits' | 'refused';
  readonly why: string | null;
}

/** Goes on with every erasure that was decided and is not done. */
export async function eraseApproved(db: Database, deps: ErasureDeps): Promise<readonly ErasureRun[]> {
  const rows = await db
    .selectFrom('person_erasures')
    .select(['decision_id', 'person_id', 'approved_by'])
    .where('state', '=', 'approved')
    .orderBy('approved_at')
    .execute();
  const runs: ErasureRun[] = [];
  for (const { decision_id: decisionId, person_id: personId, approved_by: by } of rows) {
    const run = await eraseOne(db, deps, { decisionId, personId, by });
    runs.push({ personId, ...run });
    if (run.outcome === 'waits') await note(db, decisionId, run.why);
  }
  // What was updated lies on in the tables' files until it is overwritten.
  if (runs.some(({ outcome }) => outcome === 'done'))
    await sql`vacuum persons, person_keys, person_links, inbox, personal_documents`
      .execute(db)
      .catch(() => undefined);
  return runs;
}

const NOT_READ = { outcome: 'waits', why: 'delivery-not-read' } as const;

interface Order {
  readonly decisionId: string;
  readonly personId: string;
  /** Who approved. */
  readonly by: string;
}

async function eraseOne(
  db: Database,
  { clock, askHolds, crash = () => {} }: ErasureDeps,
  order: Order,
): Promise<Omit<ErasureRun, 'personId'>> {
  const erasing = await known(db, order.personId);
  const { workEmail, privateEmail } = erasing.values;
  const addresses = [workEmail, privateEmail].filter((address) => address !== null);
  // Sources know people by their addresses: of whom none is known they can say nothing.
  if (addresses.length > 0 && (await askHolds(order.personId, addresses)) === 'unreadable')
    return { outcome: 'waits', why: 'holds-unreadable' };
  crash('asked');
  const through = await scrubInbox(db, erasing, 0);
  if (through === null) return NOT_READ;
  crash('inbox-emptied');
  const run = await inTransaction(db, (tx) => erase(tx, order, through, clock(), crash));
  crash('committed');
  return run;
}

async function known(db: Database | Tx, personId: string): Promise<Erasing> {
  const values = await readValuesOf(db, personId);
  const accounts = await db
    .selectFrom('person_links')
    .select(['connector', 'external_id as externalId'])
    .where('person_id', '=', personId)
    .execute();
  return { personId, values, accounts, words: wordsOf(values, accounts) };
}

async function erase(
  tx: Tx,
  { decisionId, personId, by }: Order,
  through: number,
  now: Date,
  crash: (point: ErasurePoint) => void,
): Promise<Omit<ErasureRun, 'personId'>> {
  // The lock of linking: nobody links an account to the person meanwhile.
  await sql`select pg_advisory_xact_lock(hashtext('handback:people'))`.execute(tx);
  const state = await lockErasure(tx, decisionId);
  if (state !== 'approved') return { outcome: state === 'done' ? 'done' : 'refused', why: null };
  const obstacle = await erasureObstacle(tx, personId, now);
  if (obstacle !== null && obstacle.why !== 'person-erased') {
    await finish(tx, decisionId, 'refused', obstacle.why, now);
    return { outcome: 'refused', why: obstacle.why };
  }
  const erasing = await known(tx, personId);
  if ((await scrubInbox(tx, erasing, through)) === null) return NOT_READ;
  await scrubRows(tx, erasing);
  crash('rows-emptied');
  await destroyKey(tx, personId, now);
  crash('key-destroyed');
  const fact = {
    stream: personStream(personId),
    key: `person.erased:${personId}`,
    type: 'person.erased',
    actor: by,
    data: { personId, decisionId },
  } as const;
  await appendFacts(tx, [fact], now);
  await finish(tx, decisionId, 'done', null, now);
  return { outcome: 'done', why: null };
}

async function lockErasure(tx: Tx, decisionId: string): Promise<string> {
  const row = await tx
    .selectFrom('person_erasures')
    .select('state')
    .where('decision_id', '=', decisionId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return row.state;
}

async function destroyKey(tx: Tx, personId: string, now: Date): Promise<void> {
  await tx
    .updateTable('persons')
    .set({
      display_name_sealed: null,
      work_email_sealed: null,
      employee_number_sealed: null,
      private_email_sealed: null,
      address_sealed: null,
      work_email_index: null,
      employee_number_index: null,
      country: null,
      time_zone: null,
      group_name: null,
      manager_person_id: null,
      no_contact: true,
      erased_at: now,
    })
    .where('id', '=', personId)
    .execute();
  await tx
    .updateTable('person_keys')
    .set({ wrapped: null, wrapped_by: null, destroyed_at: now })
    .where('person_id', '=', personId)
    .where('destroyed_at', 'is', null)
    .execute();
}

async function finish(
  tx: Tx,
  decisionId: string,
  state: 'done' | 'refused',
  why: string | null,
  now: Date,
): Promise<void> {
  await tx
    .updateTable('person_erasures')
    .set({ state, why, finished_at: now })
    .where('decision_id', '=', decisionId)
    .execute();
}

async function note(db: Database, decisionId: string, why: string | null): Promise<void> {
  await db
    .updateTable('person_erasures')
    .set({ why })
    .where('decision_id', '=', decisionId)
    .where('state', '=', 'approved')
    .execute();
}
