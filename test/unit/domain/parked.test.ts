import { describe, expect, test } from 'vitest';
import { foldCase } from '../../../src/domain/case-state.ts';
import { foldCustody } from '../../../src/domain/custody-state.ts';
import { completion, isStuck } from '../../../src/domain/rules/case.ts';
import { custodyCompletion, judgeCustody } from '../../../src/domain/rules/custody.ts';
import {
  caseOpened,
  contextAt,
  DAY,
  DEVICE_ID,
  historyOf,
  HOUR,
  iso,
  POLICY,
  T0,
} from './support/history.ts';
import { devicePath, written } from './support/world.ts';

describe('parked', () => {
  test('a certificate that is awaited is parked until its deadline, and stuck from then on', () => {
    const path = devicePath('windows');
    const handedOver = path.slice(
      0,
      path.findIndex(([type]) => type === 'handoff.certified'),
    );
    const facts = written(`device:${DEVICE_ID}`, [
      ...handedOver,
      [
        'handoff.received',
        (now) => ({ epoch: 1, pickupId: 'pick_one', receivedAt: iso(now), documentDigest: 'd' }),
      ],
    ]);
    const custody = foldCustody(facts, 1);
    const received = custody?.received ?? null;
    if (custody === null || received === null) throw new Error('not received');
    const due = Date.parse(received.at) + POLICY.handoff.certificateDueMs;
    const blocks = (now: number) => custodyCompletion(custody, contextAt(now)).blockedBy;
    expect(blocks(due - 1)).toMatchObject([
      { code: 'certificate-awaited', owner: 'itad-vendor', parked: true, dueAt: iso(due) },
    ]);
    expect(isStuck(blocks(due - 1), due - 1)).toBe(false);
    expect(blocks(due)).toMatchObject([{ code: 'certificate-awaited', parked: false }]);
    expect(isStuck(blocks(due), due)).toBe(true);
    const wait = judgeCustody(custody, contextAt(due - DAY)).steps['itad-handoff'];
    expect(wait).toEqual({ do: 'wait', until: due });
  });

  test('a leave is parked until it takes effect; a start that is overdue is stuck', () => {
    const effective = T0 + 10 * DAY;
    const history = historyOf('case:case_one');
    history.add('case.opened', caseOpened({ effectiveAt: iso(effective) }), T0);
    const state = foldCase(history.facts, 1);
    if (state === null) throw new Error('no case');
    const blocks = (now: number) => completion(state, [], contextAt(now)).blockedBy;
    expect(blocks(effective - 1)).toMatchObject([
      { code: 'leave-not-effective', parked: true, dueAt: iso(effective) },
    ]);
    expect(isStuck(blocks(effective - 1), effective - 1)).toBe(false);
    const late = effective + POLICY.discovery.dueMs;
    expect(blocks(effective + HOUR)).toMatchObject([
      { code: 'case-not-started', owner: 'handback', parked: false, dueAt: iso(late) },
    ]);
    expect([isStuck(blocks(effective), effective), isStuck(blocks(late), late)]).toEqual([false, true]);
  });
});
