/** Hardware without a person: what applies to it, and that every drive in it must be proven erased. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldCase } from '../../../../src/domain/case-state.ts';
import type { Retired } from '../../../../src/domain/fact-parts.ts';
import { caseGates } from '../../../../src/domain/rules/case.ts';
import { caseOpened, contextAt, historyOf, POLICY, T0 } from '../support/history.ts';
import { Story } from '../support/story.ts';

function retired(changes: Partial<Retired> = {}): Story {
  const unit: Retired = { of: 'server', dataBearing: true, drives: [], ...changes };
  return new Story(
    { personId: null, platform: 'unknown', records: [], retired: unit },
    { escalation: { ...POLICY.escalation, return: [], wipe: [], 'itad-handoff': [], exception: [] } },
  );
}

describe('hardware without a person', () => {
  test('has no discovery and no access to cut, each with its basis', () => {
    const history = historyOf('case:case_one');
    history.add('case.opened', caseOpened({ kind: 'retirement', personId: null, sources: [] }), T0);
    const state = foldCase(history.facts, 1);
    if (state === null) throw new Error('no case');
    const { discovery, 'access-cut': cut } = caseGates(state, contextAt(T0));
    expect([discovery, cut].map(({ status }) => [status.state, status.basis])).toEqual([
      ['not-applicable', 'named-by-hand'],
      ['not-applicable', 'no-person'],
    ]);
  });

  test('has nothing to hand over, and nobody is asked to send it: the dock looks for it', () => {
    const story = retired();
    expect(story.gate('data-handover')).toBe('not-applicable no-person');
    expect([story.gate('return'), story.codes('return')]).toEqual(['waiting', ['intake-scan-awaited']]);
    expect(story.acts).toEqual([]);
    expect(story.later(90 * 86_400_000).raises).toEqual([]);
    expect(story.scannedIn().gate('return')).toBe('satisfied intake-scan');
  });

  test('waits for somebody to say how it is sanitised, and nothing is sent to it or raised about it', () => {
    const story = retired().scannedIn();
    expect([story.codes('wipe'), story.raises, story.approves]).toEqual([
      ['sanitisation-undecided'],
      [],
      false,
    ]);
    expect(story.transferred().gate('itad-handoff')).toBe('waiting');
  });

  test('without data needs no erasure, and no grade of its certificate', () => {
    const story = retired({ of: 'network', dataBearing: false }).scannedIn();
    expect(story.gate('wipe')).toBe('not-applicable not-data-bearing');
    story.transferred().certified({ level: 'clear' });
    expect(story.gate('itad-handoff')).toBe('satisfied certified:clear');
    expect(story.inTheBooks().complete).toBe(true);
  });

  test('said to hold no data, and found with a drive in it, does hold data', () => {
    const story = retired({ dataBearing: false });
    story.add('drives.recorded', { epoch: 1, recordId: 'rep_1', drives: ['DRIVE0001'] });
    expect(story.gate('wipe')).toBe('waiting');
  });
});

describe('many drives in one chassis', () => {
  const DRIVES = ['DRIVE0001', 'DRIVE0002', 'DRIVE0003'];
  const withDrives = () => retired({ drives: DRIVES }).delegated().scannedIn().transferred();

  test('are certified only when each is named, by one certificate or by several', () => {
    const story = withDrives().certified({ certificateId: 'C0' });
    expect(story.gate('itad-handoff')).not.toContain('satisfied');
    for (const [index, drive] of DRIVES.entries()) {
      expect([story.gate('itad-handoff'), story.raises]).toEqual(['in-progress', []]);
      story.certified({ certificateId: `C${index}`, drives: [drive] });
    }
    expect(story.gate('itad-handoff')).toBe('satisfied certified:purge');
    expect(story.gate('wipe')).toBe('substituted vendor-sanitises');
    expect(withDrives().certified({ drives: DRIVES }).gate('itad-handoff')).toBe('satisfied certified:purge');
  });

  test('one that was not erased, or to a lesser grade, is somebody’s to decide and keeps the rest open', () => {
    for (const change of [{ outcome: 'not-erased' }, { level: 'clear' }, { status: 'draft' }] as const) {
      const story = withDrives()
        .certified({ drives: DRIVES.slice(0, 2) })
        .certified({ certificateId: 'C2', drives: DRIVES.slice(2), ...change });
      expect(story.raises).toEqual(['certificate-insufficient']);
      expect(story.gate('itad-handoff')).toBe('in-progress');
    }
  });

  test('one that failed on a certificate for all leaves the others proven, and needs only its own', () => {
    const story = withDrives().certified({
      drives: DRIVES,
      outcome: 'not-erased',
      driveResults: DRIVES.map((serial, index) => ({
        serial,
        level: 'purge',
        outcome: index === 1 ? 'not-erased' : 'erased',
      })),
    });
    expect([story.raises, story.gate('itad-handoff')]).toEqual([['certificate-insufficient'], 'in-progress']);
    story.certified({ certificateId: 'C2', drives: DRIVES.slice(1, 2), level: 'destroy' });
    const { status } = story.judgement.gates['itad-handoff'];
    expect([status.state, status.basis]).toEqual(['satisfied', 'certified:destroy']);
    expect(status.evidence.filter((key) => key.startsWith('handoff.certified'))).toHaveLength(2);
  });

  test('whatever several certificates say of them, each drive must be clean on one that is valid', () => {
    const result = fc.record({
      serial: fc.constantFrom(...DRIVES),
      level: fc.constantFrom('clear' as const, 'purge' as const),
      outcome: fc.constantFrom('erased' as const, 'not-erased' as const),
    });
    const certificate = fc.record({
      status: fc.constantFrom('issued' as const, 'draft' as const),
      driveResults: fc.uniqueArray(result, { minLength: 1, selector: ({ serial }) => serial }),
    });
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(certificate, { maxLength: 5 }), (certificates) => {
        const story = withDrives();
        for (const [index, { status, driveResults }] of certificates.entries()) {
          const drives = driveResults.map(({ serial }) => serial);
          const worst = { level: 'clear', outcome: 'not-erased' } as const;
          story.certified({ certificateId: `C${index}`, status, drives, driveResults, ...worst });
        }
        const clean = certificates
          .filter(({ status }) => status === 'issued')
          .flatMap(({ driveResults }) => driveResults)
          .filter(({ level, outcome }) => level === 'purge' && outcome === 'erased');
        const all = DRIVES.every((drive) => clean.some(({ serial }) => serial === drive));
        accepted += all ? 1 : 0;
        expect(story.gate('itad-handoff').startsWith('satisfied')).toBe(all);
      }),
      { numRuns: 400 },
    );
    // Else this test would show nothing.
    expect(accepted).toBeGreaterThan(0);
  });

  test('some of them certified is said as that, parked until the certificates are due', () => {
    const story = withDrives().add('handoff.received', {
      epoch: 1,
      pickupId: 'pick_one',
      receivedAt: new Date(T0).toISOString(),
      documentDigest: 'd',
    });
    expect(story.codes('itad-handoff')).toEqual(['certificate-awaited']);
    story.certified({ drives: [DRIVES[0] ?? ''] });
    expect(story.codes('itad-handoff')).toEqual(['drives-not-certified']);
  });

  test('bench reports count for the wipe when together they name every drive', () => {
    const story = retired({ drives: DRIVES }).bench();
    expect(story.gate('wipe')).toBe('waiting');
    story.bench({ reportId: 'rep_2', drives: DRIVES.slice(0, 2) });
    expect(story.gate('wipe')).toBe('waiting');
    story.bench({ reportId: 'rep_3', drives: DRIVES.slice(2), outcome: 'erased-with-exceptions' });
    expect(story.gate('wipe')).toBe('waiting');
    expect(story.bench({ reportId: 'rep_4', drives: DRIVES.slice(2) }).gate('wipe')).toBe(
      'satisfied bench:purge',
    );
  });

  test('one that was taken out counts no more', () => {
    const story = withDrives().certified({ drives: DRIVES.slice(0, 2) });
    story.add('drives.recorded', { epoch: 1, recordId: 'rep_1', drives: DRIVES.slice(0, 2) });
    expect(story.gate('itad-handoff')).toBe('satisfied certified:purge');
  });
});
