import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { climb } from '../../../src/domain/escalation.ts';
import type { Fact } from '../../../src/domain/fact.ts';
import type { EscalationRung, Policy } from '../../../src/domain/policy.ts';
import { HOUR, historyOf, iso, POLICY, T0 } from './support/history.ts';

function withRungs(rungs: readonly EscalationRung[]): Policy {
  return { ...POLICY, escalation: { ...POLICY.escalation, wipe: rungs } };
}

/** Records what is due, as the engine does. */
function record(due: ReturnType<typeof climb>['due'], now: number): Fact<'escalation.raised'>[] {
  const history = historyOf('device:dev_one');
  for (const one of due) {
    if (one.kind !== 'escalation') throw new Error(`a ladder records no ${one.kind}`);
    const { gate, exceptionId, rung, to, dueAt } = one;
    history.add('escalation.raised', { gate, exceptionId, round: 1, rung, to, dueAt }, now);
  }
  return history.facts.filter((fact) => fact.type === 'escalation.raised');
}

const ladder = fc
  .uniqueArray(fc.integer({ min: 0, max: 100 }), { maxLength: 6 })
  .map((hours) =>
    hours.toSorted((a, b) => a - b).map((hour, index) => ({ afterMs: hour * HOUR, to: `role-${index}` })),
  );

describe('the escalation ladder', () => {
  test('raises each rung once, at its time and not before, whenever somebody looks', () => {
    fc.assert(
      fc.property(ladder, fc.array(fc.integer({ min: -10, max: 120 }), { maxLength: 20 }), (rungs, looks) => {
        const raised: Fact<'escalation.raised'>[] = [];
        const told: string[] = [];
        for (const hour of looks.toSorted((a, b) => a - b)) {
          const now = T0 + hour * HOUR;
          const { due, nextAt } = climb('wipe', T0, raised, withRungs(rungs), now);
          const added = record(due, now);
          raised.push(...added);
          told.push(...added.map((fact) => fact.data.to));
          expect(told).toEqual(rungs.filter((rung) => T0 + rung.afterMs <= now).map((rung) => rung.to));
          const ahead = rungs.map((rung) => T0 + rung.afterMs).filter((at) => at > now);
          expect(nextAt).toBe(ahead[0] ?? null);
        }
      }),
    );
  });

  test('of another gate, or of another deadline, is another ladder', () => {
    const rungs = [{ afterMs: 0, to: 'manager' }];
    const raised = record(climb('wipe', T0, [], withRungs(rungs), T0).due, T0);
    expect(climb('wipe', T0, raised, withRungs(rungs), T0).due).toEqual([]);
    expect(climb('return', T0, raised, POLICY, T0).due).toHaveLength(1);
    expect(climb('wipe', T0 + HOUR, raised, withRungs(rungs), T0 + HOUR).due).toMatchObject([
      { kind: 'escalation', gate: 'wipe', rung: 0, to: 'manager', dueAt: iso(T0 + HOUR) },
    ]);
  });

  test('an empty one ends at once', () => {
    expect(climb('wipe', T0, [], withRungs([]), T0 + HOUR)).toEqual({ due: [], nextAt: null });
  });
});
