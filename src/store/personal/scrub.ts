/** Takes a person out of everything that stands beside the ledger: by what is linked to them, and by what names them. */
import { sql } from 'kysely';
import { caseStream, deviceStream, personStream } from '../../domain/fact.ts';
import { eraseIdentifiers } from '../audits/listing.ts';
import type { Database, Tx } from '../database.ts';
import { vaultOf } from './attached-vault.ts';
import { keyCommitment } from './fields.ts';
import type { PersonValues } from './fields.ts';
import { devicesOf } from './obstacles.ts';
import { naming, patternOf } from './words.ts';
import type { Account } from './words.ts';

/** What stands where words about an erased person stood. */
export const ERASED = '(erased)';

/** Where people write, or systems say, whatever they like. */
const FREE_TEXT = [
  ['exceptions', 'reason'],
  ['holds', 'reason'],
  ['holds', 'lift_reason'],
  ['decisions', 'reason'],
  ['remarks', 'text'],
  ['import_lines', 'reason'],
  ['actor_revocations', 'reason'],
  ['actor_revocations', 'lift_reason'],
  ['drop_offs', 'received_by_name'],
  ['inbox', 'reason'],
  ['asset_findings', 'label'],
  ['trackers', 'label_url'],
  ['trackers', 'qr_code_url'],
] as const;

/** Whom it is about. The words are known only until their key is gone. */
export interface Erasing {
  readonly personId: string;
  readonly values: PersonValues;
  readonly accounts: readonly Account[];
  readonly words: readonly string[];
}

const BATCH = 200;

/**
 * Empties the deliveries that name the person, batch by batch; again is harmless.
 *
 * @param from What came before this delivery was looked at already.
 * @returns The last delivery that was looked at; `null` when one that names the person is not read yet: it is taken in first.
 */
export async function scrubInbox(
  db: Database | Tx,
  { words }: Erasing,
  from: number,
): Promise<number | null> {
  const isNamed = naming(words);
  let isDone = true;
  for (let after = from; ;) {
    const rows = await db
      .selectFrom('inbox')
      .select(['id', 'body', 'state', 'delivery_id'])
      .where('id', '>', after)
      .where(sql<boolean>`length(body) > 0`)
      .orderBy('id')
      .limit(BATCH)
      .execute();
    for (const { id, body, state, delivery_id: deliveryId } of rows) {
      after = id;
      if (!isNamed(body) && !isNamed(Buffer.from(deliveryId))) continue;
      if (state === 'new') isDone = false;
      else await emptyDelivery(db, id, isNamed(Buffer.from(deliveryId)) ? `erased:${id}` : deliveryId);
    }
    if (rows.length < BATCH) return isDone ? after : null;
  }
}

/** One that was put aside is not read again either: nothing is left of it. */
export async function emptyDelivery(db: Database | Tx, id: number, deliveryId: string): Promise<void> {
  await sql`
    update inbox set body = '', state = 'done', reason = ${ERASED}, delivery_id = ${deliveryId}
    where id = ${id} and state <> 'new'`.execute(db);
}

/** Everything else, in the transaction that destroys the key. */
export async function scrubRows(tx: Tx, erasing: Erasing): Promise<void> {
  await scrubLinked(tx, erasing);
  await scrubNamed(tx, erasing.words);
  await entomb(tx, erasing);
  await dropAccounts(tx, erasing);
}

async function scrubLinked(tx: Tx, { personId }: Erasing): Promise<void> {
  const custodies = await devicesOf(tx, personId);
  const devices = custodies.map(({ deviceId }) => deviceId);
  const epochs = custodies.map(({ epoch }) => epoch);
  const cases = (await tx.selectFrom('cases').select('id').where('person_id', '=', personId).execute()).map(
    ({ id }) => id,
  );
  const streams = [personStream(personId), ...cases.map(caseStream)];
  await sql`update exceptions set reason = ${ERASED} where reason is not null and
    (stream = any(${streams}::text[]) or case_id = any(${cases}::text[]))`.execute(tx);
  await sql`update decisions set reason = ${ERASED} where reason <> ${ERASED} and (stream = any(${streams}::text[])
    or case_id = any(${cases}::text[]) or (device_id, round) in
      (select * from unnest(${devices}::text[], ${epochs}::int[])))`.execute(tx);
  await sql`update holds set reason = ${ERASED}, lift_reason = case when lift_reason is not null then ${ERASED} end,
      external_id = case when source is not null then ${ERASED} end
    where person_id = ${personId}`.execute(tx);
  await sql`update remarks set text = ${ERASED} where fact_key in (
    select key from facts where stream = any(${streams}::text[])
    union all
    select facts.key from facts join unnest(${devices.map(deviceStream)}::text[], ${epochs}::int[]) as own (stream, epoch)
      on facts.stream = own.stream and (facts.canonical::jsonb -> 'data' ->> 'epoch')::int = own.epoch)`.execute(
    tx,
  );
  await sql`update trackers set label_url = null, qr_code_url = null where (device_id, epoch) in
    (select * from unnest(${devices}::text[], ${epochs}::int[]))`.execute(tx);
  await sql`update personal_documents set sealed = null, erased_at = now()
    where person_id = ${personId} and erased_at is null`.execute(tx);
}

async function scrubNamed(tx: Tx, words: readonly string[]): Promise<void> {
  if (words.length === 0) return;
  const pattern = patternOf(words);
  for (const [table, column] of FREE_TEXT)
    await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${ERASED}
      where ${sql.ref(column)} <> ${ERASED} and ${sql.ref(column)} ~* ${pattern}`.execute(tx);
  // Who leaves may have used Handback, or signed on the dock.
  await sql`update actors set subject = null, display_name = null, erased_at = coalesce(erased_at, now())
    where display_name ~* ${pattern} or subject ~* ${pattern}`.execute(tx);
  await sql`update pickup_signatures set name = null, erased_at = now() where name ~* ${pattern}`.execute(tx);
  await sql`update lifecycle_events set event_id = 'erased:' || md5(event_id) where event_id ~* ${pattern}`.execute(
    tx,
  );
}

/** So that whoever still lists the person brings nothing of them back. */
async function entomb(tx: Tx, { personId, values, accounts }: Erasing): Promise<void> {
  const vault = vaultOf(tx);
  const keys = (['employeeNumber', 'workEmail'] as const).flatMap((kind) => {
    const commitment = keyCommitment(vault, kind, values[kind]);
    return commitment === null ? [] : [{ kind, connector: '', commitment, person_id: personId }];
  });
  const own = accounts.map(({ connector, externalId }) => ({
    kind: 'account' as const,
    connector,
    commitment: vault.commitment('account', externalId),
    person_id: personId,
  }));
  if (keys.length + own.length === 0) return;
  await tx
    .insertInto('person_tombstones')
    .values([...keys, ...own])
    .onConflict((conflict) =>
      conflict.columns(['kind', 'connector', 'commitment']).doUpdateSet({ person_id: personId }),
    )
    .execute();
}

async function dropAccounts(tx: Tx, { personId, accounts }: Erasing): Promise<void> {
  await eraseIdentifiers(tx, accounts);
  for (const { connector, externalId } of accounts) {
    await sql`delete from directory_snapshots where connector = ${connector} and external_id = ${externalId}`.execute(
      tx,
    );
    await sql`update lifecycle_events set external_id = ${ERASED}
      where connector = ${connector} and external_id = ${externalId}`.execute(tx);
  }
  await sql`update lifecycle_events set external_id = ${ERASED} where person_id = ${personId}`.execute(tx);
  await tx.deleteFrom('person_links').where('person_id', '=', personId).execute();
  await tx
    .updateTable('persons')
    .set({ manager_person_id: null })
    .where('manager_person_id', '=', personId)
    .execute();
}
