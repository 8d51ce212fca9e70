/** The rules of a custody against a world that does as it likes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isStuck } from '../../../src/domain/rules/case.ts';
import { custodyGates } from '../../../src/domain/rules/custody.ts';
import type { FactData } from '../../../src/domain/fact-types.ts';
import { certified, contextAt, DAY, HOUR, iso, MINUTE, POLICY, RECORDS } from './support/history.ts';
import { Play } from './support/play.ts';

type Move = (play: Play, whim: () => number) => void;

const wake: Move = (play, whim) => play.wake(whim);
const seen =
  (observation: Partial<FactData['wipe.observed']['observation']>): Move =>
  (play) =>
    play.observe(observation);
const later =
  (ms: number): Move =>
  (play) => {
    play.now += ms;
  };
const tracked =
  (status: string): Move =>
  (play) => {
    play.history.add(
      'return.tracked',
      { epoch: 1, trackingCode: 'T1', status, occurredAt: iso(play.now) },
      play.now,
    );
  };
const pickup = { epoch: 1, pickupId: 'pick_one' };

const MOVES: readonly Move[] = [
  wake,
  wake,
  wake,
  wake,
  later(MINUTE),
  later(20 * MINUTE),
  later(7 * HOUR),
  later(2 * DAY),
  later(40 * DAY),
  seen({ state: 'pending' }),
  seen({ state: 'active' }),
  seen({ state: 'done' }),
  seen({ state: 'failed' }),
  seen({ state: 'cancelled' }),
  seen({ state: 'not-supported' }),
  (play) => play.observe({ updatedAt: iso(play.now - HOUR), lastSeenAt: iso(play.now) }),
  // The MDM still tells of a wipe that somebody had sent long before.
  (play) => play.observe({ startedAt: iso(play.now - 400 * DAY), updatedAt: iso(play.now) }),
  tracked('in_transit'),
  tracked('delivered'),
  tracked('failure'),
  tracked('pre_transit'),
  (play) =>
    play.history.add(
      'return.box-tracked',
      { epoch: 1, trackingCode: 'B1', status: 'in_transit', occurredAt: iso(play.now) },
      play.now,
    ),
  (play) =>
    play.history.add(
      'return.wrong-unit',
      { epoch: 1, scanId: 's', trackingCode: 'T1', foundSerial: 'OTHER01', foundDeviceId: null },
      play.now,
    ),
  (play, whim) => {
    if (whim() % 4 === 0)
      play.history.add('return.dropped-off', { epoch: 1, receiptId: 'r', site: 'hq' }, play.now);
  },
  (play) =>
    play.history.add('return.scanned', { epoch: 1, scanId: 's', site: 'hq', condition: 'good' }, play.now),
  (play) =>
    play.history.add('handoff.scanned', { ...pickup, by: 'dock', scannedAt: iso(play.now) }, play.now),
  (play) =>
    play.history.add('handoff.scanned', { ...pickup, by: 'vendor', scannedAt: iso(play.now) }, play.now),
  (play) => play.history.add('handoff.transferred', { ...pickup, confirmedBy: 'token:dock' }, play.now),
  (play) =>
    play.history.add(
      'handoff.received',
      { ...pickup, receivedAt: iso(play.now), documentDigest: 'd' },
      play.now,
    ),
  (play, whim) =>
    play.history.add(
      'handoff.certified',
      certified({ status: 'draft', certificateId: String(whim()) }),
      play.now,
    ),
  (play) => play.history.add('handoff.certified', certified({ level: 'clear' }), play.now),
  (play) => play.history.add('handoff.certified', certified(), play.now),
  (play) => play.decideAll(),
];

const script = fc.array(fc.tuple(fc.nat(MOVES.length - 1), fc.nat(100)), {
  maxLength: 50,
});
const platform = fc.constantFrom('windows' as const, 'macos' as const, 'ios' as const, 'android' as const);

function run(play: Play, moves: readonly (readonly [number, number])[], after: (play: Play) => void): void {
  for (const [index, whim] of moves) {
    MOVES[index]?.(play, () => whim);
    if (play.state.closed !== null) return;
    after(play);
  }
}

/** What is wrong with how a custody that is not at its end explains itself. */
function silences(play: Play): readonly string[] {
  const { blockedBy, context } = play;
  const found = blockedBy.length === 0 && !allThrough(play) ? ['nothing is named'] : [];
  for (const block of blockedBy) {
    const late = block.dueAt !== null && Date.parse(block.dueAt) <= play.now;
    if (block.owner === '' || block.code === '') found.push('nobody is named');
    if (!(Date.parse(block.since) <= play.now)) found.push(`${block.code} since the future`);
    if (!block.parked && block.dueAt === null && block.escalatesAt === null)
      found.push(`${block.code} has no deadline`);
    if (block.parked && late) found.push(`${block.code} is parked past its date`);
    if (block.parked && isStuck([block], context.now)) found.push(`${block.code} is parked and stuck`);
    if (!block.parked && late !== isStuck([block], context.now))
      found.push(`${block.code} is late and not stuck`);
  }
  return found;
}

function allThrough(play: Play): boolean {
  return Object.values(custodyGates(play.state, play.context)).every(({ status }) =>
    ['satisfied', 'not-applicable'].includes(status.state),
  );
}

describe('a custody, whatever the world does', () => {
  test('never breaks order, never acts twice on an approval, never loops, and always says what it waits for', () => {
    fc.assert(
      fc.property(platform, fc.constantFrom('carrier', null), script, (on, carrier, moves) => {
        const play = new Play({ platform: on }, carrier);
        const found: string[] = [];
        run(play, moves, () => found.push(...silences(play)));
        expect([...found, ...play.wrongs]).toEqual([]);
        const sent = play.history.facts.filter((fact) => fact.type === 'wipe.intended');
        expect(new Set(sent.map((fact) => fact.data.approvalId)).size).toBe(sent.length);
      }),
      { numRuns: 600 },
    );
  });

  test('comes to its end once everybody does their part, however it went before', () => {
    fc.assert(
      fc.property(platform, fc.constantFrom('carrier', null), script, (on, carrier, moves) => {
        const play = new Play({ platform: on }, carrier);
        run(play, moves, () => {});
        play.cooperate();
        expect(play.wrongs).toEqual([]);
        expect(play.state.closed?.type).toBe('custody.closed');
      }),
      { numRuns: 200 },
    );
  });

  test('on an unknown platform no wipe is ever proven, though everybody does their part', () => {
    fc.assert(
      fc.property(script, (moves) => {
        const play = new Play({ platform: 'unknown' }, null);
        run(play, moves, () => {});
        play.cooperate(6);
        expect(play.wrongs).toEqual([]);
        expect(play.state.closed).toBeNull();
        expect(custodyGates(play.state, play.context).wipe.status.state).not.toBe('satisfied');
      }),
      { numRuns: 40 },
    );
  });

  test('a device that may not be wiped is never even approved for it', () => {
    const [identity, mdm, books] = RECORDS;
    const others: readonly Partial<FactData['custody.opened']>[] = [
      { ownership: 'personal' },
      { ownership: 'leased' },
      { ownership: 'client-owned' },
      { ownership: 'unknown' },
      { records: RECORDS.filter((record) => record !== mdm) },
      { records: RECORDS.map((record) => ({ ...record, namesLeaver: record === mdm ? true : null })) },
      { records: RECORDS.map((record) => (record === books ? { ...record, namesLeaver: false } : record)) },
      {
        records: [identity, mdm, mdm, books]
          .flatMap((record) => record ?? [])
          .map((record, n) => ({ ...record, externalId: String(n) })),
      },
    ];
    fc.assert(
      fc.property(fc.constantFrom(...others), script, (opened, moves) => {
        const play = new Play(opened, null);
        run(play, moves, () => {});
        play.cooperate(6);
        const types = new Set(play.history.facts.map((fact) => fact.type));
        expect([types.has('wipe.approved'), types.has('wipe.intended'), types.has('custody.closed')]).toEqual(
          [false, false, false],
        );
        expect(play.wrongs).toEqual([]);
      }),
      { numRuns: 80 },
    );
  });

  test('a wipe the vendor does not accept is asked for only so often before a person decides', () => {
    const play = new Play({}, null);
    for (let n = 0; n < 20; n += 1) {
      play.wake(() => 2);
      play.now += POLICY.wipe.retryMs;
    }
    expect(play.state.wipes).toHaveLength(POLICY.wipe.attempts);
    expect(play.blockedBy.filter((block) => block.gate === 'wipe').map((block) => block.code)).toEqual([
      'wipe-not-accepted',
    ]);
    play.decideAll();
    for (let n = 0; n < 20; n += 1) {
      play.wake(() => 2);
      play.now += POLICY.wipe.retryMs;
    }
    expect(play.state.wipes).toHaveLength(2 * POLICY.wipe.attempts);
    expect(play.wrongs).toEqual([]);
  });

  test.each([
    ['failed', 'windows', 'wipe-failed'],
    ['not-supported', 'windows', 'wipe-failed'],
    ['cancelled', 'windows', 'wipe-failed'],
    ['failed', 'macos', 'wipe-ambiguous'],
    ['failed', 'ios', 'wipe-ambiguous'],
    ['failed', 'unknown', 'wipe-ambiguous'],
    ['done', 'unknown', 'wipe-ambiguous'],
  ] as const)(
    'a wipe that ends %s on %s opens exactly one exception, and its decision a new approval',
    (state, on, code) => {
      const play = new Play({ platform: on }, null);
      const opened = (): number =>
        play.state.exceptions.filter((one) => one.opened.data.code === code).length;
      for (const attempt of [1, 2, 3]) {
        play.wake(() => 7);
        play.now += MINUTE;
        observeLast(play, state);
        for (const _ of [1, 2, 3]) play.wake(() => 7);
        expect([play.state.wipes.length, opened()]).toEqual([attempt, attempt]);
        // No pause before the decision: a new approval in the very millisecond of the decision is not covered by it.
        play.decideAll();
      }
      expect(play.wrongs).toEqual([]);
    },
  );

  test('a failure that comes after the decision of a lost answer is decided by itself', () => {
    const play = new Play({}, null);
    play.wake(() => 4);
    play.wake(() => 4);
    expect(play.blockedBy.map((block) => block.code)).toContain('wipe-outcome-unknown');
    play.observe({ state: 'pending' });
    play.decideAll();
    play.wake(() => 4);
    play.now += HOUR;
    play.observe({ state: 'failed' });
    play.wake(() => 4);
    expect(play.state.wipes).toHaveLength(1);
    expect(play.blockedBy.map((block) => block.code)).toContain('wipe-failed');
  });

  test('an approval that expired unused is followed by a new one, never used again', () => {
    const play = new Play({}, null);
    play.wake(() => 1);
    play.now += POLICY.wipe.approvalLifeMs;
    play.wake(() => 7);
    expect(play.state.wipes.map((wipe) => [wipe.approved.data.approvalId, wipe.intended !== null])).toEqual([
      ['appr_1', false],
      ['appr_2', true],
    ]);
    expect(play.wrongs).toEqual([]);
  });

  test('where a person must approve, the rules only ask', () => {
    const play = new Play({}, null);
    play.wake(() => 7);
    const context = contextAt(play.now, {
      policy: { ...POLICY, wipe: { ...POLICY.wipe, approval: 'person' } },
    });
    const fresh = new Play({}, null);
    fresh.history.add(
      'handover.not-required',
      { epoch: 1, basis: 'policy', rulesVersion: '1', policyDigest: 'p' },
      fresh.now,
    );
    expect(custodyGates(fresh.state, context).wipe.step).toEqual({
      do: 'record',
      records: [
        { kind: 'exception', code: 'wipe-needs-approval', gate: 'wipe', owner: 'approver', blocking: true },
      ],
    });
  });
});

/** Only the latest command ends so; what became of the earlier ones is known. */
function observeLast(play: Play, state: 'failed' | 'not-supported' | 'cancelled' | 'done'): void {
  const intended = play.state.wipes.at(-1)?.intended ?? null;
  if (intended === null) throw new Error('nothing was sent');
  const observation = { state, startedAt: intended.at, updatedAt: iso(play.now), lastSeenAt: null };
  play.history.add(
    'wipe.observed',
    { epoch: 1, intentId: intended.data.intentId, connector: 'mdm', observation },
    play.now,
  );
}
