import { describe, expect, test } from 'vitest';
import { closureOf } from '../../../../src/activities/closure-terms.ts';
import { deadlinesOf } from '../../../../src/domain/deadlines.ts';
import type { Downstream, VendorOutcome } from '../../../../src/domain/vendor-lines.ts';
import { DAY } from '../support/history.ts';
import { Story } from '../support/story.ts';

const back = () => new Story().wiped().scannedIn();

describe('route dispose', () => {
  test('acknowledged, scanned in, transferred and certified, in the books: each gate by its own proof', () => {
    const story = back().transferred().certified().inTheBooks();
    expect(story.gate('wipe')).toBe('satisfied acknowledged');
    expect(story.gate('return')).toBe('satisfied intake-scan');
    expect(story.gate('itad-handoff')).toBe('satisfied certified:purge');
    expect(story.gate('inventory-closure')).toBe('satisfied read-back');
    expect(story.complete).toBe(true);
    expect(story.step('inventory-closure')).toMatchObject({
      records: [{ kind: 'close-custody', disposition: 'sanitised' }],
    });
  });

  test('a certificate of destruction makes it destroyed', () => {
    const story = back().transferred().certified({ level: 'destroy' }).inTheBooks();
    expect(story.step('inventory-closure')).toMatchObject({ records: [{ disposition: 'destroyed' }] });
  });

  test('an accepted command is no wipe', () => {
    const story = new Story().wiping().scannedIn().transferred().certified().inTheBooks();
    expect([story.gate('wipe'), story.codes('wipe'), story.complete]).toEqual([
      'in-progress',
      ['wipe-accepted'],
      false,
    ]);
  });

  test.each(['delivered', 'in_transit'])('the carrier’s “%s” is no return', (status) => {
    const story = new Story().wiped();
    story.add('return.tracked', { epoch: 1, trackingCode: 'T1', status, occurredAt: story.state.opened.at });
    expect(story.gate('return')).toBe('in-progress');
    expect(story.complete).toBe(false);
  });

  test('a certificate without a transfer is no handoff, nor is a transfer without a certificate', () => {
    expect(back().certified().gate('itad-handoff')).toBe('waiting');
    const story = back().transferred();
    expect([story.gate('itad-handoff'), story.codes('itad-handoff')]).toEqual([
      'in-progress',
      ['receipt-awaited'],
    ]);
  });

  test.each([
    { level: 'clear' },
    { outcome: 'not-erased' },
    { outcome: 'erased-with-exceptions' },
    { status: 'draft' },
    { status: 'expired' },
  ] as const)('a certificate with %o is shown to somebody and counts for nothing', (change) => {
    const story = back().transferred().certified(change);
    expect(story.gate('itad-handoff')).toBe('in-progress');
    expect(story.raises).toEqual(['certificate-insufficient']);
    // One exception for all that came before it, and another for what comes after.
    story.raised('certificate-insufficient', 'itad-handoff');
    expect(story.raises).toEqual([]);
    expect(story.decided('retry').raises).toEqual([]);
    expect(story.certified(change).raises).toEqual(['certificate-insufficient']);
    expect(story.certified().gate('itad-handoff')).toBe('satisfied certified:purge');
  });

  test('the grade that the policy asks for is the least that counts', () => {
    const strict = (level: 'purge' | 'destroy') =>
      new Story({}, { handoff: { ...back().policy.handoff, minimumGrade: 'destroy' } })
        .wiped()
        .scannedIn()
        .transferred()
        .certified({ level })
        .gate('itad-handoff');
    expect([strict('purge'), strict('destroy')]).toEqual(['in-progress', 'satisfied certified:destroy']);
  });

  test('our own write into the books is no closure, and a read-back that differs fails it', () => {
    const story = back().transferred().certified();
    story.add('closure.written', {
      epoch: 1,
      connector: 'books',
      externalId: 'asset-1',
      reference: 'cert-1',
    });
    expect([story.gate('inventory-closure'), story.acts]).toEqual(['in-progress', ['close-inventory']]);
    story.inTheBooks(false);
    expect([story.gate('inventory-closure'), story.raises]).toEqual(['failed', ['inventory-mismatch']]);
    story.raised('inventory-mismatch', 'inventory-closure');
    expect([story.raises, story.acts]).toEqual([[], []]);
    expect(story.decided('retry').acts).toEqual(['close-inventory']);
    expect(story.inTheBooks().complete).toBe(true);
  });

  test('nothing is asked of the books before the handoff, nor of the vendor before wipe and return', () => {
    expect(back().transferred().acts).toEqual([]);
    expect(new Story().wiped().transferred().certified().gate('itad-handoff')).toBe('waiting');
    expect(new Story().scannedIn().transferred().certified().gate('itad-handoff')).toBe('waiting');
  });

  test('each step of the way to the vendor has its own owner', () => {
    const story = back();
    const owner = () => story.judgement.gates['itad-handoff'].status.blockedBy[0];
    expect(owner()).toMatchObject({ code: 'not-on-a-pickup', owner: 'asset-manager' });
    const pickup = { epoch: 1, pickupId: 'pick_one' } as const;
    story.add('handoff.manifested', { ...pickup, line: 1 });
    expect(owner()).toMatchObject({ code: 'pickup-not-confirmed', owner: 'dock' });
    story.add('handoff.transferred', { ...pickup, confirmedBy: 'token:dock' });
    expect(owner()).toMatchObject({ code: 'dock-scan-awaited', owner: 'dock' });
    story.add('handoff.scanned', { ...pickup, by: 'dock', scannedAt: story.state.opened.at });
    expect(owner()).toMatchObject({ code: 'vendor-scan-awaited', owner: 'itad-vendor' });
    expect(story.certified().gate('itad-handoff')).toBe('in-progress');
    story.add('handoff.scanned', { ...pickup, by: 'vendor', scannedAt: story.state.opened.at });
    expect(story.gate('itad-handoff')).toBe('satisfied certified:purge');
  });
});

describe("the vendor's disposition report", () => {
  const report = (story: Story, outcome: VendorOutcome, downstream: Downstream = 'unknown') =>
    story.add('handoff.disposed', {
      epoch: 1,
      pickupId: 'pick_one',
      outcome,
      downstream,
      processedAt: story.state.opened.at,
      documentDigest: 'c'.repeat(64),
    });
  const waits = () =>
    new Story({}, { closure: { dueMs: 5 * DAY, dispositionDueMs: 20 * DAY } })
      .wiped()
      .scannedIn()
      .transferred()
      .certified();

  test.each([
    ['sanitised', 'sold-domestic', 'sold-domestic'],
    ['sanitised', 'exported', 'exported'],
    ['sanitised', 'recycled', 'recycled'],
    ['sanitised', 'unknown', 'sanitised'],
    ['destroyed', 'recycled', 'destroyed'],
    ['not-processed', 'unknown', undefined],
  ] as const)('%s, %s: the books get %s', (outcome, downstream, word) => {
    const story = report(back().transferred().certified(), outcome, downstream);
    expect(closureOf(story.state, story.policy).disposition).toBe(word);
  });

  test.each([
    ['destroyed', 'recycled', 'destroyed'],
    ['sanitised', 'exported', 'sanitised'],
  ] as const)(
    '%s, %s: closed as %s, whatever the certificate proves at least',
    (outcome, downstream, end) => {
      const story = report(back().transferred().certified(), outcome, downstream).inTheBooks();
      expect(story.step('inventory-closure')).toMatchObject({
        records: [{ kind: 'close-custody', disposition: end }],
      });
    },
  );

  test('or not: the closure counts from the certificate', () => {
    const story = back()
      .later(9 * DAY)
      .transferred()
      .certified();
    const { gates } = story.judgement;
    expect(gates['inventory-closure'].status.since).toBe(gates['itad-handoff'].status.since);
  });

  test('is waited for by nobody unless the policy says so', () => {
    const story = back().transferred().certified();
    expect(story.acts).toEqual(['close-inventory']);
    expect(closureOf(story.state, story.policy)).not.toHaveProperty('disposition');
  });

  test('is waited for by policy: parked until its deadline, then the vendor is late; the closure counts from it', () => {
    const story = waits();
    const block = () => story.judgement.gates['inventory-closure'].status.blockedBy[0];
    expect(story.acts).toEqual([]);
    expect(block()).toMatchObject({ code: 'disposition-awaited', owner: 'itad-vendor', parked: true });
    const since = story.judgement.gates['itad-handoff'].status.since;
    const deadlines = () => deadlinesOf(story.state, since, since, story.policy);
    expect(
      deadlines()
        .map(({ trigger, doneAt }) => [trigger, doneAt])
        .at(-1),
    ).toEqual(['disposed', null]);
    story.later(21 * DAY);
    expect(block()).toMatchObject({ code: 'disposition-awaited', parked: false });
    report(story, 'sanitised', 'exported');
    expect([story.acts, story.codes('inventory-closure')]).toEqual([
      ['close-inventory'],
      ['closure-not-read-back'],
    ]);
    const reportedAt = story.state.disposed?.at;
    expect(deadlines().at(-1)).toMatchObject({ trigger: 'closed', startedAt: reportedAt, owner: 'handback' });
    expect(deadlines().at(-2)).toMatchObject({ trigger: 'disposed', doneAt: reportedAt });
    expect(story.inTheBooks().complete).toBe(true);
  });

  test('that says nothing was done with what is certified is shown to somebody, once', () => {
    for (const story of [back().transferred().certified(), waits()]) {
      report(story, 'not-processed');
      expect(story.raises).toEqual(['disposition-not-processed']);
      story.raised('disposition-not-processed', 'inventory-closure');
      expect([story.raises, story.acts]).toEqual([[], []]);
    }
    const decided = report(back().transferred().certified(), 'not-processed');
    decided.raised('disposition-not-processed', 'inventory-closure');
    expect(decided.decided('retry').acts).toEqual(['close-inventory']);
  });
});

describe('an inventory that does not have the device', () => {
  const missing = (story: Story) =>
    story.add('closure.not-found', { epoch: 1, connector: 'books', askedAt: story.state.opened.at });

  test('is an exception, and asked again once that is decided', () => {
    const story = missing(back().transferred().certified());
    expect(story.raises).toEqual(['not-in-inventory']);
    story.raised('not-in-inventory', 'inventory-closure');
    expect([story.raises, story.acts]).toEqual([[], []]);
    expect(story.decided('recorded').acts).toEqual(['close-inventory']);
    // Missing again is a new riddle.
    expect(missing(story).raises).toEqual(['not-in-inventory']);
  });

  test('that was decided as an unrecorded device already is not asked about twice', () => {
    const story = missing(back().transferred().certified());
    story.raised('unrecorded-device', 'inventory-closure').decided('recorded');
    expect(story.acts).toEqual(['close-inventory']);
  });

  test('and no inventory at all leaves it to somebody', () => {
    const story = new Story({ records: [] }).bench().notRequired().scannedIn().transferred().certified();
    const { state, context } = story;
    expect(story.acts).toEqual(['close-inventory']);
    expect(state.opened.data.records).toEqual([]);
    expect(context.inventory).toBe('books');
  });
});
