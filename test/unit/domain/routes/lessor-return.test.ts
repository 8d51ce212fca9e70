import { describe, expect, test } from 'vitest';
import { Story } from '../support/story.ts';

const leased = () => new Story({ ownership: 'leased' });
const going = () => leased().routed('lessor-return');

describe('route lessor-return', () => {
  test('wiped, scanned in, the lessor’s receipt for that serial, and the books', () => {
    const story = going().wiped().scannedIn().documented('lessor-receipt').inTheBooks();
    expect(story.gate('wipe')).toBe('satisfied acknowledged');
    expect(story.gate('return')).toBe('satisfied intake-scan');
    expect(story.gate('itad-handoff')).toBe('substituted lessor-receipt');
    expect(story.step('inventory-closure')).toMatchObject({
      records: [{ disposition: 'returned-to-lessor' }],
    });
  });

  test('sent to the lessor directly, the receipt proves the return too', () => {
    const story = going().wiped().documented('lessor-receipt').inTheBooks();
    expect(story.gate('return')).toBe('satisfied direct');
    expect(story.complete).toBe(true);
  });

  test('a bench report proves the wipe', () => {
    expect(going().notRequired().bench().gate('wipe')).toBe('satisfied bench:purge');
  });

  test('the receipt proves no wipe', () => {
    const story = going().notRequired().scannedIn().documented('lessor-receipt');
    expect([story.gate('wipe'), story.gate('itad-handoff'), story.complete]).toEqual([
      'waiting',
      'waiting',
      false,
    ]);
  });

  test('a bill of sale or the vendor’s certificate is no receipt', () => {
    const story = going().wiped().scannedIn().documented('bill-of-sale').transferred().certified();
    expect([story.gate('itad-handoff'), story.codes('itad-handoff')]).toEqual([
      'waiting',
      ['lessor-receipt-awaited'],
    ]);
  });

  test('a leased device is wiped on no other route', () => {
    const story = leased().notRequired();
    expect([story.approves, story.raises]).toEqual([false, ['route-undecided']]);
    for (const to of ['redeploy', 'employee-sale'] as const)
      expect(leased().notRequired().routed(to).approves).toBe(false);
    expect(story.routed('lessor-return').approves).toBe(true);
  });

  test('what binds it to us is let go before its books are closed', () => {
    const release = { activationLock: true, autopilot: true, mdmRecord: true };
    const story = new Story({ ownership: 'leased' }, { release }).routed('lessor-return').wiped().scannedIn();
    expect(story.acts).toEqual([]);
    story.documented('lessor-receipt');
    expect([story.gate('itad-handoff'), story.acts]).toEqual([
      'substituted lessor-receipt',
      ['release-device'],
    ]);
    story.released('autopilot').released('mdm-record');
    expect(story.acts).toEqual(['close-inventory']);
  });
});
