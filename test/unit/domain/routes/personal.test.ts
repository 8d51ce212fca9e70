import { describe, expect, test } from 'vitest';
import { judgeCustody } from '../../../../src/domain/rules/custody.ts';
import { contextAt, RECORDS } from '../support/history.ts';
import { Story } from '../support/story.ts';

const phone = () => new Story({ ownership: 'personal', platform: 'ios' });
const going = () => phone().routed('personal');

describe('route personal', () => {
  test('the organisation’s data is retired, the record removed, and that is all', () => {
    const story = going().command('retire').commandSeen('done').released('mdm-record');
    expect(story.gate('wipe')).toBe('satisfied retired');
    expect(story.gate('return')).toBe('not-applicable route:personal');
    expect(story.gate('itad-handoff')).toBe('not-applicable route:personal');
    expect(story.gate('data-handover')).toBe('not-applicable route:personal');
    expect(story.gate('inventory-closure')).toBe('satisfied mdm-record-removed');
    expect(story.step('inventory-closure')).toMatchObject({ records: [{ disposition: 'retained' }] });
  });

  test('nobody is asked to send in what is their own, also before two people have decided so', () => {
    const withCarrier = ({ state, now }: Story) =>
      judgeCustody(state, contextAt(now, { carrier: 'easypost' })).steps.return;
    expect(withCarrier(new Story().notRequired())).toMatchObject({ acts: [{ act: 'make-label' }] });
    expect(withCarrier(phone().notRequired())).toMatchObject({ do: 'wait' });
  });

  test('is never approved for a wipe, and nothing else is sent, on this route or before it', () => {
    expect([phone().notRequired().approves, phone().notRequired().raises]).toEqual([
      false,
      ['device-not-corporate'],
    ]);
    const story = going();
    expect([story.approves, story.acts]).toEqual([false, ['send-retire']]);
  });

  test('an approval that was there before sends nothing', () => {
    expect(phone().notRequired().approved().routed('personal').acts).toEqual(['send-retire']);
  });

  test('an accepted retire is not yet seen done', () => {
    const story = going().command('retire');
    expect([story.gate('wipe'), story.codes('wipe'), story.acts]).toEqual([
      'in-progress',
      ['retire-not-seen'],
      [],
    ]);
  });

  test('a record that is gone after an accepted retire is its documented end', () => {
    expect(going().command('retire').commandSeen('record-gone').gate('wipe')).toBe('satisfied retired');
  });

  test('a claim without an answer is read back under the same attempt', () => {
    const story = going().command('retire', null);
    expect(story.step('wipe')).toMatchObject({ acts: [{ act: 'send-retire', attempt: 1 }] });
  });

  test.each(['failed', 'not-supported', 'cancelled'] as const)(
    'a retire that ended %s is somebody’s to decide, and sent again only then',
    (state) => {
      const story = going().command('retire').commandSeen(state);
      expect([story.raises, story.acts]).toEqual([['retire-failed'], []]);
      story.raised('retire-failed', 'wipe');
      expect([story.raises, story.acts]).toEqual([[], []]);
      story.decided('retry');
      expect(story.step('wipe')).toMatchObject({ acts: [{ act: 'send-retire', attempt: 2 }] });
      expect(story.command('retire').commandSeen('done').gate('wipe')).toBe('satisfied retired');
    },
  );

  test('one that the vendor did not take is somebody’s to decide too', () => {
    expect(going().command('retire', 'not-accepted').raises).toEqual(['retire-failed']);
    expect(going().command('retire', 'unknown').raises).toEqual([]);
  });

  test.each([
    [['limit-reached'], 'decision wipe-limit-reached'],
    [['kill-switch', 'limit-reached'], 'decision kill-switch-on'],
    [['holds-unreadable'], 'source holds-unreadable'],
  ])('one that is held by %j waits, and goes on under the same decision once it is freed', (codes, block) => {
    const data = { epoch: 1, command: 'retire', attempt: 1, decisionId: 'dcn_personal', codes } as const;
    const story = going().add('command.held', data);
    const blocks = story.judgement.gates.wipe.status.blockedBy.map(({ kind, code }) => `${kind} ${code}`);
    expect([story.gate('wipe'), blocks, story.acts]).toEqual(['held', [block], []]);
    story.add('command.freed', { epoch: 1, command: 'retire', by: 'token:duty' });
    expect(story.step('wipe')).toMatchObject({ acts: [{ act: 'send-retire', attempt: 1 }] });
  });

  test('unmanaged, there is nothing of ours on it to take away', () => {
    const records = RECORDS.filter(({ sourceKind }) => sourceKind !== 'mdm');
    const story = new Story({ ownership: 'personal', records }).routed('personal');
    expect(story.gate('wipe')).toBe('not-applicable unmanaged');
    expect(story.gate('inventory-closure')).toBe('not-applicable unmanaged');
    expect(story.complete).toBe(true);
  });

  test('its record is removed whatever else the policy lets go', () => {
    const release = { activationLock: false, autopilot: false, mdmRecord: false };
    const story = new Story({ ownership: 'personal' }, { release }).routed('personal');
    story.command('retire').commandSeen('done');
    expect([story.gate('inventory-closure'), story.complete]).toEqual(['in-progress', false]);
    expect(story.step('inventory-closure')).toMatchObject({
      acts: [{ act: 'release-device', steps: ['mdm-record'] }],
    });
    expect(story.released('mdm-record').complete).toBe(true);
  });

  test('its record is not removed before the retire is seen done', () => {
    const story = going().command('retire');
    expect([story.gate('inventory-closure'), story.acts]).toEqual(['waiting', []]);
  });

  test('a bench report or a lock is no retire', () => {
    expect(going().bench().gate('wipe')).toBe('waiting');
    expect(going().command('lock').commandSeen('done').gate('wipe')).toBe('waiting');
  });

  test('on hold nothing is taken away from it, and that is what it says', () => {
    const story = going().held();
    expect([story.gate('wipe'), story.codes('wipe'), story.acts]).toEqual(['held', ['on-hold-legal'], []]);
    expect(story.lifted().acts).toEqual(['send-retire']);
  });
});
