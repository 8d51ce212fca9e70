/** Who has a key, by its commitment. */
import type { Reader } from '../database.ts';
import { vaultOf } from './attached-vault.ts';
import { INDEX_COLUMNS, keyCommitment } from './fields.ts';
import type { LinkKey } from './fields.ts';

/** At most two ids: two mean that the key does not tell them apart. */
export async function findByKey(db: Reader, key: LinkKey, value: string | null): Promise<readonly string[]> {
  const commitment = keyCommitment(vaultOf(db), key, value);
  if (commitment === null) return [];
  const rows = await db
    .selectFrom('persons')
    .select('id')
    .where(INDEX_COLUMNS[key], '=', commitment)
    .limit(2)
    .execute();
  return rows.map(({ id }) => id);
}
