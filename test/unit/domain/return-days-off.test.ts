import { describe, expect, test } from 'vitest';
import { foldCustody } from '../../../src/domain/custody-state.ts';
import type { Policy } from '../../../src/domain/policy.ts';
import { judgeReturn } from '../../../src/domain/rules/return.ts';
import { contextAt, custodyOpened, DAY, historyOf, iso, POLICY, T0 } from './support/history.ts';

/** T0 is a Monday, nine in the morning UTC. */
const CALENDAR: Policy = {
  ...POLICY,
  return: { ...POLICY.return, dueMs: 5 * DAY, chaseEveryMs: DAY, chases: 3 },
  escalation: { ...POLICY.escalation, return: [] },
  workingDays: { DE: { weekend: [6, 7], holidays: ['2026-03-10'] } },
};
const BERLIN = { country: 'DE', timeZone: 'Europe/Berlin' };

/** When chasers are recorded, by a clock that looks every hour. */
function chased(policy: Policy, workingDays: { country: string; timeZone: string } | undefined) {
  const history = historyOf('device:dev_one');
  history.add('custody.opened', custodyOpened(workingDays === undefined ? {} : { workingDays }), T0);
  const times: [number, string][] = [];
  let due: string | null | undefined;
  for (let now = T0; now < T0 + 20 * DAY; now += 3_600_000) {
    const state = foldCustody(history.facts, 1);
    if (state === null) throw new Error('no custody');
    const { step, status } = judgeReturn(state, contextAt(now, { policy }));
    due ??= status.blockedBy[0]?.dueAt;
    if (step.do !== 'record') continue;
    const [record] = step.records;
    if (record?.kind !== 'fact' || record.fact.type !== 'return.chased') throw new Error('another record');
    history.add('return.chased', record.fact.data as { epoch: number; number: number; to: string }, now);
    times.push([(record.fact.data as { number: number }).number, iso(now)]);
  }
  return { due, times };
}

describe('what is due from a leaver', () => {
  test('without a calendar falls on any day', () => {
    const { due, times } = chased(CALENDAR, undefined);
    expect(due).toBe('2026-03-07T09:00:00.000Z');
    expect(times.map(([, at]) => at.slice(0, 10))).toEqual(['2026-03-07', '2026-03-08', '2026-03-09']);
  });

  test('moves from the weekend to Monday, and from a holiday to the day after', () => {
    const { due, times } = chased(CALENDAR, BERLIN);
    expect(due).toBe('2026-03-09T09:00:00.000Z');
    expect(times).toEqual([
      [1, '2026-03-09T09:00:00.000Z'],
      // The second would be due on the holiday, as the third is on the day after: one is sent, not two.
      [3, '2026-03-11T09:00:00.000Z'],
    ]);
  });

  test('an earlier policy, or a country that is not listed, changes nothing', () => {
    const { workingDays: _none, ...earlier } = CALENDAR;
    expect(chased(earlier, BERLIN)).toEqual(chased(CALENDAR, undefined));
    expect(chased(CALENDAR, { country: 'FR', timeZone: 'Europe/Paris' })).toEqual(
      chased(CALENDAR, undefined),
    );
  });
});
