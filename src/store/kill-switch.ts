import type { Tx } from './database.ts';
import { freeHeldWipes } from './held-wipes.ts';

/** Stops everything destructive, or lets it go on. Who changed it is written only when it changes. */
export async function setKillSwitch(tx: Tx, on: boolean, by: string, now: Date): Promise<void> {
  await tx
    .updateTable('switches')
    .set({ is_on: on, changed_by: by, changed_at: now })
    .where('name', '=', 'kill')
    .where('is_on', '<>', on)
    .execute();
  // What it held is judged anew; the wipe limit may go on holding it.
  if (!on) await freeHeldWipes(tx, by, now);
}
