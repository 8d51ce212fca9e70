import { describe, expect, test } from 'vitest';
import { Story } from '../support/story.ts';

const RELEASE = { activationLock: true, autopilot: true, mdmRecord: true };
const going = () => new Story({}, { release: RELEASE }).routed('employee-sale');

describe('route employee-sale', () => {
  test('wiped, let go, sold by a bill, and in the books; nothing comes back', () => {
    const story = going()
      .wiped()
      .documented('bill-of-sale')
      .released('autopilot')
      .released('mdm-record')
      .inTheBooks();
    expect(story.gate('wipe')).toBe('satisfied acknowledged');
    expect(story.gate('return')).toBe('not-applicable route:employee-sale');
    expect(story.gate('itad-handoff')).toBe('substituted bill-of-sale');
    expect(story.step('inventory-closure')).toMatchObject({ records: [{ disposition: 'sold-to-employee' }] });
  });

  test('a bill of sale without the release is no handoff', () => {
    const story = going().wiped().documented('bill-of-sale');
    expect([story.gate('itad-handoff'), story.acts]).toEqual(['in-progress', ['release-device']]);
    story.released('autopilot').released('mdm-record', 'still-held');
    expect([story.gate('itad-handoff'), story.acts]).toEqual(['in-progress', ['release-device']]);
    for (const _ of [2, 3]) story.released('mdm-record', 'still-held');
    expect([story.gate('itad-handoff'), story.raises]).toEqual(['in-progress', ['release-still-held']]);
  });

  test('a release without the bill of sale is none either', () => {
    const story = going().wiped().released('autopilot').released('mdm-record');
    expect([story.gate('itad-handoff'), story.codes('itad-handoff')]).toEqual([
      'waiting',
      ['bill-of-sale-awaited'],
    ]);
    expect(story.documented('lessor-receipt').gate('itad-handoff')).toBe('waiting');
  });

  test('sold is not wiped', () => {
    const story = going().wiping().documented('bill-of-sale').released('autopilot').released('mdm-record');
    expect([story.gate('wipe'), story.gate('itad-handoff'), story.complete]).toEqual([
      'in-progress',
      'waiting',
      false,
    ]);
  });

  test('nothing is let go before the wipe is proven', () => {
    expect(going().wiping().documented('bill-of-sale').acts).toEqual([]);
  });
});
