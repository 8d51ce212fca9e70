/** A case station by station, and its completion, by examples. */
import { describe, expect, test } from 'vitest';
import { foldCase } from '../../../src/domain/case-state.ts';
import type { CaseState } from '../../../src/domain/case-state.ts';
import type { CustodyState } from '../../../src/domain/custody-state.ts';
import { caseGates, caseSteps, completion } from '../../../src/domain/rules/case.ts';
import {
  answered,
  caseOpened,
  contextAt,
  DAY,
  discovered,
  HOUR,
  historyOf,
  iso,
  JUDGED,
  POLICY,
  T0,
} from './support/history.ts';
import type { History } from './support/history.ts';
import { Story } from './support/story.ts';
import { CASE_PATH, exception, written } from './support/world.ts';

const LATER = T0 + 40 * HOUR;
const ROUND = { generation: 1 } as const;
const WAIT = { do: 'wait', until: null } as const;

function stateOf(facts: History['facts']): CaseState {
  const state = foldCase(facts, 1);
  if (state === null) throw new Error('no case');
  return state;
}

/** The whole path up to, and without, the first fact of that type. */
function upTo(type: (typeof CASE_PATH)[number][0]): CaseState {
  const index = CASE_PATH.findIndex(([one]) => one === type);
  return stateOf([...written('case:case_one', CASE_PATH.slice(0, index))]);
}

const whole = () => stateOf([...written('case:case_one', CASE_PATH)]);
const doneDevice = (): CustodyState =>
  closed(new Story().wiped().scannedIn().transferred().certified().inTheBooks());
const closed = (story: Story): CustodyState =>
  story.add('custody.closed', {
    epoch: 1,
    caseId: 'case_one',
    disposition: 'sanitised',
    factCount: 9,
    ...JUDGED,
  }).state;

describe('the stations of a case', () => {
  test('nothing before the leave takes effect, and then its start', () => {
    const history = historyOf('case:case_one');
    history.add('case.opened', caseOpened({ effectiveAt: iso(T0 + DAY) }), T0);
    const state = stateOf(history.facts);
    expect(caseSteps(state, [], contextAt(T0 + DAY - 1))).toEqual({
      leave: { do: 'wait', until: T0 + DAY },
      discovery: WAIT,
      'access-cut': WAIT,
      devices: WAIT,
    });
    const due = caseSteps(state, [], contextAt(T0 + DAY));
    expect(due).toEqual({
      leave: { do: 'record', records: [{ kind: 'start-case' }] },
      discovery: WAIT,
      'access-cut': WAIT,
      devices: WAIT,
    });
  });

  test('a leave that was moved starts by its latest word', () => {
    const history = historyOf('case:case_one');
    history.add('case.opened', caseOpened({ effectiveAt: iso(T0) }), T0);
    history.add(
      'case.rescheduled',
      { ...ROUND, effectiveAt: iso(T0 + DAY), source: 'hr', eventKey: 'e2' },
      T0,
    );
    expect(caseSteps(stateOf(history.facts), [], contextAt(T0 + HOUR)).leave).toEqual({
      do: 'wait',
      until: T0 + DAY,
    });
  });

  test('discovery and the access cut go side by side, devices after both', () => {
    const state = upTo('source.answered');
    const steps = caseSteps(state, [], contextAt(T0 + HOUR));
    expect(steps.leave).toEqual({ do: 'pass' });
    expect(steps.discovery).toMatchObject({ do: 'act' });
    expect(steps.devices).toEqual(WAIT);
    const discoveredOnly = caseSteps(upTo('access.cut'), [], contextAt(T0 + 7 * HOUR));
    expect(discoveredOnly.discovery).toEqual({ do: 'pass' });
    expect(discoveredOnly['access-cut']).toMatchObject({ do: 'act', acts: [{ act: 'cut-access' }] });
    expect(discoveredOnly.devices).toEqual(WAIT);
    const cutOnly = stateOf([
      ...written(
        'case:case_one',
        CASE_PATH.filter(([type]) => type !== 'discovery.concluded' && type !== 'source.answered'),
      ),
    ]);
    const steps3 = caseSteps(cutOnly, [], contextAt(LATER));
    expect([steps3['access-cut'].do, steps3.discovery.do]).toEqual(['pass', 'record']);
    expect(steps3.devices).toEqual(WAIT);
  });

  test('then its custodies are opened, waited for, and the case completed', () => {
    const state = whole();
    expect(caseSteps(state, [], contextAt(LATER)).devices).toEqual({
      do: 'record',
      records: [{ kind: 'open-custodies' }],
    });
    expect(caseSteps(state, [new Story().state], contextAt(LATER)).devices).toEqual(WAIT);
    expect(caseSteps(state, [doneDevice()], contextAt(LATER)).devices).toEqual({
      do: 'record',
      records: [{ kind: 'complete-case', outcome: 'completed' }],
    });
  });

  test.each([
    ['cancelled', 'stop'],
    ['completed', 'pass'],
  ] as const)('a case that is %s has nothing more to do at any of them', (how, step) => {
    const history = historyOf('case:case_one', [...written('case:case_one', CASE_PATH)]);
    if (how === 'cancelled')
      history.add(
        'case.cancelled',
        { ...ROUND, reason: 'rehired', source: 'hr', done: [], notDone: [] },
        LATER,
      );
    else history.add('case.completed', { ...ROUND, outcome: 'completed', factCount: 9, ...JUDGED }, LATER);
    const steps = caseSteps(stateOf(history.facts), [], contextAt(LATER));
    expect(steps).toEqual({
      leave: { do: step },
      discovery: { do: step },
      'access-cut': { do: step },
      devices: { do: step },
    });
  });

  test('an open exception escalates whichever station waits', () => {
    const facts = [...written('case:case_one', [...CASE_PATH, exception('odd', null)])];
    const steps = caseSteps(stateOf(facts), [new Story().state], contextAt(T0 + DAY));
    expect(steps.devices).toMatchObject({ do: 'record', records: [{ kind: 'escalation', rung: 0 }] });
    const before = caseSteps(stateOf(facts), [new Story().state], contextAt(T0 + 10 * HOUR));
    expect(before.devices).toEqual({ do: 'wait', until: T0 + DAY });
  });

  test('an answer that is there is asked for no more', () => {
    const history = historyOf('case:case_one', [...written('case:case_one', CASE_PATH.slice(0, 2))]);
    history.add('source.answered', answered('directory'), T0 + 3 * HOUR);
    const step = caseSteps(stateOf(history.facts), [], contextAt(T0 + 4 * HOUR)).discovery;
    expect(step.do === 'act' ? step.acts : []).toEqual([
      { act: 'ask-source', connector: 'mdm' },
      { act: 'ask-source', connector: 'books' },
    ]);
  });
});

describe('completion, by examples', () => {
  test('of a case without devices needs no more than its own gates', () => {
    const none = CASE_PATH.map((one): (typeof CASE_PATH)[number] =>
      one[0] === 'discovery.concluded'
        ? [
            'discovery.concluded',
            () => ({ ...ROUND, devices: [], sources: ['directory', 'mdm', 'books'], ...JUDGED }),
          ]
        : one,
    );
    const state = stateOf([...written('case:case_one', none)]);
    expect(completion(state, [], contextAt(LATER))).toEqual({
      complete: true,
      outcome: 'completed',
      blockedBy: [],
    });
  });

  test('waits for a custody that nobody has opened', () => {
    const { complete, blockedBy } = completion(whole(), [], contextAt(LATER));
    const since = whole().concluded?.at ?? '';
    expect(complete).toBe(false);
    expect(blockedBy).toEqual([
      {
        kind: 'action',
        gate: null,
        deviceId: discovered().deviceId,
        code: 'custody-missing',
        owner: 'handback',
        since,
        dueAt: iso(Date.parse(since) + POLICY.accessCut.dueMs),
        escalatesAt: null,
        parked: false,
      },
    ]);
  });

  test('does not take another epoch, or another device, for the one that was found', () => {
    const found = [discovered({ deviceId: 'dev_two' }), discovered({ epoch: 2 })];
    for (const device of found) {
      const path = CASE_PATH.map((one): (typeof CASE_PATH)[number] =>
        one[0] === 'discovery.concluded'
          ? ['discovery.concluded', () => ({ ...ROUND, devices: [device], sources: [], ...JUDGED })]
          : one,
      );
      const result = completion(
        stateOf([...written('case:case_one', path)]),
        [doneDevice()],
        contextAt(LATER),
      );
      expect(result.blockedBy.map(({ code, deviceId }) => [code, deviceId])).toEqual([
        ['custody-missing', device.deviceId],
      ]);
    }
  });

  test('waits for a custody that is through and that nobody has closed', () => {
    const story = new Story().wiped().scannedIn().transferred().certified().inTheBooks();
    const { blockedBy } = completion(whole(), [story.state], contextAt(LATER));
    const since = story.state.closureReadBack?.at ?? '';
    expect(blockedBy).toEqual([
      {
        kind: 'action',
        gate: null,
        deviceId: 'dev_one',
        code: 'custody-not-closed',
        owner: 'handback',
        since,
        dueAt: iso(Date.parse(since) + POLICY.closure.dueMs),
        escalatesAt: null,
        parked: false,
      },
    ]);
  });

  test('names what its devices wait for, beside what it waits for itself', () => {
    const { complete, blockedBy } = completion(
      upTo('access.cut'),
      [new Story().wiped().state],
      contextAt(LATER),
    );
    expect(complete).toBe(false);
    expect(blockedBy.map(({ code }) => code)).toEqual(['access-not-cut', 'return-awaited']);
  });

  test('of a closed custody whose proof has fallen is none', () => {
    const story = new Story().wiped().scannedIn().transferred().certified().inTheBooks();
    const fallen = closed(story.inTheBooks(false));
    expect(completion(whole(), [fallen], contextAt(LATER)).complete).toBe(false);
  });

  test('of two devices needs both', () => {
    const path = CASE_PATH.map((one): (typeof CASE_PATH)[number] =>
      one[0] === 'discovery.concluded'
        ? [
            'discovery.concluded',
            () => ({
              ...ROUND,
              devices: [discovered(), discovered({ deviceId: 'dev_two' })],
              sources: [],
              ...JUDGED,
            }),
          ]
        : one,
    );
    const state = stateOf([...written('case:case_one', path)]);
    const other = { ...doneDevice(), deviceId: 'dev_two' };
    expect(completion(state, [doneDevice(), other], contextAt(LATER)).complete).toBe(true);
    const open = { ...new Story().wiped().state, deviceId: 'dev_two' };
    expect(completion(state, [doneDevice(), open], contextAt(LATER)).complete).toBe(false);
    expect(completion(state, [doneDevice(), { ...other, closed: null }], contextAt(LATER)).complete).toBe(
      false,
    );
  });

  test('is marked when one gate of one device was waived, and not otherwise', () => {
    const waived = closed(new Story().wiped().waived('return').transferred().certified().inTheBooks());
    expect(completion(whole(), [waived], contextAt(LATER))).toMatchObject({
      complete: true,
      outcome: 'completed-with-waivers',
    });
    const path = CASE_PATH.map((one): (typeof CASE_PATH)[number] =>
      one[0] === 'discovery.concluded'
        ? [
            'discovery.concluded',
            () => ({
              ...ROUND,
              devices: [discovered(), discovered({ deviceId: 'dev_two' })],
              sources: [],
              ...JUDGED,
            }),
          ]
        : one,
    );
    const two = completion(
      stateOf([...written('case:case_one', path)]),
      [doneDevice(), { ...waived, deviceId: 'dev_two' }],
      contextAt(LATER),
    );
    expect(two).toMatchObject({ complete: true, outcome: 'completed-with-waivers', blockedBy: [] });
  });

  test('is marked when the access cut was waived', () => {
    const history = historyOf('case:case_one', [
      ...written(
        'case:case_one',
        CASE_PATH.filter(([type]) => type !== 'access.read-back' && type !== 'access.cut'),
      ),
    ]);
    const data = { round: 1, decisionId: 'dcn_1', gate: 'access-cut', expiresAt: iso(LATER + DAY) } as const;
    history.add('gate.waived', data, T0 + HOUR);
    const state = stateOf(history.facts);
    expect(completion(state, [doneDevice()], contextAt(LATER))).toMatchObject({
      complete: true,
      outcome: 'completed-with-waivers',
    });
    expect(caseGates(state, contextAt(LATER))['access-cut'].status).toMatchObject({
      gate: 'access-cut',
      state: 'waived',
      evidence: [`gate.waived:${history.facts.length}`],
    });
  });

  test('an exception of a gate is named once, one of none beside the gates', () => {
    const history = historyOf('case:case_one', [...written('case:case_one', CASE_PATH.slice(0, 3))]);
    const open = (code: string, gate: 'discovery' | null) =>
      history.add(
        'exception.opened',
        {
          exceptionId: `exc_${code}`,
          code,
          gate,
          round: 1,
          owner: 'operator',
          dueAt: iso(T0 + 9 * DAY),
          blocking: true,
        },
        T0 + 5 * HOUR,
      );
    open('source-refused', 'discovery');
    open('device-in-other-custody', null);
    const { blockedBy } = completion(stateOf(history.facts), [], contextAt(T0 + 6 * HOUR));
    expect(blockedBy.filter(({ code }) => code === 'source-refused')).toHaveLength(1);
    expect(blockedBy.find(({ code }) => code === 'device-in-other-custody')).toMatchObject({
      kind: 'decision',
      gate: null,
      deviceId: null,
      owner: 'operator',
      dueAt: iso(T0 + 9 * DAY),
      escalatesAt: iso(T0 + 9 * DAY),
    });
  });

  test('before its start it names the start alone', () => {
    const history = historyOf('case:case_one');
    history.add('case.opened', caseOpened({ effectiveAt: iso(T0) }), T0);
    const { complete, blockedBy } = completion(stateOf(history.facts), [], contextAt(T0));
    expect(complete).toBe(false);
    expect(blockedBy).toEqual([
      {
        gate: null,
        deviceId: null,
        owner: 'handback',
        escalatesAt: null,
        kind: 'action',
        code: 'case-not-started',
        since: iso(T0),
        dueAt: iso(T0 + POLICY.discovery.dueMs),
        parked: false,
      },
    ]);
    const early = completion(stateOf(history.facts), [], contextAt(T0 - 1));
    expect(early.blockedBy).toMatchObject([{ kind: 'time', code: 'leave-not-effective', parked: true }]);
  });

  test('no start, no completion, whatever else is there', () => {
    const facts = written(
      'case:case_one',
      CASE_PATH.filter(([type]) => type !== 'case.started'),
    );
    expect(completion(stateOf([...facts]), [doneDevice()], contextAt(LATER)).complete).toBe(false);
  });
});
