/** Holds that outside sources keep, as they stand here: placed when a source names somebody, lifted when it no longer does. */
import { sql } from 'kysely';
import type { Reader, Tx } from './database.ts';
import { liftHold, placeHold } from './holds.ts';
import { vaultOf } from './personal/attached-vault.ts';

/** A hold of a source on one person. */
export interface SourceHold {
  readonly source: string;
  readonly externalId: string;
  readonly personId: string;
}

/** The actor in facts. */
export function actorOf(source: string): string {
  return `connector:${source}`;
}

/** Places it, unless it is in force already. The person's row is held, so that two who read the same place it once. */
export async function placeSourceHold(tx: Tx, hold: SourceHold, now: Date): Promise<boolean> {
  const { source, externalId, personId } = hold;
  await tx.selectFrom('persons').select('id').where('id', '=', personId).forNoKeyUpdate().execute();
  const known = await tx
    .selectFrom('holds')
    .select('id')
    .where('source', '=', source)
    .where('external_id', '=', externalId)
    .where('person_id', '=', personId)
    .where('lifted_at', 'is', null)
    .executeTakeFirst();
  if (known !== undefined) return false;
  const at = { source, externalId };
  const said = { reason: `kept by ${source}`, by: actorOf(source), at } as const;
  await placeHold(tx, { kind: 'legal', personId, deviceId: null, ...said }, now);
  return true;
}

/**
 * The source's holds in force here that it did not name when it was asked whole: each with its id.
 *
 * @param since When it began to be asked: what was placed later may be newer than its answer.
 */
export async function holdsNotNamed(
  db: Reader,
  source: string,
  named: ReadonlySet<string>,
  since: Date,
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('holds')
    .select(['id', 'external_id'])
    .where('source', '=', source)
    .where('lifted_at', 'is', null)
    .where('placed_at', '<', since.toISOString())
    .execute();
  return rows.filter((row) => !named.has(row.external_id ?? '')).map(({ id }) => id);
}

export async function liftSourceHold(tx: Tx, source: string, holdId: string, now: Date): Promise<boolean> {
  const reason = `no longer kept by ${source}`;
  return liftHold(tx, { holdId, kind: 'legal', reason, by: actorOf(source) }, now);
}

/** Everybody whose work address is one of these, case-insensitively. Where two share one, both are meant. */
export async function personsByAddress(
  db: Reader,
  addresses: readonly string[],
): Promise<readonly { readonly personId: string; readonly address: string }[]> {
  if (addresses.length === 0) return [];
  const vault = vaultOf(db);
  const asked = new Map(
    addresses
      .map(comparable)
      .map((address) => [vault.commitment('workEmail', address).toString('hex'), address]),
  );
  const { rows } = await sql<{ personId: string; found: Buffer }>`
    select id as "personId", work_email_index as found from persons
    where work_email_index = any(${[...asked.keys()].map((hex) => Buffer.from(hex, 'hex'))}::bytea[])`.execute(
    db,
  );
  return rows.map(({ personId, found }) => ({ personId, address: asked.get(found.toString('hex')) ?? '' }));
}

/** As addresses are compared. */
export function comparable(address: string): string {
  return address.trim().toLowerCase();
}
