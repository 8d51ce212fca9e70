/** Whom an erased person was known as. Commitments only: enough to know them again, and nothing to read. */
import type { Tx } from '../database.ts';
import { vaultOf } from './attached-vault.ts';
import { keyCommitment } from './fields.ts';
import type { Account } from './words.ts';

/** What a source says of somebody. */
export interface Described {
  readonly employeeNumber: string | null;
  readonly workEmail: string | null;
  readonly account?: Account;
}

/** The erased person who was known by any of it; `null` when nobody was. */
export async function tombstoneOf(
  tx: Tx,
  { employeeNumber, workEmail, account }: Described,
): Promise<string | null> {
  const vault = vaultOf(tx);
  const asked = [
    ['employeeNumber', '', keyCommitment(vault, 'employeeNumber', employeeNumber)] as const,
    ['workEmail', '', keyCommitment(vault, 'workEmail', workEmail)] as const,
    ...(account === undefined
      ? []
      : [['account', account.connector, vault.commitment('account', account.externalId)] as const]),
  ];
  const row = await tx
    .selectFrom('person_tombstones')
    .select('person_id')
    .where((on) =>
      on.or(
        asked.flatMap(([kind, connector, commitment]) =>
          commitment === null
            ? []
            : [
                on.and([
                  on('kind', '=', kind),
                  on('connector', '=', connector),
                  on('commitment', '=', commitment),
                ]),
              ],
        ),
      ),
    )
    .limit(1)
    .executeTakeFirst();
  return row?.person_id ?? null;
}

/** Whoever is back is somebody new: what they were known as says nothing of the erased one any more. */
export async function liftTombstones(tx: Tx, personId: string): Promise<void> {
  await tx.deleteFrom('person_tombstones').where('person_id', '=', personId).execute();
}
