/** Values that an earlier version wrote readable, moved under their people's keys; and keys moved under a newer one of the installation. */
import { sql } from 'kysely';
import type { Database, Tx } from '../database.ts';
import type { StoredAddress } from '../schema-personal.ts';
import { vaultOf } from './attached-vault.ts';
import { writeValues } from './values.ts';

/** Rows of one transaction: what is interrupted has lost no more than one of these, and goes on where it was. */
const BATCH = 500;

const PLAIN = ['display_name', 'work_email', 'employee_number', 'private_email', 'address'];
const ANY_PLAIN = PLAIN.map((column) => `${column} is not null`).join(' or ');
const NO_PLAIN = PLAIN.map((column) => `${column} is null`).join(' and ');
const EMPTIED = PLAIN.map((column) => `${column} = null`).join(', ');

interface PlainRow {
  readonly id: string;
  readonly display_name: string | null;
  readonly work_email: string | null;
  readonly employee_number: string | null;
  readonly private_email: string | null;
  readonly address: StoredAddress | null;
}

/** Whether anything readable is left: then the older version may still be writing, or nobody has sealed it yet. */
export async function hasPlainPeople(db: Database): Promise<boolean> {
  const { rows } = await sql`select from persons where ${sql.raw(ANY_PLAIN)} limit 1`.execute(db);
  return rows.length > 0;
}

/**
 * Seals whatever is readable, batch by batch, and then lets nothing readable be written any more: a process of an earlier
 * version that still runs fails instead of making a second person of somebody it cannot find.
 *
 * @returns How many people were sealed now. @throws NoPersonKeys
 */
export async function sealPeople(db: Database): Promise<number> {
  vaultOf(db);
  let sealed = 0;
  do sealed += await sealAll(db);
  while (!(await forbidPlain(db)));
  // What was updated lies on in the table's files until they are written anew.
  if (sealed > 0) await sql`vacuum full persons`.execute(db);
  return sealed;
}

async function sealAll(db: Database): Promise<number> {
  let sealed = 0;
  for (;;) {
    const count = await db.transaction().execute(sealBatch);
    sealed += count;
    if (count === 0) return sealed;
  }
}

async function sealBatch(tx: Tx): Promise<number> {
  const { rows } = await sql<PlainRow>`
    select id, ${sql.raw(PLAIN.join(', '))} from persons where ${sql.raw(ANY_PLAIN)}
    order by id limit ${BATCH} for update`.execute(tx);
  for (const row of rows)
    await writeValues(tx, row.id, {
      displayName: row.display_name,
      workEmail: row.work_email,
      employeeNumber: row.employee_number,
      privateEmail: row.private_email,
      address: row.address,
    });
  const ids = rows.map(({ id }) => id);
  await sql`update persons set ${sql.raw(EMPTIED)} where id = any(${ids}::text[])`.execute(tx);
  return rows.length;
}

const CHECK_VIOLATION = '23514';
/** Another was faster: it is there. */
const DUPLICATE_OBJECT = '42710';

/** @returns `false` when something readable was written in the meantime. */
async function forbidPlain(db: Database): Promise<boolean> {
  const { rows } = await sql`select from pg_constraint where conname = 'persons_sealed'`.execute(db);
  if (rows.length > 0) return true;
  try {
    await sql`alter table persons add constraint persons_sealed check (${sql.raw(NO_PLAIN)})`.execute(db);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code !== CHECK_VIOLATION && code !== DUPLICATE_OBJECT) throw error;
    return code === DUPLICATE_OBJECT;
  }
}

/** Wraps the keys of people with the installation's key of now. @returns How many. */
export async function rewrapKeys(db: Database): Promise<number> {
  let rewrapped = 0;
  for (;;) {
    const count = await db.transaction().execute(rewrapBatch);
    rewrapped += count;
    if (count === 0) return rewrapped;
  }
}

async function rewrapBatch(tx: Tx): Promise<number> {
  const vault = vaultOf(tx);
  const rows = await tx
    .selectFrom('person_keys')
    .select(['person_id', 'wrapped', 'wrapped_by'])
    .where('wrapped', 'is not', null)
    .where('wrapped_by', '<>', vault.wrapper.currentId)
    .orderBy('person_id')
    .limit(BATCH)
    .forUpdate()
    .execute();
  for (const { person_id: personId, wrapped, wrapped_by: by } of rows) {
    if (wrapped === null || by === null) continue;
    const stored = await vault.rewrap(personId, { wrapped, by });
    if (stored === null) continue;
    await tx
      .updateTable('person_keys')
      .set({ wrapped: stored.wrapped, wrapped_by: stored.by })
      .where('person_id', '=', personId)
      .execute();
  }
  return rows.length;
}

/** How many keys of people are wrapped with an older key of the installation. */
export async function keysUnderOlder(db: Database): Promise<number> {
  const { count } = await db
    .selectFrom('person_keys')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('wrapped', 'is not', null)
    .where('wrapped_by', '<>', vaultOf(db).wrapper.currentId)
    .executeTakeFirstOrThrow();
  return count;
}
