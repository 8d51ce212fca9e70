import { describe, expect, test } from 'vitest';
import type { WipeTiming } from '../../../../src/domain/policy.ts';
import { DAY, HOUR, POLICY, T0 } from '../support/history.ts';
import { Story } from '../support/story.ts';

const EVERY = { platforms: null, ownerships: null } as const;
const timed = (...timing: readonly WipeTiming[]) => ({ wipe: { ...POLICY.wipe, timing } });
const GRACE: WipeTiming = { ...EVERY, when: 'after-grace', graceMs: 3 * DAY };
const ON_RETURN: WipeTiming = { ...EVERY, when: 'on-return', graceMs: 0 };
const ON_LEAVE: WipeTiming = { ...EVERY, when: 'on-leave', graceMs: 0 };

describe('when a wipe begins', () => {
  test('on leave: at once', () => {
    expect(new Story({}, timed(ON_LEAVE)).notRequired().approves).toBe(true);
  });

  test('after grace: not a moment before, and it says that it waits for time', () => {
    const story = new Story({}, timed(GRACE)).notRequired();
    const begins = T0 + 3 * DAY;
    expect([story.approves, story.codes('wipe')]).toEqual([false, ['wipe-in-grace']]);
    expect(story.step('wipe')).toEqual({ do: 'wait', until: begins });
    expect(story.judgement.gates.wipe.status.blockedBy[0]).toMatchObject({ kind: 'time', owner: 'handback' });
    story.now = begins - 1;
    expect(story.approves).toBe(false);
    story.now = begins;
    expect(story.approves).toBe(true);
  });

  test('the deadline of the wipe runs from its beginning', () => {
    const due = (timing: WipeTiming) =>
      new Story({}, timed(timing)).notRequired().judgement.gates.wipe.status.blockedBy[0]?.dueAt;
    expect(due(GRACE)).toBe(new Date(T0 + 3 * DAY + POLICY.wipe.dueMs).toISOString());
    const story = new Story({}, timed(ON_LEAVE)).notRequired().approved();
    expect(story.judgement.gates.wipe.status.blockedBy[0]?.dueAt).toBe(
      new Date(T0 + POLICY.wipe.dueMs).toISOString(),
    );
  });

  test('on return: only once it is scanned in, however long that takes', () => {
    const story = new Story({}, timed(ON_RETURN)).notRequired().later(20 * DAY);
    expect([story.approves, story.codes('wipe')]).toEqual([false, ['wipe-awaits-return']]);
    expect(story.scannedIn().approves).toBe(true);
    expect(story.judgement.gates.wipe.status.blockedBy[0]?.dueAt).toBe(
      new Date(T0 + 2 * HOUR + 20 * DAY + POLICY.wipe.dueMs).toISOString(),
    );
  });

  test('goes by the group and the country of the leaver, and by neither while they are not known', () => {
    const begins = (leaver?: { readonly country: string | null; readonly group: string | null }) =>
      new Story(
        leaver === undefined ? {} : { leaver },
        timed({ ...ON_RETURN, groups: ['executives'] }, { ...GRACE, countries: ['DE', 'NL'] }, ON_LEAVE),
      )
        .notRequired()
        .codes('wipe');
    expect(begins({ country: 'NL', group: 'executives' })).toEqual(['wipe-awaits-return']);
    expect(begins({ country: 'NL', group: null })).toEqual(['wipe-in-grace']);
    expect(begins({ country: 'FR', group: 'others' })).toEqual(['wipe-not-begun']);
    expect(begins({ country: null, group: null })).toEqual(['wipe-not-begun']);
    expect(begins()).toEqual(['wipe-not-begun']);
  });

  test('an approval that people gave before that time is not held back by it', () => {
    expect(new Story({}, timed(GRACE)).notRequired().approved().acts).toEqual(['send-wipe']);
  });

  test('an obstacle is shown at once, not after the grace', () => {
    const story = new Story({ ownership: 'unknown' }, timed(GRACE)).notRequired();
    expect(story.raises).toEqual(['device-not-corporate']);
  });

  test('the first line that fits the device’s class counts', () => {
    const policy = timed(
      { platforms: ['ios', 'android'], ownerships: null, when: 'on-return', graceMs: 0 },
      { platforms: null, ownerships: ['leased'], when: 'after-grace', graceMs: DAY },
      ON_LEAVE,
    );
    expect(new Story({ platform: 'ios' }, policy).notRequired().codes('wipe')).toEqual([
      'wipe-awaits-return',
    ]);
    const leased = new Story({ ownership: 'leased' }, policy).routed('lessor-return').notRequired();
    expect(leased.codes('wipe')).toEqual(['wipe-in-grace']);
    expect(new Story({}, policy).notRequired().approves).toBe(true);
  });

  test('a class that no line names begins at once', () => {
    const policy = timed({ platforms: ['ios'], ownerships: null, when: 'on-return', graceMs: 0 });
    expect(new Story({}, policy).notRequired().approves).toBe(true);
  });

  test('a clock that was set back does not begin it before its custody', () => {
    const story = new Story({}, timed(ON_RETURN));
    story.now = T0 - DAY;
    story.scannedIn().notRequired();
    story.now = T0 - HOUR;
    expect(story.approves).toBe(false);
    story.now = T0;
    expect(story.approves).toBe(true);
  });

  test('what is lost waits for no grace and no return', () => {
    for (const timing of [GRACE, ON_RETURN])
      expect(new Story({}, timed(timing)).notRequired().reportedLost().command('lock').approves).toBe(true);
    // Found again, it waits as before.
    expect(new Story({}, timed(ON_RETURN)).notRequired().reportedLost().found().approves).toBe(false);
  });

  test('the order stays: no timing lets a wipe begin before the handover', () => {
    const dataHandover = { required: true, dueMs: DAY };
    expect(new Story({}, { ...timed(ON_LEAVE), dataHandover }).approves).toBe(false);
    expect(new Story({}, { ...timed(GRACE), dataHandover }).later(9 * DAY).approves).toBe(false);
  });
});
