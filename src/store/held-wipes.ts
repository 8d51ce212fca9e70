/**
 * Wipes and retires that the limit, the kill switch or a source of holds holds: freed together, each by a fact and a wake of
 * its custody.
 */
import { sql } from 'kysely';
import { deviceStream } from '../domain/fact.ts';
import type { AnyFact, Fact } from '../domain/fact.ts';
import { wakeCustody } from './cases.ts';
import type { Tx } from './database.ts';
import { appendFacts } from './facts.ts';
import { readStream } from './streams.ts';

export interface HeldWipe {
  readonly deviceId: string;
  readonly epoch: number;
  readonly held: Fact<'wipe.held'> | Fact<'command.held'>;
  /** What it goes on under: the wipe's approval, or the decision that the device is personal. */
  readonly approvalId: string;
}

/** Open custodies whose command is held now, in the order of their device ids: what whoever releases has in view. */
export async function heldWipes(tx: Tx): Promise<readonly HeldWipe[]> {
  const { rows } = await sql<{ device_id: string; epoch: number }>`
    select device_id, epoch from custodies
    where state = 'open' and exists (
      select from facts where facts.stream = 'device:' || custodies.device_id and facts.type in ('wipe.held', 'command.held')
    ) order by device_id`.execute(tx);
  const wipes: HeldWipe[] = [];
  for (const { device_id: deviceId, epoch } of rows) {
    const facts = await readStream(tx, deviceStream(deviceId));
    const held = facts.findLast((fact) => isHeld(fact) && fact.data.epoch === epoch);
    if (held === undefined || !isHeld(held) || facts.some((fact) => fact.key === freedKey(held))) continue;
    const approvalId = held.type === 'wipe.held' ? held.data.approvalId : held.data.decisionId;
    wipes.push({ deviceId, epoch, held, approvalId });
  }
  return wipes;
}

/**
 * Frees every held command; each is judged anew before anything is sent, and may be held again.
 *
 * @param by Who freed them, as actors are named in facts.
 * @param which Only those that were held for this refusal, among others; all when absent.
 * @returns How many were freed.
 */
export async function freeHeldWipes(tx: Tx, by: string, now: Date, which?: string): Promise<number> {
  const wipes = (await heldWipes(tx)).filter(
    ({ held }) => which === undefined || held.data.codes.includes(which),
  );
  for (const { deviceId, epoch, held } of wipes) {
    const stream = deviceStream(deviceId);
    const fact = { stream, key: freedKey(held), actor: by } as const;
    await appendFacts(
      tx,
      [
        held.type === 'wipe.held'
          ? { ...fact, type: 'wipe.freed', data: { epoch, approvalId: held.data.approvalId, by } }
          : { ...fact, type: 'command.freed', data: { epoch, command: 'retire', by } },
      ],
      now,
    );
    await wakeCustody(tx, deviceId, epoch);
  }
  return wipes.length;
}

function isHeld(fact: AnyFact): fact is HeldWipe['held'] {
  return fact.type === 'wipe.held' || fact.type === 'command.held';
}

function freedKey(held: HeldWipe['held']): string {
  return `${held.type === 'wipe.held' ? 'wipe' : 'command'}.freed:${held.key}`;
}
