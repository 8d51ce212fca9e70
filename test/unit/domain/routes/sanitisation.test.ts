/** Proofs of sanitisation that are not the device manager's word: the bench, the set-up screen, the vendor. */
import { describe, expect, test } from 'vitest';
import { RECORDS } from '../support/history.ts';
import { Story } from '../support/story.ts';

const UNMANAGED = { records: RECORDS.filter(({ sourceKind }) => sourceKind !== 'mdm') };

describe('a bench report', () => {
  test.each(['clear', 'purge', 'destroy'] as const)('of level %s proves the wipe of any device', (level) => {
    for (const opened of [{}, UNMANAGED, { ownership: 'unknown' as const }, { platform: 'unknown' as const }])
      expect(new Story(opened).notRequired().bench({ level }).gate('wipe')).toBe(`satisfied bench:${level}`);
  });

  test.each(['erased-with-exceptions', 'not-erased'] as const)('that says %s proves nothing', (outcome) => {
    expect(new Story().notRequired().bench({ outcome }).gate('wipe')).toBe('waiting');
  });

  test('a later good one counts after a bad one, and a bad one does not undo a good one', () => {
    const story = new Story().notRequired().bench({ outcome: 'not-erased' }).bench({ level: 'clear' });
    expect(story.gate('wipe')).toBe('satisfied bench:clear');
    expect(story.bench({ outcome: 'not-erased', level: 'destroy' }).gate('wipe')).toBe(
      'satisfied bench:clear',
    );
    expect(story.bench({ level: 'destroy' }).gate('wipe')).toBe('satisfied bench:destroy');
  });

  test('calls back the command that still waits for the device, once', () => {
    const story = new Story().wiping().bench();
    expect([story.gate('wipe'), story.acts]).toEqual(['satisfied bench:purge', ['cancel-wipe']]);
    expect(story.calledBack('not-possible').acts).toEqual([]);
    expect(new Story().wiped().bench().acts).toEqual([]);
  });

  test('names the calling back as what holds the handoff up, until it was tried', () => {
    const story = new Story().wiping().scannedIn().bench();
    expect(story.codes('itad-handoff')).toEqual(['wipe-call-back-awaited']);
    expect(story.calledBack('not-possible').codes('itad-handoff')).toEqual(['not-on-a-pickup']);
  });

  test('sends no wipe any more', () => {
    expect(new Story().notRequired().approved().bench().acts).toEqual([]);
  });

  test('waits for the handover as the wipe does', () => {
    const dataHandover = { required: true, dueMs: 1 };
    expect(new Story({}, { dataHandover }).bench().gate('wipe')).toBe('waiting');
  });
});

describe('a sighting at the set-up screen', () => {
  test('after the command was on its way confirms it', () => {
    expect(new Story().wiping().inspected(true).gate('wipe')).toBe('satisfied confirmed');
    expect(new Story().wiped().inspected(true).gate('wipe')).toBe('satisfied confirmed');
  });

  test('of a Mac whose answer was an error settles what the answer cannot', () => {
    const story = new Story({ platform: 'macos' }).wiping().observed('failed');
    expect([story.gate('wipe'), story.raises]).toEqual(['failed', ['wipe-ambiguous']]);
    expect(story.inspected(true).gate('wipe')).toBe('satisfied confirmed');
  });

  test('of a Mac that is still to be read silent saves the reading', () => {
    const story = new Story({ platform: 'macos' })
      .wiping()
      .observed('done')
      .later(30 * 3_600_000);
    expect(story.acts).toEqual(['read-wipe']);
    expect(story.inspected(true).gate('wipe')).toBe('satisfied confirmed');
  });

  test.each([
    ['nothing was sent', () => new Story().notRequired().approved()],
    ['the vendor did not take it', () => new Story().notRequired().approved().sent('appr_1', 'not-accepted')],
    ['its answer was lost', () => new Story().notRequired().approved().sent('appr_1', 'unknown')],
    ['it failed', () => new Story().wiping().observed('failed')],
    ['it was cancelled', () => new Story().wiping().observed('cancelled')],
  ] as const)('proves nothing where %s', (_what, story) => {
    expect(story().inspected(true).gate('wipe')).not.toMatch(/satisfied/u);
  });

  test('with the desktop showing proves nothing', () => {
    expect(new Story().wiping().inspected(false).gate('wipe')).toBe('in-progress');
  });
});

describe('vendor-sanitises', () => {
  const leaving = () => new Story(UNMANAGED).notRequired().delegated();

  test('lets it leave with its data, and the certificate proves wipe and handoff together', () => {
    const story = leaving().scannedIn();
    expect([story.gate('wipe'), story.codes('wipe')]).toEqual([
      'in-progress',
      ['vendor-sanitisation-awaited'],
    ]);
    expect(story.codes('itad-handoff')).toEqual(['not-on-a-pickup']);
    story.transferred();
    expect([story.gate('wipe'), story.gate('itad-handoff'), story.complete]).toEqual([
      'in-progress',
      'in-progress',
      false,
    ]);
    story.certified();
    expect(story.gate('wipe')).toBe('substituted vendor-sanitises');
    expect(story.gate('itad-handoff')).toBe('satisfied certified:purge');
    expect(story.inTheBooks().complete).toBe(true);
  });

  test.each([{ level: 'clear' }, { outcome: 'not-erased' }, { status: 'draft' }] as const)(
    'is not proven by a certificate with %o',
    (change) => {
      expect(leaving().scannedIn().transferred().certified(change).gate('wipe')).toBe('in-progress');
    },
  );

  test('without the decision a certificate proves no wipe', () => {
    const story = new Story(UNMANAGED).notRequired().scannedIn().transferred().certified();
    expect([story.gate('wipe'), story.raises]).toEqual(['waiting', ['device-unmanaged']]);
  });

  test('names the vendor as whose move it is', () => {
    expect(leaving().judgement.gates.wipe.status.blockedBy).toMatchObject([
      { owner: 'itad-vendor', kind: 'action' },
    ]);
    expect(leaving().raises).toEqual([]);
  });

  test('what is proven otherwise needs no certificate for the wipe', () => {
    const story = new Story().notRequired().delegated().bench();
    expect(story.gate('wipe')).toBe('satisfied bench:purge');
  });

  test('a hold stands before it', () => {
    const story = leaving().scannedIn().held();
    expect([story.gate('wipe'), story.gate('itad-handoff')]).toEqual(['held', 'waiting']);
  });
});
