import { describe, expect, test } from 'vitest';
import { foldCase } from '../../../../src/domain/case-state.ts';
import { caseGates, caseSteps, completion } from '../../../../src/domain/rules/case.ts';
import { caseOpened, contextAt, DAY, HOUR, historyOf, iso, JUDGED, T0 } from '../support/history.ts';
import { Story } from '../support/story.ts';

describe('a waiver', () => {
  test('lets its gate through without evidence, and marks the completion', () => {
    const story = new Story().wiped().waived('return').transferred().certified().inTheBooks();
    expect(story.gate('return')).toBe('waived');
    expect(story.judgement.completion).toMatchObject({ complete: true, waived: true, blockedBy: [] });
  });

  test('counts for its own gate alone', () => {
    const story = new Story().notRequired().waived('return');
    expect([story.gate('return'), story.gate('wipe'), story.complete]).toEqual(['waived', 'waiting', false]);
  });

  test('runs out at its very moment, and its gate waits again', () => {
    const story = new Story()
      .wiped()
      .waived('return', 10 * DAY)
      .transferred()
      .certified()
      .inTheBooks();
    const until = story.judgement.gates.return.status.basis?.slice('until:'.length) ?? '';
    story.now = Date.parse(until) - 1;
    expect([story.gate('return'), story.complete]).toEqual(['waived', true]);
    story.now = Date.parse(until);
    expect([story.gate('return'), story.complete]).toEqual(['waiting', false]);
    expect(story.gate('inventory-closure')).toBe('waiting');
  });

  test('wakes the custody when it runs out', () => {
    const story = new Story()
      .wiped()
      .waived('return', 2 * DAY)
      .waived('itad-handoff', DAY);
    const first = story.state.waivers
      .map(({ data }) => Date.parse(data.expiresAt))
      .toSorted((a, b) => a - b)[0];
    story.inTheBooks(false).raised('inventory-mismatch', 'inventory-closure');
    const step = story.step('inventory-closure');
    expect(step.do).toBe('wait');
    expect(step.do === 'wait' ? step.until : null).toBe(first);
  });

  test('that has run out is nothing to wait for', () => {
    const story = new Story()
      .wiping()
      .waived('return', DAY)
      .later(2 * DAY);
    const step = story.step('wipe');
    expect(step.do === 'wait' && step.until !== null && step.until <= story.now).toBe(false);
  });

  test('a newer one counts after an older has run out', () => {
    const story = new Story()
      .wiped()
      .waived('return', DAY)
      .later(2 * DAY);
    expect(story.gate('return')).toBe('waiting');
    expect(story.waived('return', 5 * DAY).gate('return')).toBe('waived');
  });

  test('evidence counts before any waiver, so that the completion is unmarked', () => {
    const story = new Story().wiped().waived('return').scannedIn().transferred().certified().inTheBooks();
    expect(story.gate('return')).toBe('satisfied intake-scan');
    expect(story.judgement.completion.waived).toBe(false);
  });

  test('of a handover lets the wipe begin', () => {
    const dataHandover = { required: true, dueMs: DAY };
    expect(new Story({}, { dataHandover }).waived('data-handover').approves).toBe(true);
  });

  test('of a wipe sends none, and lets nothing go: what is unproven stays bound to us', () => {
    const release = { activationLock: true, autopilot: true, mdmRecord: true };
    const policy = { release };
    const sold = new Story({}, policy)
      .routed('employee-sale')
      .notRequired()
      .waived('wipe')
      .documented('bill-of-sale');
    expect([sold.gate('itad-handoff'), sold.acts]).toEqual(['in-progress', []]);
    expect(sold.codes('itad-handoff')).toEqual(['release-awaits-sanitisation']);
    const leased = new Story({ ownership: 'leased' }, policy).routed('lessor-return').notRequired();
    leased.waived('wipe').documented('lessor-receipt');
    expect([leased.gate('inventory-closure'), leased.acts]).toEqual(['in-progress', []]);
    const gone = new Story({}, policy).notRequired().waived('wipe').scannedIn().waived('itad-handoff');
    expect(gone.acts).toEqual([]);
    const phone = new Story({ ownership: 'personal' }, policy).routed('personal').waived('wipe');
    expect([phone.gate('inventory-closure'), phone.acts]).toEqual(['in-progress', []]);
  });

  test('of a wipe whose device the vendor certified lets go: the certificate is the proof', () => {
    const release = { activationLock: true, autopilot: true, mdmRecord: true };
    const story = new Story({}, { release })
      .notRequired()
      .waived('wipe')
      .scannedIn()
      .transferred()
      .certified();
    expect(story.acts).toEqual(['release-device']);
  });

  test('a bench report or a waiver of that gate too is the way on where a release waits for its proof', () => {
    const release = { activationLock: false, autopilot: true, mdmRecord: true };
    const story = () =>
      new Story({}, { release })
        .routed('employee-sale')
        .notRequired()
        .waived('wipe')
        .documented('bill-of-sale');
    expect(story().bench().acts).toEqual(['release-device']);
    const both = story().waived('itad-handoff').waived('inventory-closure');
    expect([both.complete, both.judgement.completion.waived, both.acts]).toEqual([true, true, []]);
  });
});

describe('a waiver of a gate of the case', () => {
  const waivedCase = (expires: number) => {
    const history = historyOf('case:case_one');
    history.add('case.opened', caseOpened(), T0);
    history.add('case.started', { generation: 1, ...JUDGED }, T0);
    history.add(
      'source.answered',
      {
        generation: 1,
        connector: 'directory',
        sourceKind: 'identity',
        person: 'unknown',
        personExternalIds: [],
        accountState: null,
        basis: 'live',
        snapshotAt: null,
        askedAt: iso(T0),
        sightings: [],
      },
      T0,
    );
    const data = { round: 1, decisionId: 'dcn_1', gate: 'discovery', expiresAt: iso(expires) } as const;
    history.add('gate.waived', data, T0 + HOUR);
    const state = foldCase(history.facts, 1);
    if (state === null) throw new Error('no case');
    return state;
  };

  test('lets it through, marks the completion, and runs out', () => {
    const state = waivedCase(T0 + DAY);
    expect(caseGates(state, contextAt(T0 + 2 * HOUR)).discovery.status.state).toBe('waived');
    expect(completion(state, [], contextAt(T0 + 2 * HOUR))).toMatchObject({
      complete: true,
      outcome: 'completed-with-waivers',
    });
    expect(caseGates(state, contextAt(T0 + DAY)).discovery.status.state).toBe('in-progress');
    expect(completion(state, [], contextAt(T0 + DAY)).complete).toBe(false);
  });

  test('wakes the case when it runs out', () => {
    const history = historyOf('case:case_one');
    history.add('case.opened', caseOpened(), T0);
    history.add('case.started', { generation: 1, ...JUDGED }, T0);
    const data = { round: 1, decisionId: 'dcn_1', gate: 'discovery', expiresAt: iso(T0 + 3 * HOUR) } as const;
    history.add('gate.waived', data, T0 + HOUR);
    // No account was found there: nothing but the deadline would end this wait.
    const read = {
      generation: 1,
      connector: 'directory',
      externalId: null,
      readAt: iso(T0 + HOUR),
      items: [],
    };
    history.add('access.read-back', read, T0 + HOUR);
    const state = foldCase(history.facts, 1);
    if (state === null) throw new Error('no case');
    const steps = caseSteps(state, [], contextAt(T0 + 2 * HOUR));
    expect(steps.discovery).toEqual({ do: 'pass' });
    expect(steps['access-cut']).toEqual({ do: 'wait', until: T0 + 3 * HOUR });
  });
});
