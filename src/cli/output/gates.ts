/** Gates and what blocks them, for people. */
import type { BlockedBy, Gate } from '../client/shapes.ts';
import type { Paint, Tone } from './paint.ts';
import { table } from './table.ts';
import { dueTime, localTime } from './time.ts';

const THROUGH = new Set(['satisfied', 'substituted', 'not-applicable', 'waived']);

const TONES: Readonly<Record<string, Tone>> = {
  satisfied: 'good',
  substituted: 'good',
  waived: 'wait',
  'not-applicable': 'quiet',
  'in-progress': 'wait',
  held: 'wait',
  failed: 'bad',
};

/** `3/7`: gates that nobody waits for any more. */
export function gateCount(states: readonly Readonly<Record<string, string>>[]): string {
  const all = states.flatMap((each) => Object.values(each));
  return `${all.filter((state) => THROUGH.has(state)).length}/${all.length}`;
}

export function gateTable(gates: readonly Gate[], paint: Paint): string {
  const rows = gates.map(({ gate, state, since, basis }) => [
    gate,
    paint(TONES[state] ?? 'quiet', state),
    localTime(since),
    basis ?? '',
  ]);
  return table(['gate', 'state', 'since', 'basis'], rows, paint);
}

/** What stands in the way, with whose move it is. */
export function blockedTable(blocks: readonly BlockedBy[], now: Date, paint: Paint): string {
  const rows = blocks.map(({ gate, deviceId, code, kind, owner, since, dueAt, parked }) => [
    code,
    gate ?? '–',
    deviceId ?? '–',
    kind,
    owner,
    localTime(since),
    parked ? `${paint('quiet', 'parked until')} ${localTime(dueAt)}` : dueTime(dueAt, now),
  ]);
  const shown = table(['blocked by', 'gate', 'device', 'kind', 'whose move', 'since', 'due'], rows, paint);
  return `${shown}${paint('quiet', 'What each means, and what to do: docs/operations/stuck.md')}\n`;
}
