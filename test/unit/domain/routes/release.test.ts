import { describe, expect, test } from 'vitest';
import type { Platform } from '../../../../src/domain/platform.ts';
import type { Policy } from '../../../../src/domain/policy.ts';
import { judgeCustody } from '../../../../src/domain/rules/custody.ts';
import { Story } from '../support/story.ts';

const ALL = { activationLock: true, autopilot: true, mdmRecord: true };

function done(platform: Platform, release: Policy['release'] = ALL): Story {
  const story = new Story({ platform }, { release }).wiping().observed('done');
  story.later(24 * 3_600_000).silent();
  return story.scannedIn().transferred().certified();
}

/** As often as the policy wants it read. */
function readUntilGivenUp(story: Story, reading: 'still-held' | 'unreadable'): Story {
  for (let n = 0; n < story.policy.wipe.attempts; n += 1) story.released('mdm-record', reading);
  return story;
}

describe('letting a device go', () => {
  test.each([
    ['windows', 'autopilot'],
    ['macos', 'activation-lock'],
    ['ios', 'activation-lock'],
  ] as const)(
    'on %s takes %s first, and the record last, once nothing is asked through it',
    (platform, first) => {
      const story = done(platform);
      expect(story.codes('inventory-closure')).toEqual(['release-not-read-back']);
      const asks = (step: string) => ({ do: 'act', acts: [{ act: 'release-device', steps: [step] }] });
      expect(story.step('inventory-closure')).toMatchObject(asks(first));
      story.released(first);
      expect(story.step('inventory-closure')).toMatchObject(asks('mdm-record'));
    },
  );

  test('on android takes the record alone', () => {
    expect(done('android').step('inventory-closure')).toMatchObject({ acts: [{ steps: ['mdm-record'] }] });
  });

  test.each([
    [{ ...ALL, autopilot: false }, ['mdm-record']],
    [{ ...ALL, mdmRecord: false }, ['autopilot']],
  ] as const)('takes only what the policy wants: %o', (release, steps) => {
    expect(done('windows', release).step('inventory-closure')).toMatchObject({ acts: [{ steps }] });
  });

  test('takes the maker’s register of Apple devices on its own queue, where the policy wants it', () => {
    const story = done('macos', { ...ALL, enrolment: true });
    const { steps } = judgeCustody(story.state, { ...story.context, enrolment: 'abm' });
    expect(steps['inventory-closure']).toMatchObject({
      acts: [
        { act: 'release-device', connector: 'mdm', steps: ['activation-lock'] },
        { act: 'release-device', connector: 'abm', steps: ['enrolment'] },
      ],
    });
    story.released('activation-lock');
    // Nobody is connected: the device manager's queue says so, and that is read too.
    expect(story.step('inventory-closure')).toMatchObject({
      acts: [{ connector: 'mdm', steps: ['enrolment'] }],
    });
    story.released('enrolment', 'still-held');
    expect(story.codes('inventory-closure')).toEqual(['release-not-read-back']);
    story.released('enrolment', 'not-applicable');
    expect(story.step('inventory-closure')).toMatchObject({ acts: [{ steps: ['mdm-record'] }] });
    expect(done('windows', { ...ALL, enrolment: true }).step('inventory-closure')).toMatchObject({
      acts: [{ steps: ['autopilot'] }],
    });
  });

  test('that the policy does not want leaves the books to be closed', () => {
    const none = { activationLock: false, autopilot: false, mdmRecord: false };
    expect(done('macos', none).acts).toEqual(['close-inventory']);
    expect(done('macos', { ...none, autopilot: true }).acts).toEqual(['close-inventory']);
  });

  test.each(['released', 'not-applicable'] as const)('a step that reads %s is done', (reading) => {
    const story = done('windows').released('autopilot', reading);
    expect(story.step('inventory-closure')).toMatchObject({ acts: [{ steps: ['mdm-record'] }] });
    expect(story.released('mdm-record', reading).acts).toEqual(['close-inventory']);
  });

  test.each(['still-held', 'unreadable'] as const)(
    'a step that reads %s is read again for a while, then somebody’s to look at, then read again',
    (reading) => {
      const story = done('windows').released('autopilot').released('mdm-record', reading);
      expect([story.raises, story.acts]).toEqual([[], ['release-device']]);
      readUntilGivenUp(story, reading);
      expect([story.raises, story.acts]).toEqual([['release-still-held'], []]);
      story.raised('release-still-held', 'inventory-closure');
      expect([story.raises, story.acts]).toEqual([[], []]);
      expect(story.decided('retry').step('inventory-closure')).toMatchObject({
        acts: [{ steps: ['mdm-record'] }],
      });
      readUntilGivenUp(story.released('mdm-record', reading), reading);
      expect(story.raises).toEqual(['release-still-held']);
    },
  );

  test('readings keep the policy’s pause', () => {
    const story = done('windows').released('autopilot').released('mdm-record', 'still-held');
    const last = Date.parse(story.state.releases.at(-1)?.at ?? '');
    const again = last + story.policy.wipe.retryMs;
    story.now = again - 1;
    expect(story.step('inventory-closure')).toEqual({ do: 'wait', until: again });
    story.now = again;
    expect(story.acts).toEqual(['release-device']);
  });

  test('somebody who let it go by hand says so, and it is asked for no more', () => {
    const story = readUntilGivenUp(done('windows').released('autopilot'), 'still-held');
    story.raised('release-still-held', 'inventory-closure').decided('let-go');
    expect(story.acts).toEqual(['close-inventory']);
  });

  test('one step read is not all of them', () => {
    const story = done('windows').released('autopilot', 'still-held');
    expect(story.acts).toEqual(['release-device']);
  });

  test('comes only after the handoff is certified', () => {
    const story = new Story({}, { release: ALL }).wiped().scannedIn().transferred();
    expect(story.acts).toEqual([]);
  });

  test('of a device that no device manager knows is nothing', () => {
    const records = new Story().state.opened.data.records.filter(({ sourceKind }) => sourceKind !== 'mdm');
    const story = new Story({ records }, { release: ALL })
      .notRequired()
      .delegated()
      .scannedIn()
      .transferred()
      .certified();
    expect(story.acts).toEqual(['close-inventory']);
  });

  test('comes after a vendor’s sanitisation only with its certificate', () => {
    const story = new Story({}, { release: ALL }).notRequired().delegated().scannedIn().transferred();
    expect(story.acts).toEqual([]);
    expect(story.certified().acts).toEqual(['release-device']);
  });
});
