import { describe, expect, test } from 'vitest';
import { DAY, POLICY, RECORDS } from '../support/history.ts';
import { Story } from '../support/story.ts';

describe('a device that is reported lost', () => {
  test('is locked where its record says it can be, once', () => {
    const story = new Story().notRequired().reportedLost();
    expect(story.acts).toContain('lock-device');
    expect(story.command('lock').acts).not.toContain('lock-device');
    // Reported anew after it had been found: locked anew.
    expect(story.found().reportedLost().acts).toContain('lock-device');
  });

  test('a lock that was declined is not tried again; one without an answer is', () => {
    const story = new Story().notRequired().reportedLost();
    expect(story.command('lock', null).acts).toContain('lock-device');
    story.add('command.declined', { epoch: 1, command: 'lock', reason: 'would-cut-off-wipe' });
    expect(story.acts).not.toContain('lock-device');
  });

  test('waits for nothing: its wipe is approved at once, whatever the timing says', () => {
    const timing = [{ platforms: null, ownerships: null, when: 'on-return', graceMs: 0 }] as const;
    const story = new Story({}, { wipe: { ...POLICY.wipe, timing } }).notRequired();
    expect(story.approves).toBe(false);
    expect(story.reportedLost('stolen').approves).toBe(true);
  });

  test('nobody is chased for it, and no parcel is looked for', () => {
    const story = new Story()
      .wiped()
      .reportedLost()
      .command('lock')
      .later(60 * DAY);
    story.add('return.tracked', {
      epoch: 1,
      trackingCode: 'T',
      status: 'failure',
      occurredAt: story.state.opened.at,
    });
    expect(story.raises).not.toContain('lost-in-transit');
    const step = story.step('return');
    const kinds = step.do === 'record' ? step.records.map(({ kind }) => kind) : [];
    expect(kinds).not.toContain('fact');
  });

  test('the report alone stands for nothing', () => {
    const story = new Story().wiping().reportedLost().command('lock');
    expect([story.gate('wipe'), story.gate('return')]).toEqual(['in-progress', 'waiting']);
  });
});

describe('route lost', () => {
  test('the decision stands for the return, and for a wipe that stays queued', () => {
    const story = new Story().wiping().reportedLost().command('lock').declaredLost().inTheBooks();
    expect(story.gate('wipe')).toBe('substituted lost-decision');
    expect(story.gate('return')).toBe('substituted lost-decision');
    expect(story.gate('itad-handoff')).toBe('not-applicable route:lost');
    expect(story.complete).toBe(true);
    expect(story.step('inventory-closure')).toMatchObject({ records: [{ disposition: 'lost' }] });
    // It stays queued: nobody calls it back.
    expect(story.acts).toEqual([]);
  });

  test('the decision stands for no wipe that was not asked for where one can be', () => {
    const story = new Story().notRequired().reportedLost().command('lock').declaredLost();
    expect([story.gate('wipe'), story.approves]).toEqual(['waiting', true]);
    expect(story.complete).toBe(false);
  });

  test('nor for one that failed', () => {
    const story = new Story().wiping().reportedLost().command('lock').declaredLost().observed('failed');
    expect([story.gate('wipe'), story.raises]).toEqual(['failed', ['wipe-failed']]);
  });

  test('where nothing can be sent it stands for the wipe', () => {
    const records = RECORDS.filter(({ sourceKind }) => sourceKind !== 'mdm');
    const story = new Story({ records }).notRequired().reportedLost().declaredLost();
    expect(story.gate('wipe')).toBe('substituted lost-decision');
  });

  test('an acknowledged wipe is proven as on other routes', () => {
    const story = new Story().wiping().reportedLost().declaredLost().observed('done');
    expect(story.gate('wipe')).toBe('satisfied acknowledged');
  });

  test('the route alone, without the declaration, is nothing', () => {
    const story = new Story().wiping().routed('lost');
    expect([story.gate('wipe'), story.gate('return'), story.codes('return')]).toEqual([
      'in-progress',
      'waiting',
      ['lost-decision-awaited'],
    ]);
  });

  test('found again, it is in custody again and everything is waited for as before', () => {
    const story = new Story().wiping().reportedLost().command('lock').declaredLost().found();
    expect([story.gate('wipe'), story.gate('return'), story.complete]).toEqual([
      'in-progress',
      'waiting',
      false,
    ]);
    expect(story.gate('itad-handoff')).toBe('waiting');
    expect(story.scannedIn().gate('return')).toBe('satisfied intake-scan');
  });

  test('stays bound to us: nothing is let go', () => {
    const release = { activationLock: true, autopilot: true, mdmRecord: true };
    const story = new Story({}, { release }).wiping().reportedLost().command('lock').declaredLost();
    expect(story.acts).toEqual(['close-inventory']);
  });

  test('its data-handover is not waited for, since it can give nothing', () => {
    const dataHandover = { required: true, dueMs: DAY };
    expect(new Story({}, { dataHandover }).reportedLost().gate('data-handover')).toBe('waiting');
    expect(new Story({}, { dataHandover }).reportedLost().declaredLost().gate('data-handover')).toBe(
      'not-applicable route:lost',
    );
  });
});
