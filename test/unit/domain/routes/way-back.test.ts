/** The way back: whose move it is by the carrier's word, what is bought, what counts as lost, and that only a scan proves it. */
import { describe, expect, test } from 'vitest';
import { judgeCustody } from '../../../../src/domain/rules/custody.ts';
import type { RuleContext } from '../../../../src/domain/judgement.ts';
import { returnMeansIn } from '../../../../src/domain/return-means.ts';
import { contextAt, DAY, HOUR, iso, POLICY } from '../support/history.ts';
import { Story } from '../support/story.ts';

/** Without ladders: what is escalated comes before anything else, and is tested elsewhere. */
function told(): Story {
  return new Story({}, { escalation: { ...POLICY.escalation, return: [], wipe: [], exception: [] } });
}

const LABEL = { epoch: 1, intentId: 'int_l', connector: 'post', trackingCode: 'T1' } as const;
const BOX = { epoch: 1, intentId: 'int_b', connector: 'post', trackingCode: 'B1' } as const;

function step(story: Story, context: Partial<RuleContext> = {}) {
  const { policy, now, state } = story;
  return judgeCustody(state, contextAt(now, { policy, ...context })).steps.return;
}

function blocks(story: Story) {
  const { policy, now, state } = story;
  return judgeCustody(state, contextAt(now, { policy })).gates.return.status.blockedBy.map(
    ({ code, owner }) => `${code} ${owner}`,
  );
}

function tracked(
  story: Story,
  status: string,
  type: 'return.tracked' | 'return.box-tracked' = 'return.tracked',
) {
  const trackingCode = type === 'return.tracked' ? LABEL.trackingCode : BOX.trackingCode;
  return story.add(type, { epoch: 1, trackingCode, status, occurredAt: iso(story.now) });
}

describe('whose move it is', () => {
  test.each([
    ['pre_transit', 'return-awaited leaver'],
    ['in_transit', 'in-transit carrier'],
    ['available_for_pickup', 'parcel-to-collect dock'],
    ['delivered', 'intake-scan-awaited dock'],
    ['return_to_sender', 'parcel-went-wrong asset-manager'],
  ])('of a parcel that is %s: %s', (status, block) => {
    expect(blocks(tracked(told(), status))).toEqual([block]);
  });

  test('an older word that comes later changes nothing, nor does the same word again', () => {
    const story = tracked(told(), 'delivered');
    const before = story.state.tracked?.data.occurredAt ?? '';
    story.add('return.tracked', {
      epoch: 1,
      trackingCode: 'T1',
      status: 'in_transit',
      occurredAt: iso(Date.parse(before) - DAY),
    });
    expect(blocks(story)).toEqual(['intake-scan-awaited dock']);
  });

  test('what was handed in at an office waits for the dock, and is no return', () => {
    const story = told().add('return.dropped-off', { epoch: 1, receiptId: 'rcpt_1', site: 'hq' });
    expect([story.gate('return'), blocks(story)]).toEqual(['in-progress', ['intake-scan-awaited dock']]);
    expect(story.scannedIn().gate('return')).toBe('satisfied intake-scan');
  });

  test('a parcel that held another unit is the leaver’s move again', () => {
    const story = tracked(told(), 'delivered').add('return.wrong-unit', {
      epoch: 1,
      scanId: 's',
      trackingCode: 'T1',
      foundSerial: 'OTHER01',
      foundDeviceId: null,
    });
    expect(blocks(story)).toEqual(['return-awaited leaver']);
    expect(story.later(400 * DAY).raises).not.toContain('lost-in-transit');
  });
});

describe('chasers', () => {
  const chased = (story: Story) => {
    const next = step(story.later(6 * DAY));
    return next.do === 'record' && next.records.some((one) => one.kind === 'fact');
  };

  test('go to a leaver who has not sent it, also with a label in hand', () => {
    expect(chased(tracked(told(), 'pre_transit'))).toBe(true);
  });

  test.each(['in_transit', 'delivered'])('do not go out while the parcel is %s', (status) => {
    expect(chased(tracked(told(), status))).toBe(false);
  });

  test('do not go out after it was handed in, nor before the empty box has come', () => {
    const dropped = told().add('return.dropped-off', { epoch: 1, receiptId: 'rcpt_1', site: 'hq' });
    expect(chased(dropped)).toBe(false);
    const boxed = told().add('return.label-bought', LABEL).add('return.box-sent', BOX);
    expect(chased(tracked(boxed, 'in_transit', 'return.box-tracked'))).toBe(false);
    expect(chased(tracked(boxed, 'delivered', 'return.box-tracked'))).toBe(true);
  });
});

describe('labels and boxes', () => {
  const act = { do: 'act', acts: [{ act: 'make-label', connector: 'post' }] };

  test('a label is asked for once, and a box after it where the policy says so', () => {
    const story = told();
    expect(step(story, { carrier: 'post' })).toEqual(act);
    story.add('return.label-bought', LABEL);
    expect(step(story, { carrier: 'post' })).not.toEqual(act);
    expect(step(story, { carrier: 'post', returnBy: 'box' })).toEqual(act);
    story.add('return.box-sent', BOX);
    expect(step(story, { carrier: 'post', returnBy: 'box' })).not.toEqual(act);
  });

  describe('after a parcel that held another unit', () => {
    const generous = (most?: number): Story =>
      new Story(
        {},
        {
          escalation: { ...POLICY.escalation, return: [], wipe: [], exception: [] },
          return: { ...POLICY.return, ...(most !== undefined && { labelsMost: most }) },
        },
      );
    const wrongUnit = (story: Story, trackingCode: string, foundSerial = 'OTHER01') =>
      story.add('return.wrong-unit', {
        epoch: 1,
        scanId: 's',
        trackingCode,
        foundSerial,
        foundDeviceId: null,
      });
    const word = (story: Story, trackingCode: string, status: string) =>
      story.add('return.tracked', { epoch: 1, trackingCode, status, occurredAt: iso(story.now) });
    const second = { ...LABEL, intentId: 'int_l2', trackingCode: 'T2', number: 2 };
    const carrier = { carrier: 'post' };

    test('another label is bought, so many as the policy allows and never one for the same parcel twice', () => {
      expect(step(wrongUnit(generous().add('return.label-bought', LABEL), 'T1'), carrier)).not.toEqual(act);
      const story = wrongUnit(generous(2).add('return.label-bought', LABEL), 'T1');
      expect(step(story, carrier)).toEqual(act);
      story.add('return.label-bought', second);
      expect(step(story, carrier)).not.toEqual(act);
      // A second stranger out of the parcel that is opened already.
      expect(step(wrongUnit(story, 'T1', 'OTHER02'), carrier)).not.toEqual(act);
      expect(step(wrongUnit(story, 'T2'), carrier)).not.toEqual(act);
    });

    test('nothing is bought while nobody knows what became of the purchase before', () => {
      const story = wrongUnit(generous(3).add('return.label-bought', LABEL), 'T1');
      const lost = { epoch: 1, intentId: 'int_l2', connector: 'post', number: 2 };
      story.add('return.label-unknown', lost);
      expect(step(story, carrier)).not.toEqual(act);
      expect(story.raises).toContain('label-outcome-unknown');
    });

    test('another box goes out with it, and only that one is waited for', () => {
      const boxed = { ...carrier, returnBy: 'box' } as const;
      const story = generous(2).add('return.label-bought', LABEL).add('return.box-sent', BOX);
      tracked(story, 'delivered', 'return.box-tracked');
      wrongUnit(story, 'T1').add('return.label-bought', second);
      expect(step(story, boxed)).toEqual(act);
      story.add('return.box-sent', { ...BOX, intentId: 'int_b2', trackingCode: 'B2', number: 2 });
      expect(step(story, boxed)).not.toEqual(act);
      tracked(story, 'delivered', 'return.box-tracked');
      expect(blocks(story)).toEqual(['box-in-transit carrier']);
    });

    test('what is still said of the opened parcel says nothing of the one under way', () => {
      const story = word(generous(2).add('return.label-bought', LABEL), 'T1', 'in_transit');
      wrongUnit(story, 'T1').add('return.label-bought', second);
      word(story, 'T1', 'delivered');
      expect(blocks(story)).toEqual(['return-awaited leaver']);
      word(story, 'T2', 'in_transit');
      story.later(HOUR);
      word(story, 'T1', 'delivered');
      expect(blocks(story)).toEqual(['in-transit carrier']);
    });
  });

  test('nothing is bought where devices are handed in, or once one was', () => {
    expect(step(told(), { carrier: null, returnBy: 'drop-off' })).not.toEqual(act);
    const dropped = told().add('return.dropped-off', { epoch: 1, receiptId: 'rcpt_1', site: 'hq' });
    expect(step(dropped, { carrier: 'post' })).not.toEqual(act);
  });

  test('a lost answer about a box is shown, and none is bought again', () => {
    const story = told()
      .add('return.label-bought', LABEL)
      .add('return.box-unknown', { epoch: 1, intentId: 'int_b', connector: 'post' });
    expect(step(story, { carrier: 'post', returnBy: 'box' })).toMatchObject({
      records: [{ code: 'box-outcome-unknown' }],
    });
  });

  test('countries have their means, others the default; a policy without any buys labels', () => {
    const means = { default: 'label', byCountry: { JP: 'drop-off', DE: 'box' } } as const;
    expect(['JP', 'DE', 'US', null].map((country) => returnMeansIn(means, country))).toEqual([
      'drop-off',
      'box',
      'label',
      'label',
    ]);
    expect(returnMeansIn(undefined, 'JP')).toBe('label');
  });
});

describe('lost in transit', () => {
  const raised = (story: Story) => {
    const next = step(story);
    return next.do === 'record'
      ? next.records.flatMap((one) => (one.kind === 'exception' ? [one.code] : []))
      : [];
  };

  test('a parcel that stopped moving counts as lost after the policy’s time, a label that nobody used never', () => {
    const story = tracked(told(), 'in_transit').later(29 * DAY);
    expect(raised(story)).toEqual([]);
    expect(raised(story.later(DAY))).toEqual(['lost-in-transit']);
    const unused = tracked(told(), 'pre_transit').later(300 * DAY);
    expect(raised(unused)).not.toContain('lost-in-transit');
  });

  test('what was decided about one word comes again with the next that goes wrong', () => {
    const story = tracked(told(), 'failure').raised('lost-in-transit', 'return');
    expect(raised(story)).toEqual([]);
    story.decided('wait', 'lost-in-transit');
    expect(raised(story)).toEqual([]);
    expect(raised(tracked(story, 'return_to_sender'))).toEqual(['lost-in-transit']);
    story.raised('lost-in-transit', 'return');
    // Another word while it is open is the same riddle, and whoever decides it decides about both.
    expect(raised(tracked(story, 'failure'))).toEqual([]);
    expect(raised(story.decided('wait', 'lost-in-transit'))).toEqual([]);
  });

  test('an empty box that never came is shown, and no more once a parcel is on its way back', () => {
    const boxed = () =>
      tracked(
        told().add('return.label-bought', LABEL).add('return.box-sent', BOX),
        'in_transit',
        'return.box-tracked',
      ).later(31 * DAY);
    expect(raised(boxed())).toEqual(['box-lost']);
    expect(raised(tracked(boxed(), 'in_transit'))).toEqual([]);
  });
});

describe('an inspection', () => {
  const seen = (story: Story, outcome: 're-deployable' | 'needs-repair' | 'to-be-disposed') =>
    story.add('device.inspected', {
      epoch: 1,
      inspectionId: `rep_${outcome}`,
      setUpScreen: true,
      condition: 'good',
      outcome,
    });
  const going = () => told().routed('redeploy').wiped().scannedIn();

  test('that finds it unfit keeps it from the next person until a later one finds it fit', () => {
    const story = seen(going(), 'needs-repair');
    expect([story.gate('return'), blocks(story)]).toEqual(['waiting', ['repair-awaited asset-manager']]);
    expect(seen(story, 're-deployable').gate('return')).toBe('satisfied intake-scan+inspection');
    expect(seen(story, 'needs-repair').gate('return')).toBe('waiting');
  });

  test('that finds it fit for disposal only is somebody’s to decide', () => {
    const story = seen(going(), 'to-be-disposed');
    expect(step(story)).toMatchObject({ records: [{ code: 'inspected-for-disposal' }] });
    expect(story.gate('return')).toBe('waiting');
  });

  test('changes nothing on the way to disposal: that is a decision of two people', () => {
    const story = seen(told().wiped().scannedIn(), 're-deployable');
    expect(story.gate('return')).toBe('satisfied intake-scan');
    expect(story.later(HOUR).gate('itad-handoff')).toBe('waiting');
  });
});
