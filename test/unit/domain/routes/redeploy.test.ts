import { describe, expect, test } from 'vitest';
import { Story } from '../support/story.ts';

const going = () => new Story().routed('redeploy');

describe('route redeploy', () => {
  test('acknowledged and seen at the set-up screen, scanned in and inspected, and no vendor', () => {
    const story = going().wiped().scannedIn().inspected(true).inTheBooks();
    expect(story.gate('wipe')).toBe('satisfied confirmed');
    expect(story.gate('return')).toBe('satisfied intake-scan+inspection');
    expect(story.gate('itad-handoff')).toBe('not-applicable route:redeploy');
    expect(story.gate('inventory-closure')).toBe('satisfied read-back');
    expect(story.step('inventory-closure')).toMatchObject({ records: [{ disposition: 'redeployed' }] });
  });

  test('the device manager’s word alone does not suffice for what the next person is given', () => {
    const story = going().wiped().scannedIn();
    expect([story.gate('wipe'), story.codes('wipe')]).toEqual(['in-progress', ['set-up-screen-awaited']]);
    expect(story.inspected(false).gate('wipe')).toBe('in-progress');
    expect(story.inspected(true).gate('wipe')).toBe('satisfied confirmed');
  });

  test('a set-up screen that was seen before the command was sent proves nothing', () => {
    const story = going().inspected(true).wiped().scannedIn();
    expect(story.gate('wipe')).toBe('in-progress');
  });

  test('a bench report stands for both', () => {
    expect(going().notRequired().bench().gate('wipe')).toBe('satisfied bench:purge');
  });

  test('a scan without a look at the device is no return, nor is a look before the scan', () => {
    const story = going().wiped().inspected(false).scannedIn();
    expect([story.gate('return'), story.codes('return')]).toEqual(['waiting', ['inspection-awaited']]);
    expect(story.inspected(false).gate('return')).toBe('satisfied intake-scan+inspection');
  });

  test('the documents of other routes count for nothing', () => {
    const story = going()
      .wiped()
      .documented('bill-of-sale')
      .documented('lessor-receipt')
      .certified()
      .transferred();
    expect([story.gate('return'), story.gate('wipe')]).toEqual(['waiting', 'in-progress']);
  });

  test('nothing is let go: it stays ours', () => {
    const release = { activationLock: true, autopilot: true, mdmRecord: true };
    const story = new Story({}, { release }).routed('redeploy').wiped().scannedIn().inspected(true);
    expect(story.acts).toEqual(['close-inventory']);
  });

  test('a decision that the vendor is to sanitise it counts only on its way to the vendor', () => {
    const story = new Story().notRequired().delegated().routed('redeploy');
    expect(story.approves).toBe(true);
    expect(story.certified().gate('wipe')).toBe('waiting');
  });
});
