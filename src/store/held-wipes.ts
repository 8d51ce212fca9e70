/** Wipes that the limit or the kill switch holds: freed together, each by a fact and a wake of its custody. */
import { sql } from 'kysely';
import { deviceStream } from '../domain/fact.ts';
import type { Fact } from '../domain/fact.ts';
import { wakeCustody } from './cases.ts';
import type { Tx } from './database.ts';
import { appendFacts } from './facts.ts';
import { readStream } from './streams.ts';

export interface HeldWipe {
  readonly deviceId: string;
  readonly epoch: number;
  readonly held: Fact<'wipe.held'>;
}

/** Open custodies whose wipe is held now, in the order of their device ids: what whoever releases has in view. */
export async function heldWipes(tx: Tx): Promise<readonly HeldWipe[]> {
  const { rows } = await sql<{ device_id: string; epoch: number }>`
    select device_id, epoch from custodies
    where state = 'open' and exists (
      select from facts where facts.stream = 'device:' || custodies.device_id and facts.type = 'wipe.held'
    ) order by device_id`.execute(tx);
  const wipes: HeldWipe[] = [];
  for (const { device_id: deviceId, epoch } of rows) {
    const facts = await readStream(tx, deviceStream(deviceId));
    const held = facts.findLast((fact) => fact.type === 'wipe.held' && fact.data.epoch === epoch);
    if (held?.type !== 'wipe.held' || facts.some((fact) => fact.key === freedKey(held))) continue;
    wipes.push({ deviceId, epoch, held });
  }
  return wipes;
}

/**
 * Frees every held wipe; each is judged anew before anything is sent, and may be held again.
 *
 * @param by `token:<id>` of who freed them.
 * @returns How many were freed.
 */
export async function freeHeldWipes(tx: Tx, by: string, now: Date): Promise<number> {
  const wipes = await heldWipes(tx);
  for (const { deviceId, epoch, held } of wipes) {
    const { approvalId } = held.data;
    const data = { epoch, approvalId, by };
    const fact = { key: freedKey(held), type: 'wipe.freed', actor: by, data } as const;
    await appendFacts(tx, [{ stream: deviceStream(deviceId), ...fact }], now);
    await wakeCustody(tx, deviceId, epoch);
  }
  return wipes.length;
}

function freedKey(held: Fact<'wipe.held'>): string {
  return `wipe.freed:${held.key}`;
}
