import { describe, expect, test } from 'vitest';
import { DAY, iso, T0 } from '../support/history.ts';
import { Story } from '../support/story.ts';

describe('a hold', () => {
  test.each(['legal', 'data-handover'] as const)('of kind %s pauses a wipe that was not sent', (kind) => {
    const story = new Story().notRequired().approved().held(kind);
    expect(story.acts).toEqual([]);
    expect(story.judgement.completion.blockedBy.map(({ code }) => code)).toContain(`on-hold-${kind}`);
    expect(story.lifted().acts).toEqual(['send-wipe']);
  });

  test.each(['legal', 'data-handover'] as const)('of kind %s approves nothing meanwhile', (kind) => {
    const story = new Story().notRequired().held(kind);
    expect([story.approves, story.lifted().approves]).toEqual([false, true]);
  });

  test.each(['legal', 'data-handover'] as const)(
    'of kind %s calls a wipe back that is on its way, once',
    (kind) => {
      const story = new Story().wiping().held(kind);
      expect(story.gate('wipe')).toBe('held');
      expect(story.acts).toEqual(['cancel-wipe']);
      expect(story.calledBack('not-possible').acts).toEqual([]);
      expect(story.gate('wipe')).toBe('held');
    },
  );

  test.each(['legal', 'data-handover'] as const)(
    'of kind %s that comes after the wipe was carried out finds it proven: that is said as it is',
    (kind) => {
      const story = new Story().wiped().held(kind);
      expect(story.gate('wipe')).toBe('satisfied acknowledged');
      expect(story.acts).toEqual([]);
    },
  );

  test('does not call back what was never accepted, or has ended', () => {
    for (const story of [
      new Story().notRequired().approved().sent('appr_1', 'not-accepted').held(),
      new Story().wiping().observed('failed').held(),
      new Story().wiping().observed('cancelled').held(),
    ])
      expect([story.gate('wipe'), story.acts, story.raises]).toEqual(['held', [], []]);
  });

  test('whose call-back succeeded leaves a cancelled wipe, which is decided after it is lifted', () => {
    const story = new Story().wiping().held().calledBack('cancelled').observed('cancelled');
    expect([story.gate('wipe'), story.raises]).toEqual(['held', []]);
    story.lifted();
    expect([story.gate('wipe'), story.raises]).toEqual(['failed', ['wipe-failed']]);
    expect(story.raised('wipe-failed', 'wipe').decided('retry').approves).toBe(true);
  });

  test('whose call-back came too late leaves the wipe as it is', () => {
    const story = new Story().wiping().held().calledBack('too-late').observed('done').lifted();
    expect(story.gate('wipe')).toBe('satisfied acknowledged');
  });

  test('lasts until every hold is lifted', () => {
    const story = new Story()
      .notRequired()
      .approved()
      .held('legal', 'hold_a')
      .held('legal', 'hold_b')
      .lifted('hold_a');
    expect([story.gate('wipe'), story.acts]).toEqual(['held', []]);
    expect(story.lifted('hold_b').acts).toEqual(['send-wipe']);
  });

  test('a legal one is named before one for the handover', () => {
    const story = new Story()
      .wiping()
      .held('data-handover', 'hold_a')
      .held('legal', 'hold_b')
      .calledBack('not-possible');
    expect(story.judgement.gates.wipe.status).toMatchObject({
      state: 'held',
      blockedBy: [{ code: 'on-hold-legal', owner: 'legal', kind: 'decision' }],
    });
  });

  test('names whoever may lift it, and has no deadline of its own', () => {
    const story = new Story()
      .notRequired()
      .held('legal')
      .later(400 * DAY);
    expect(story.judgement.gates.wipe.status.blockedBy).toMatchObject([
      { code: 'on-hold-legal', owner: 'legal', kind: 'decision', dueAt: null },
    ]);
  });

  test('keeps the device back from the vendor, and what the vendor has is somebody’s to stop', () => {
    const here = new Story().wiped().scannedIn().held();
    expect([here.gate('itad-handoff'), here.raises]).toEqual(['held', []]);
    const there = new Story().wiped().scannedIn().transferred().held();
    expect(there.raises).toEqual(['hold-at-vendor']);
    there.raised('hold-at-vendor', 'itad-handoff');
    expect(there.raises).toEqual([]);
    expect(there.decided('retry').raises).toEqual([]);
    // Another hold is another message to them.
    expect(there.lifted().held('legal', 'hold_2').raises).toEqual(['hold-at-vendor']);
  });

  test('that is lifted leaves the handoff where it stood', () => {
    const story = new Story().wiped().scannedIn().transferred().held().lifted();
    expect([story.gate('itad-handoff'), story.codes('itad-handoff')]).toEqual([
      'in-progress',
      ['receipt-awaited'],
    ]);
    expect(story.certified().gate('itad-handoff')).toBe('satisfied certified:purge');
  });

  test('does not keep a return from being proven', () => {
    expect(new Story().held().scannedIn().gate('return')).toBe('satisfied intake-scan');
  });

  test('of another epoch counts for nothing here', () => {
    const story = new Story().notRequired().approved();
    story.add('hold.placed', { epoch: 2, holdId: 'hold_2', kind: 'legal' });
    expect(story.acts).toEqual(['send-wipe']);
  });

  test('outlasts a review date of a retention', () => {
    const story = new Story()
      .notRequired()
      .routed('legal-retention', iso(T0 + DAY))
      .held()
      .later(2 * DAY);
    expect(story.codes('wipe')).toEqual(['on-hold-legal']);
  });
});

describe('data-handover', () => {
  const required = { dataHandover: { required: true, dueMs: DAY } };

  test('is waited for where the policy requires it, and nothing is wiped before', () => {
    const story = new Story({}, required);
    expect([story.gate('data-handover'), story.codes('data-handover')]).toEqual([
      'waiting',
      ['handover-awaited'],
    ]);
    expect([story.gate('wipe'), story.approves, story.acts]).toEqual(['waiting', false, []]);
    const handed = story.add('handover.done', { epoch: 1, handoverId: 'hand_1', items: [] });
    expect([handed.gate('data-handover'), handed.approves]).toEqual(['satisfied taken-over', true]);
  });

  test('a person’s “not required” is as good, and says so', () => {
    const story = new Story({}, required);
    story.add('handover.not-required', { epoch: 1, basis: 'person', rulesVersion: '1', policyDigest: 'p' });
    expect([story.gate('data-handover'), story.approves]).toEqual(['not-applicable person', true]);
  });

  test('where the policy requires none, that is recorded first', () => {
    const story = new Story();
    expect(story.step('data-handover')).toMatchObject({
      do: 'record',
      records: [{ kind: 'fact', fact: { type: 'handover.not-required', data: { basis: 'policy' } } }],
    });
    expect(story.notRequired().gate('data-handover')).toBe('not-applicable policy');
  });

  test('evidence of a handover stands before any “not required”', () => {
    const story = new Story().notRequired();
    story.add('handover.done', { epoch: 1, handoverId: 'hand_1', items: [] });
    expect(story.gate('data-handover')).toBe('satisfied taken-over');
  });

  test('a hold for it stands against what was said before', () => {
    const story = new Story().notRequired().held('data-handover');
    expect([story.gate('data-handover'), story.codes('data-handover')]).toEqual([
      'held',
      ['on-hold-data-handover'],
    ]);
    expect(story.judgement.gates['data-handover'].status.blockedBy[0]?.owner).toBe('operator');
    // A legal one is about destruction, not about the handover.
    expect(new Story().notRequired().held('legal').gate('data-handover')).toBe('not-applicable policy');
  });

  test('a hold for it on a personal device is waited for too', () => {
    const story = new Story({ ownership: 'personal' }).routed('personal').held('data-handover');
    expect([story.gate('data-handover'), story.acts]).toEqual(['held', []]);
  });
});
