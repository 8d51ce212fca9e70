/** Wipes that the limit or the kill switch holds: freed together, each by a fact and a wake of its custody. */
import { sql } from 'kysely';
import { deviceStream } from '../domain/fact.ts';
import type { Tx } from './database.ts';
import { appendFacts } from './facts.ts';
import { loadCustody } from './rule-facts.ts';
import { wakeCustody } from './cases.ts';

/** Open custodies whose wipe is held now, oldest first: the list that whoever releases has in view. */
export async function heldWipes(
  tx: Tx,
): Promise<readonly { readonly deviceId: string; readonly epoch: number; readonly heldAt: string }[]> {
  const { rows } = await sql<{ device_id: string; epoch: number; held_at: string }>`
    select device_id, epoch, gates -> 'wipe' ->> 'since' as held_at from custodies
    where state = 'open' and gates -> 'wipe' ->> 'state' = 'held' order by held_at, device_id`.execute(tx);
  return rows.map((row) => ({ deviceId: row.device_id, epoch: row.epoch, heldAt: row.held_at }));
}

/**
 * Frees every held wipe; each is judged anew before anything is sent, and may be held again.
 *
 * @param by `token:<id>` of who freed them.
 * @returns How many were freed.
 */
export async function freeHeldWipes(tx: Tx, by: string, now: Date): Promise<number> {
  let freed = 0;
  for (const { deviceId, epoch } of await heldWipes(tx)) {
    const custody = await loadCustody(tx, deviceId, epoch);
    const held = custody.wipes.at(-1)?.held ?? null;
    if (held === null) continue;
    const { approvalId } = held.data;
    const key = `wipe.freed:${held.key}`;
    const data = { epoch, approvalId, by };
    await appendFacts(
      tx,
      [{ stream: deviceStream(deviceId), key, type: 'wipe.freed', actor: by, data }],
      now,
    );
    await wakeCustody(tx, deviceId, epoch);
    freed += 1;
  }
  return freed;
}
