/** The gates of a custody in their order: what a gate waits for, and what a fallen one means for those after it. */
import { describe, expect, test } from 'vitest';
import { custodyGates, judgeCustody } from '../../../src/domain/rules/custody.ts';
import { DEVICE_GATES } from '../../../src/domain/gates.ts';
import { DAY, JUDGED } from './support/history.ts';
import { Story } from './support/story.ts';

const through = () => new Story().wiped().scannedIn().transferred().certified().inTheBooks();
const WAIT = { do: 'wait', until: null } as const;

describe('gates in their order', () => {
  test('one that is not begun says after what it comes, and nothing more', () => {
    const { gates } = new Story().notRequired().judgement;
    expect(gates['itad-handoff']).toEqual({
      status: {
        gate: 'itad-handoff',
        state: 'waiting',
        since: new Story().state.opened.at,
        evidence: [],
        basis: 'after:wipe+return',
        blockedBy: [],
      },
      step: WAIT,
    });
    expect(gates['inventory-closure'].status.basis).toBe('after:itad-handoff');
  });

  test('waits since the later of those before it', () => {
    const first = new Story().wiped().scannedIn();
    expect(first.judgement.gates['itad-handoff'].status.since).toBe(first.state.returned?.at);
    const second = new Story().scannedIn().wiped();
    expect(second.judgement.gates['itad-handoff'].status.since).toBe(
      second.state.wipes[0]?.observed?.data.observation.updatedAt,
    );
  });

  test('a gate whose predecessor waits has that one’s step', () => {
    const story = new Story().notRequired().approved().scannedIn();
    const { steps } = story.judgement;
    expect(steps.wipe).toMatchObject({ do: 'act', acts: [{ act: 'send-wipe' }] });
    expect(steps['itad-handoff']).toEqual(steps.wipe);
    expect(steps['inventory-closure']).toEqual(steps.wipe);
    expect(steps.return).toEqual({ do: 'pass' });
  });

  test('a gate whose predecessor is through only by waiting waits too', () => {
    // The closure looks past the handoff to the wipe, which waits for the device.
    const story = new Story().wiping().scannedIn();
    const { steps } = story.judgement;
    expect([steps['itad-handoff'].do, steps['inventory-closure'].do]).toEqual(['wait', 'wait']);
  });

  test('one that falls back must be passed again first, whichever gate the workflow has come to', () => {
    const story = through();
    story.observed('failed');
    const { steps, completion } = story.judgement;
    expect(completion.complete).toBe(false);
    expect(story.raises).toEqual(['wipe-failed']);
    expect(steps['inventory-closure']).toEqual(steps.wipe);
  });

  test('a custody that is through is closed', () => {
    expect(through().step('inventory-closure')).toEqual({
      do: 'record',
      records: [{ kind: 'close-custody', disposition: 'sanitised' }],
    });
    expect(through().step('wipe')).toEqual({ do: 'pass' });
  });

  test('an open exception keeps it from closing, and is named once', () => {
    const story = through().raised('odd', 'wipe');
    const { completion, steps } = story.judgement;
    expect(completion.complete).toBe(false);
    expect(completion.blockedBy.map(({ code }) => code)).toEqual(['odd']);
    expect(steps['inventory-closure'].do).toBe('wait');
    const waiting = new Story().wiping().raised('wipe-odd', 'wipe');
    const codes = waiting.judgement.completion.blockedBy.map(({ code }) => code);
    expect(codes.filter((code) => code === 'wipe-odd')).toHaveLength(1);
    // A gate through whose exception is open is shown by it as well.
    const other = new Story().wiped().raised('odd', 'wipe').raised('odder', 'return');
    expect(other.judgement.completion.blockedBy.map(({ code }) => code).toSorted()).toEqual(['odd', 'odder']);
  });

  test('one that does not block keeps nothing', () => {
    const story = through();
    story.add('exception.opened', {
      exceptionId: 'exc_1',
      code: 'noted',
      gate: null,
      round: 1,
      owner: 'operator',
      dueAt: story.state.opened.at,
      blocking: false,
    });
    expect(story.complete).toBe(true);
  });

  test('a cancelled custody stops, a closed one passes, at every gate', () => {
    const cancelled = new Story()
      .wiping()
      .add('custody.cancelled', { epoch: 1, caseId: 'case_one', reason: 'rehired' });
    const closed = through().add('custody.closed', {
      epoch: 1,
      caseId: 'case_one',
      disposition: 'sanitised',
      factCount: 1,
      ...JUDGED,
    });
    for (const gate of DEVICE_GATES) {
      expect(cancelled.step(gate)).toEqual({ do: 'stop' });
      expect(closed.step(gate)).toEqual({ do: 'pass' });
    }
  });

  test('gates alone stand as the whole judgement says', () => {
    const story = through();
    expect(custodyGates(story.state, story.context)).toEqual(judgeCustody(story.state, story.context).gates);
  });
});

describe('a hold for the handover', () => {
  test('leaves a wipe that was not sent to wait for it', () => {
    const story = new Story().notRequired().approved().held('data-handover');
    expect([story.gate('wipe'), story.acts]).toEqual(['waiting', []]);
  });

  test('calls back the one of two approvals that was sent', () => {
    const story = new Story()
      .notRequired()
      .approved()
      .later(2 * DAY)
      .approved('appr_2')
      .sent('appr_2')
      .held('data-handover');
    expect(story.acts).toEqual(['cancel-wipe']);
  });

  test('a legal one does not make the handover fall back', () => {
    const story = new Story().wiping().held('legal');
    expect(story.gate('data-handover')).toBe('not-applicable policy');
    const required = new Story({}, { dataHandover: { required: true, dueMs: DAY } })
      .approved()
      .sent()
      .held('legal');
    expect([required.gate('wipe'), required.acts]).toEqual(['waiting', []]);
  });
});
