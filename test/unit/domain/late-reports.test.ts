/** What a vendor says of a closed device: kept beside its closure, which stands as it was judged. */
import { describe, expect, it } from 'vitest';
import { DISPOSITIONS } from '../../../src/domain/disposition-end.ts';
import { contradictsEnd, disposalEnd, lastReport } from '../../../src/domain/disposal-end.ts';
import type { Reported } from '../../../src/domain/disposal-end.ts';
import type { FactData } from '../../../src/domain/fact-types.ts';
import { DAY, JUDGED } from './support/history.ts';
import { Story } from './support/story.ts';

const NOT_PROCESSED: Reported = { outcome: 'not-processed', downstream: 'unknown' };
const SOLD: Reported = { outcome: 'sanitised', downstream: 'sold-domestic' };
const SHREDDED: Reported = { outcome: 'destroyed', downstream: 'recycled' };

function late(said: Reported): FactData['disposition.reported-late'] {
  const processedAt = '2026-03-20T10:00:00.000Z';
  return { epoch: 1, pickupId: 'pick_one', processedAt, documentDigest: 'd'.repeat(64), ...said };
}

const through = () =>
  new Story({}, { closure: { dueMs: 5 * DAY, dispositionDueMs: 20 * DAY } })
    .wiped()
    .scannedIn()
    .transferred()
    .certified();

/** Closed by what the vendor had said before. */
function closed(): Story {
  return through()
    .add('handoff.disposed', late({ outcome: 'sanitised', downstream: 'unknown' }))
    .inTheBooks()
    .add('custody.closed', {
      epoch: 1,
      caseId: 'case_one',
      disposition: 'sanitised',
      factCount: 1,
      ...JUDGED,
    });
}

describe('a report after the closure', () => {
  it('changes no gate and no judgement, whatever it says', () => {
    const before = closed();
    expect(before.complete).toBe(true);
    for (const said of [NOT_PROCESSED, SOLD, SHREDDED]) {
      const after = closed().add('disposition.reported-late', late(said));
      expect(after.judgement).toEqual(before.judgement);
      expect(disposalEnd(after.state)).toBe('sanitised');
    }
    // The same as a word that the closure was still waiting for would undo it.
    expect(closed().add('handoff.disposed', late(NOT_PROCESSED)).complete).toBe(false);
  });

  it('is the last word, and the one before it is kept', () => {
    const story = closed();
    expect(lastReport(story.state)?.type).toBe('handoff.disposed');
    story.add('disposition.reported-late', late(SOLD)).add('disposition.reported-late', late(SHREDDED));
    expect(lastReport(story.state)?.data).toMatchObject(SHREDDED);
    expect(story.state.reportedLate.map(({ data }) => data.outcome)).toEqual(['sanitised', 'destroyed']);
    expect(story.state.disposed?.data.downstream).toBe('unknown');
  });
});

describe('a report contradicts the end of a custody', () => {
  const contradicted = (said: Reported) => DISPOSITIONS.filter((end) => contradictsEnd(end, said));

  it('that was proven, when nothing was done', () => {
    expect(contradicted(NOT_PROCESSED)).toEqual(['destroyed', 'sanitised']);
  });

  it('elsewhere, when the vendor had it in hand; and of what was destroyed, when it went on to somebody', () => {
    const elsewhere = ['redeployed', 'returned-to-lessor', 'sold-to-employee', 'retained', 'lost'];
    expect(contradicted(SHREDDED)).toEqual(elsewhere);
    expect(contradicted(SOLD)).toEqual(['destroyed', ...elsewhere]);
    // Of what is shredded the material is recycled, and sanitised is what comes before.
    expect(contradicted({ outcome: 'sanitised', downstream: 'recycled' })).toEqual(elsewhere);
    expect(contradicted({ outcome: 'sanitised', downstream: 'unknown' })).toEqual(elsewhere);
  });
});
