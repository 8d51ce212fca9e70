/** Which labels are given back, and why: only those under which nothing has moved and nothing may still come home. */
import { describe, expect, test } from 'vitest';
import type { FactData } from '../../../../src/domain/fact-types.ts';
import { isGivenBack, nextBox, nextLabel } from '../../../../src/domain/return-labels.ts';
import { judgeCustody } from '../../../../src/domain/rules/custody.ts';
import { REFUND_WITHIN_MS, refundDue } from '../../../../src/domain/rules/label-refunds.ts';
import { contextAt, DAY, HOUR, iso, JUDGED } from '../support/history.ts';
import { Story } from '../support/story.ts';

const LABEL = { epoch: 1, intentId: 'int_l', connector: 'post', trackingCode: 'T1' } as const;
const BOX = { epoch: 1, intentId: 'int_b', connector: 'post', trackingCode: 'B1' } as const;
const SECOND = { ...LABEL, intentId: 'int_l2', trackingCode: 'T2', number: 2 } as const;
/** Begun, and answered unless it is not known. */
const refund =
  (outcome: 'asked' | 'refused' | null, of: typeof LABEL | typeof BOX = LABEL) =>
  (story: Story): Story => {
    story.add('return.label-refund-intended', { ...JUDGED, ...of, why: 'no-return' });
    return outcome === null ? story : story.add('return.label-refund-asked', { ...of, outcome });
  };

/** A label and the box that it lies in were bought, an hour before whatever is told next. */
function boxed(): Story {
  return new Story().add('return.label-bought', LABEL).add('return.box-sent', BOX).later(HOUR);
}

const said =
  (status: string, code = 'T1') =>
  (story: Story): Story =>
    story.add(code === 'B1' ? 'return.box-tracked' : 'return.tracked', {
      epoch: 1,
      trackingCode: code,
      status,
      occurredAt: iso(story.now),
    });
const scanned =
  (more: Partial<FactData['return.scanned']> = {}) =>
  (story: Story): Story =>
    story.add('return.scanned', { epoch: 1, scanId: 's', site: 'hq', condition: 'good', ...more });
const dropped = (story: Story) =>
  story.add('return.dropped-off', { epoch: 1, receiptId: 'rcpt_1', site: 'hq' });
const cancelled = (story: Story) =>
  story.add('custody.cancelled', { epoch: 1, caseId: 'case_1', reason: 'rehired' });
const receipted = (story: Story) =>
  story.add('substitute.recorded', {
    epoch: 1,
    documentDigest: 'd',
    kind: 'lessor-receipt',
    reference: 'r',
    date: '2026-03-01',
  });
const wrongUnit = (story: Story) =>
  story.add('return.wrong-unit', {
    epoch: 1,
    scanId: 's',
    trackingCode: 'T1',
    foundSerial: 'OTHER01',
    foundDeviceId: null,
  });
const second = (story: Story) => story.add('return.label-bought', SECOND).later(HOUR);

/** Of every purchase, in their order: why it is to be given back now. */
function due(...told: readonly ((story: Story) => Story)[]) {
  const story = told.reduce((before, tell) => tell(before), boxed());
  return story.state.purchases.map((bought) => refundDue(story.state, bought, story.now));
}

describe('a label and its box are given back', () => {
  test.each([
    ['scanned in by hand', [scanned()], 'scanned-in'],
    ['scanned in out of the parcel of another device', [scanned({ parcelOf: 'dev_other' })], 'scanned-in'],
    ['handed in at an office', [dropped], 'dropped-off'],
    ['cancelled', [cancelled], 'cancelled'],
    ['sold', [(story: Story) => story.routed('employee-sale')], 'no-return'],
    ['personal', [(story: Story) => story.routed('personal')], 'no-return'],
    ['declared lost by two people', [(story: Story) => story.declaredLost()], 'no-return'],
    ['received by the lessor', [(story: Story) => story.routed('lessor-return'), receipted], 'no-return'],
    ['back, and the carrier knows of a label only', [said('pre_transit'), scanned()], 'scanned-in'],
    ['back, and the carrier knows nothing', [said('unknown'), scanned()], 'scanned-in'],
  ] as const)('of a device that is %s', (_what, told, why) => {
    expect(due(...told)).toEqual([why, why]);
  });

  test('when another label took its place and its own parcel never moved', () => {
    expect(due(second)).toEqual(['replaced', 'replaced', null]);
  });
});

describe('nothing is given back', () => {
  test.each([
    ['that may still be the way home', []],
    ['of a device that is only reported lost', [(story: Story) => story.reportedLost()]],
    [
      'of a device that is kept for its data, which comes back first',
      [(story: Story) => story.routed('legal-retention')],
    ],
    ['of a device that the lessor may get from the depot', [(story: Story) => story.routed('lessor-return')]],
    ['of a device whose return was waived: that ends some day', [(story: Story) => story.waived('return')]],
    ['whose parcel held another unit', [wrongUnit]],
    ['whose parcel held another unit, and another label followed', [wrongUnit, second]],
    ['that the unit came under', [scanned({ trackingCode: 'T1' })]],
    ...['in_transit', 'delivered', 'return_to_sender', 'failure', 'cancelled', 'error'].map(
      (status) => [`whose parcel is ${status}`, [said(status), scanned()]] as const,
    ),
    ['whose parcel moved once, whatever is said later', [said('in_transit'), said('unknown'), cancelled]],
  ] as const)('%s', (_what, told) => {
    expect(due(...told).slice(0, 2)).toEqual([null, null]);
  });

  test('of a box that is under way, while its label is', () => {
    expect(due(said('in_transit', 'B1'), cancelled)).toEqual(['cancelled', null]);
  });

  test('sooner than an hour or later than any carrier takes it', () => {
    const story = cancelled(new Story().add('return.label-bought', LABEL));
    const [bought] = story.state.purchases;
    if (bought === undefined) throw new Error('nothing was bought');
    const at = Date.parse(bought.at);
    const ask = (ms: number) => refundDue(story.state, bought, at + ms);
    expect([ask(HOUR - 1), ask(HOUR), ask(REFUND_WITHIN_MS), ask(REFUND_WITHIN_MS + 1)]).toEqual([
      null,
      'cancelled',
      'cancelled',
      null,
    ]);
    expect(REFUND_WITHIN_MS).toBe(90 * DAY);
  });

  test.each(['asked', 'refused'] as const)('twice, after it was %s', (outcome) => {
    expect(due(cancelled, refund(outcome))).toEqual([null, 'cancelled']);
  });

  test('that nobody knows to be bought', () => {
    const story = cancelled(
      new Story().add('return.label-unknown', { epoch: 1, intentId: 'int_l', connector: 'post' }),
    );
    expect(story.state.purchases).toEqual([]);
  });
});

describe('a device that is to come back after all', () => {
  const gone = (outcome: 'asked' | 'refused' | null, of: typeof LABEL | typeof BOX = LABEL) =>
    refund(outcome, of)(boxed().routed('employee-sale')).routed('dispose');

  test('gets another label, with its box, and the void one does not count', () => {
    const story = gone('asked');
    expect([isGivenBack(story.state, 1), nextLabel(story.state, 1), nextBox(story.state)]).toEqual([
      true,
      2,
      null,
    ]);
    const { policy, now } = story;
    expect(judgeCustody(story.state, contextAt(now, { policy, carrier: 'post' })).steps.return).toEqual({
      do: 'act',
      acts: [{ act: 'make-label', connector: 'post' }],
    });
    story.add('return.label-bought', SECOND);
    expect([isGivenBack(story.state, 2), nextLabel(story.state, 1), nextBox(story.state)]).toEqual([
      false,
      null,
      2,
    ]);
  });

  test('gets another label where the box that held it was given back', () => {
    expect(nextLabel(gone('asked', BOX).state, 1)).toBe(2);
  });

  test('keeps no label whose giving back was begun: it is ended, and no other is bought before', () => {
    const { state, now } = gone(null);
    expect(state.purchases.map((bought) => refundDue(state, bought, now))).toEqual(['no-return', null]);
    expect(nextLabel(state, 1)).toBeNull();
  });

  test('keeps one that was begun to be given back and under which something moves by now', () => {
    const { state, now } = said('in_transit')(gone(null));
    expect(state.purchases.map((bought) => refundDue(state, bought, now))).toEqual([null, null]);
  });

  test('uses the label that it has where its carrier gave nothing back', () => {
    expect(nextLabel(gone('refused').state, 1)).toBeNull();
  });

  test('gets no more labels than the policy allows where they were used up', () => {
    const story = wrongUnit(gone('asked').add('return.label-bought', SECOND)).add('return.wrong-unit', {
      epoch: 1,
      scanId: 's2',
      trackingCode: 'T2',
      foundSerial: 'OTHER02',
      foundDeviceId: null,
    });
    expect([nextLabel(story.state, 1), nextLabel(story.state, 2)]).toEqual([null, 3]);
  });
});
