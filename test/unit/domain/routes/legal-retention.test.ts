import { describe, expect, test } from 'vitest';
import { isStuck } from '../../../../src/domain/rules/case.ts';
import { DAY, iso, T0 } from '../support/history.ts';
import { Story } from '../support/story.ts';

const REVIEW = iso(T0 + 365 * DAY);
const kept = () => new Story().notRequired().routed('legal-retention', REVIEW);

describe('route legal-retention', () => {
  test('is kept as it is: no wipe is approved or sent, and no release', () => {
    const story = kept().scannedIn();
    expect([story.gate('wipe'), story.approves, story.acts, story.raises]).toEqual(['held', false, [], []]);
    const approved = new Story().notRequired().approved().routed('legal-retention', REVIEW).scannedIn();
    expect(approved.acts).toEqual([]);
  });

  test('comes back by an intake scan, and then waits in storage, parked until its review', () => {
    const story = kept();
    expect(story.codes('return')).toEqual(['return-awaited']);
    story.scannedIn();
    expect(story.gate('return')).toBe('satisfied intake-scan');
    expect([story.gate('itad-handoff'), story.codes('itad-handoff')]).toEqual([
      'held',
      ['in-legal-retention'],
    ]);
    const { blockedBy } = story.judgement.completion;
    expect(blockedBy.every(({ parked, dueAt }) => parked && dueAt === REVIEW)).toBe(true);
    expect([story.complete, isStuck(blockedBy, story.now)]).toEqual([false, false]);
  });

  test('past its review it is stuck: somebody has to look at it', () => {
    const story = kept().scannedIn();
    story.now = Date.parse(REVIEW);
    const { blockedBy } = story.judgement.completion;
    expect(isStuck(blockedBy, story.now)).toBe(true);
    expect(blockedBy.every(({ parked, owner }) => !parked && owner === 'legal')).toBe(true);
  });

  test('a document of another route ends nothing', () => {
    const story = kept()
      .scannedIn()
      .transferred()
      .certified()
      .documented('lessor-receipt')
      .documented('bill-of-sale')
      .inTheBooks();
    expect([story.gate('itad-handoff'), story.gate('inventory-closure'), story.complete]).toEqual([
      'held',
      'waiting',
      false,
    ]);
  });

  test('taken off it, the wipe is approved as on the way it takes then', () => {
    expect(kept().scannedIn().routed('dispose').approves).toBe(true);
  });

  test('a wipe that is on its way is called back', () => {
    const story = new Story().wiping().routed('legal-retention', REVIEW);
    expect(story.acts).toEqual(['cancel-wipe']);
    expect(story.calledBack('too-late').acts).toEqual([]);
  });
});
