/** Switching the kill switch off again takes two people; on takes one, at once. */
import { NotToDecide } from '../../domain/decisions.ts';
import { SYSTEM_STREAM } from '../../domain/fact.ts';
import type { Tx } from '../database.ts';
import { setKillSwitch } from '../kill-switch.ts';
import type { DecisionRow } from '../read/decisions.ts';
import type { Bound } from './decisions.ts';

export async function bindSwitchOff(tx: Tx): Promise<Bound> {
  // Held before any stream, as a claim holds it.
  const row = await tx
    .selectFrom('switches')
    .select(['is_on', 'changed_at'])
    .where('name', '=', 'kill')
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (!row.is_on) throw new NotToDecide('switch-is-off');
  const subject = { kind: 'kill-switch-off', since: row.changed_at } as const;
  return { subject, stream: SYSTEM_STREAM, round: 0, caseId: null, deviceId: null };
}

export async function switchOff(tx: Tx, row: DecisionRow, by: string, now: Date): Promise<void> {
  await setKillSwitch(tx, false, { by, decisionId: row.id }, now);
}
