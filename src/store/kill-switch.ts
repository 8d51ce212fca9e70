import { SYSTEM_STREAM } from '../domain/fact.ts';
import type { Tx } from './database.ts';
import { appendFacts } from './facts.ts';
import { freeHeldWipes } from './held-wipes.ts';

/** Who changed the switch: one person may switch it on, two are needed to switch it off. */
export interface SwitchChange {
  readonly by: string;
  readonly decisionId: string | null;
}

/** Stops everything destructive, or lets it go on. Who changed it is written only when it changes. */
export async function setKillSwitch(
  tx: Tx,
  on: boolean,
  { by, decisionId }: SwitchChange,
  now: Date,
): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('switches')
    .set({ is_on: on, changed_by: by, changed_at: now })
    .where('name', '=', 'kill')
    .where('is_on', '<>', on)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) return;
  const fact = {
    stream: SYSTEM_STREAM,
    key: `switch.changed:kill:${now.toISOString()}`,
    type: 'switch.changed',
    actor: by,
    data: { name: 'kill', on, decisionId },
  } as const;
  await appendFacts(tx, [fact], now);
  // What it held is judged anew; the wipe limit may go on holding it.
  if (!on) await freeHeldWipes(tx, by, now);
}
