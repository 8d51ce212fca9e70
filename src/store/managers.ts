/** Who somebody's manager is, as far as sources tell. */
import { sql } from 'kysely';
import type { Tx } from './database.ts';
import { vaultOf } from './personal/attached-vault.ts';
import { keyCommitment } from './personal/fields.ts';

/**
 * Keeps the manager whom a source names: by an account at that same source, else by employee number, as HR systems do. One
 * who is not known yet is told again by the next snapshot; nobody is their own.
 */
export async function keepManager(
  tx: Tx,
  personId: string,
  connector: string,
  managerExternalId: string | null,
): Promise<void> {
  if (managerExternalId === null) return;
  const number = keyCommitment(vaultOf(tx), 'employeeNumber', managerExternalId);
  await sql`
    update persons set manager_person_id = manager.id
    from (select coalesce(
      (select person_id from person_links where connector = ${connector} and external_id = ${managerExternalId}),
      (select id from persons where employee_number_index = ${number}::bytea)) as id) as manager
    where persons.id = ${personId} and manager.id is not null and manager.id <> persons.id and persons.erased_at is null
      and persons.manager_person_id is distinct from manager.id`.execute(tx);
}
