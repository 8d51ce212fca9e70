import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findingsOf } from '../../../src/domain/asset-findings.ts';
import { DISPOSAL_ENDS } from '../../../src/domain/disposal-end.ts';
import { DISPOSITIONS } from '../../../src/domain/disposition-end.ts';
import type {
  BookRecord,
  CustodyTold,
  ReconciliationTerms,
  SerialRecords,
} from '../../../src/domain/reconciliation.ts';
import { VENDOR_LISTS } from '../../../src/domain/vendor-lines.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-07-01T03:00:00Z');
const DAYS = { receiptMs: 10 * DAY, certificateMs: 30 * DAY, closureMs: 5 * DAY };
const TERMS: ReconciliationTerms = { now: NOW, booksSince: NOW - 3_600_000, days: DAYS, provenSince: null };

function record(changed: Partial<BookRecord> = {}): BookRecord {
  return {
    connector: 'books',
    externalId: '1',
    state: 'in-use',
    label: 'In use',
    reference: null,
    closedOn: null,
    disposition: null,
    licences: null,
    depreciating: null,
    readAt: NOW - 1_800_000,
    ...changed,
  };
}

function custody(changed: Partial<CustodyTold> = {}): CustodyTold {
  return {
    deviceId: 'dev_1',
    epoch: 1,
    state: 'open',
    handedOverAt: null,
    receivedAt: null,
    certifiedAt: null,
    disposedAt: null,
    reported: null,
    booksClosed: false,
    closedIn: null,
    references: [],
    ended: null,
    days: DAYS,
    ...changed,
  };
}

function destroyed(daysAgo: number, changed: Partial<CustodyTold> = {}): CustodyTold {
  return custody({
    state: 'closed',
    ended: { at: NOW - daysAgo * DAY, disposition: 'destroyed' },
    booksClosed: true,
    ...changed,
  });
}

function found(records: Partial<SerialRecords>, terms: Partial<ReconciliationTerms> = {}): readonly string[] {
  const whole = { serial: 'ABC123', books: [], custodies: [], words: [], manifested: false, ...records };
  return findingsOf(whole, { ...TERMS, ...terms }).map(({ kind, reason }) => `${kind}: ${reason}`);
}

describe('the books against our records', () => {
  it('agree about a device in use, and about one that is destroyed and says so', () => {
    expect(found({ books: [record({ licences: 3, depreciating: true })] })).toEqual([]);
    const disposed = record({ state: 'disposed', licences: 0, depreciating: false });
    expect(found({ books: [disposed], custodies: [destroyed(100)], manifested: true })).toEqual([]);
  });

  it('have a ghost when what has left is still shown as ours, once the days for a closure are over', () => {
    const books = [record()];
    expect(found({ books, custodies: [destroyed(4)] })).toEqual([]);
    expect(found({ books, custodies: [destroyed(6)] })).toEqual(['ghost: custody-ended']);
    const certificate = { list: 'certificate', at: NOW - 6 * DAY } as const;
    expect(found({ books, words: [certificate], manifested: true })).toEqual(['ghost: vendor-says']);
  });

  it('have no ghost of what came back, is sold and says so, or is lost and says so', () => {
    const redeployed = destroyed(50, { ended: { at: NOW - 50 * DAY, disposition: 'redeployed' } });
    expect(found({ books: [record()], custodies: [redeployed] })).toEqual([]);
    const lost = destroyed(50, { ended: { at: NOW - 50 * DAY, disposition: 'lost' } });
    expect(found({ books: [record({ state: 'lost' })], custodies: [lost] })).toEqual([]);
    expect(found({ books: [record()], custodies: [lost] })).toEqual(['ghost: custody-ended']);
  });

  it('hold nothing against a record that happened after it was read', () => {
    const late = destroyed(0, { ended: { at: NOW - 5 * DAY - 60_000, disposition: 'destroyed' } });
    expect(found({ books: [record()], custodies: [late] })).toEqual([]);
  });

  it('lack what a vendor destroyed: never given to it, in no books, or neither', () => {
    const words = [{ list: 'certificate', at: NOW - DAY } as const];
    expect(found({ words, books: [record()] })).toEqual(['unrecorded: never-manifested']);
    expect(found({ words, manifested: true })).toEqual(['unrecorded: not-in-books']);
    expect(found({ words })).toEqual(['unrecorded: in-neither']);
    expect(found({ words }, { booksSince: null })).toEqual(['unrecorded: never-manifested']);
    const certified = destroyed(9, { certifiedAt: NOW - 10 * DAY });
    expect(found({ custodies: [certified], manifested: true })).toEqual(['unrecorded: not-in-books']);
  });

  it('are overdue without receipt, certificate or closure after the days of the custody’s own policy', () => {
    const late = (changed: Partial<CustodyTold>) =>
      found({ books: [record()], custodies: [custody(changed)], manifested: true });
    expect(late({ handedOverAt: NOW - 9 * DAY })).toEqual([]);
    expect(late({ handedOverAt: NOW - 11 * DAY })).toEqual(['overdue: no-receipt']);
    expect(late({ handedOverAt: NOW - 60 * DAY, receivedAt: NOW - 29 * DAY })).toEqual([]);
    expect(late({ receivedAt: NOW - 31 * DAY })).toEqual(['overdue: no-certificate']);
    expect(late({ receivedAt: NOW - 99 * DAY, certifiedAt: NOW - 4 * DAY })).toEqual([]);
    expect(late({ receivedAt: NOW - 99 * DAY, certifiedAt: NOW - 6 * DAY })).toEqual(['overdue: no-closure']);
    expect(late({ certifiedAt: NOW - 6 * DAY, booksClosed: true })).toEqual([]);
  });

  it('miss the certificate of what a vendor received and nobody handed over', () => {
    const words = [{ list: 'receipt', at: NOW - 31 * DAY } as const];
    expect(found({ words, books: [record()], manifested: true })).toEqual(['overdue: no-certificate']);
    const certified = [...words, { list: 'certificate', at: NOW } as const];
    expect(found({ words: certified, books: [record()], manifested: true })).toEqual([]);
  });

  it('still pay for what is gone by themselves, or by our records', () => {
    const paid = { licences: 2, depreciating: true };
    expect(found({ books: [record({ state: 'sold', ...paid })] })).toEqual([
      'still-licensed: ended-in-books',
      'still-depreciating: ended-in-books',
    ]);
    expect(found({ books: [record(paid)], custodies: [destroyed(6)] })).toEqual([
      'ghost: custody-ended',
      'still-licensed: gone',
      'still-depreciating: gone',
    ]);
    const closing = custody({ certifiedAt: NOW - DAY });
    expect(found({ books: [record({ state: 'disposed', ...paid })], custodies: [closing] })).toEqual([]);
  });

  it('prove a disposal since the policy’s date, and name the document that we know', () => {
    const disposed = record({ state: 'disposed', closedOn: '2026-05-02' });
    expect(found({ books: [disposed] })).toEqual([]);
    expect(found({ books: [disposed] }, { provenSince: '2026-05-03' })).toEqual([]);
    expect(found({ books: [disposed] }, { provenSince: '2026-05-02' })).toEqual(['unproven: no-evidence']);
    const other = { ...disposed, reference: 'CERT-9' };
    const known = destroyed(50, { references: ['CERT-1'], closedIn: 'books' });
    expect(found({ books: [other], custodies: [known] })).toEqual(['unproven: other-reference']);
    const elsewhere = destroyed(50, { references: ['CERT-1'], closedIn: 'other-books' });
    expect(found({ books: [other], custodies: [elsewhere] })).toEqual([]);
  });

  it('say what the vendor reported last, where there is a place for it, once the days for a closure are over', () => {
    const says = (disposition: string | null) => record({ state: 'disposed', disposition });
    const reported = (daysAgo: number, end: 'exported' | null, changed: Partial<CustodyTold> = {}) => [
      destroyed(50, { closedIn: 'books', reported: { at: NOW - daysAgo * DAY, end }, ...changed }),
    ];
    const other = ['unproven: other-disposition'];
    expect(found({ books: [says('disposed')], custodies: reported(6, 'exported') })).toEqual(other);
    expect(found({ books: [says('')], custodies: reported(6, 'exported') })).toEqual(other);
    expect(found({ books: [says('exported')], custodies: reported(6, 'exported') })).toEqual([]);
    expect(found({ books: [says(null)], custodies: reported(6, 'exported') })).toEqual([]);
    expect(found({ books: [says('disposed')], custodies: reported(4, 'exported') })).toEqual([]);
    const elsewhere = { closedIn: 'other-books' };
    expect(found({ books: [says('disposed')], custodies: reported(6, 'exported', elsewhere) })).toEqual([]);
    expect(found({ books: [says(null)], custodies: reported(6, null) })).toEqual(['unproven: not-processed']);
  });
});

const time = fc.integer({ min: NOW - 200 * DAY, max: NOW + DAY });
const maybeTime = fc.option(time, { nil: null });
const anyRecord = fc.record({
  connector: fc.constantFrom('books', 'other'),
  externalId: fc.constantFrom('1', '2'),
  state: fc.constantFrom(
    'disposed',
    'in-stock',
    'returned-to-lessor',
    'sold',
    'lost',
    'found',
    'retained',
    'in-use',
    'pending',
    'other',
  ),
  label: fc.string(),
  reference: fc.option(fc.constantFrom('CERT-1', 'CERT-2'), { nil: null }),
  closedOn: fc.option(fc.constantFrom('2026-01-01', '2026-06-30', 'last summer', ''), { nil: null }),
  disposition: fc.option(fc.constantFrom('', 'disposed', 'exported'), { nil: null }),
  licences: fc.option(fc.nat(3), { nil: null }),
  depreciating: fc.option(fc.boolean(), { nil: null }),
  readAt: time,
});
const anyCustody = fc
  .record({
    handedOverAt: maybeTime,
    receivedAt: maybeTime,
    certifiedAt: maybeTime,
    disposedAt: maybeTime,
    reported: fc.option(
      fc.record({ at: time, end: fc.option(fc.constantFrom(...DISPOSAL_ENDS), { nil: null }) }),
      { nil: null },
    ),
    booksClosed: fc.boolean(),
    closedIn: fc.option(fc.constantFrom('books', 'other'), { nil: null }),
    references: fc.subarray(['CERT-1', 'CERT-2']),
    ended: fc.option(fc.record({ at: time, disposition: fc.constantFrom(...DISPOSITIONS) }), { nil: null }),
    deviceId: fc.constantFrom('dev_1', 'dev_2'),
  })
  .map((one) => custody({ ...one, state: one.ended === null ? 'open' : 'closed' }));
const anyRecords: fc.Arbitrary<SerialRecords> = fc.record({
  serial: fc.constant('ABC123'),
  books: fc.array(anyRecord, { maxLength: 3 }),
  custodies: fc.array(anyCustody, { maxLength: 2 }),
  words: fc.array(fc.record({ list: fc.constantFrom(...VENDOR_LISTS), at: time }), { maxLength: 3 }),
  manifested: fc.boolean(),
});
const anyTerms = fc.record({
  now: fc.constant(NOW),
  booksSince: fc.option(time, { nil: null }),
  days: fc.constant(DAYS),
  provenSince: fc.option(fc.constant('2026-01-01'), { nil: null }),
});

type Finding = ReturnType<typeof findingsOf>[number];

/** Whether the record of a finding shows what the finding says. */
function isShown({ kind, record: shown, since }: Finding): boolean {
  switch (kind) {
    case 'ghost':
      return shown !== null && !['disposed', 'sold', 'returned-to-lessor', 'lost'].includes(shown.state);
    case 'still-licensed':
      return (shown?.licences ?? 0) > 0;
    case 'still-depreciating':
      return shown?.depreciating === true;
    case 'unproven':
      return shown?.state === 'disposed';
    case 'overdue':
      return shown === null && since !== null && since <= NOW;
    case 'unrecorded':
      return shown === null;
  }
}

/** Whether anybody says that it is gone, and it is in nobody's custody. */
function isSaidGone({ words, custodies }: SerialRecords): boolean {
  if (custodies.some(({ state }) => state === 'open')) return false;
  return words.some(({ list }) => list !== 'receipt') || custodies.some(({ ended }) => ended !== null);
}

describe('any records of a serial', () => {
  it('give each finding with the record that shows it, and no delay before its time', () => {
    expect(() =>
      fc.assert(
        fc.property(anyRecords, anyTerms, (records, terms) => findingsOf(records, terms).every(isShown)),
      ),
    ).not.toThrow();
  });

  it('give no ghost of what is in custody, or of what no fact and no vendor says is gone', () => {
    expect(() =>
      fc.assert(
        fc.property(anyRecords, anyTerms, (records, terms) => {
          const isGhost = findingsOf(records, terms).some(({ kind }) => kind === 'ghost');
          return !isGhost || isSaidGone(records);
        }),
      ),
    ).not.toThrow();
  });

  it('lose every finding of the books once they are closed, paid up and in order', () => {
    expect(() =>
      fc.assert(
        fc.property(anyRecords, anyTerms, (records, terms) => {
          const books = records.books.map((one) => ({
            ...one,
            state: 'disposed' as const,
            reference: null,
            closedOn: null,
            disposition: null,
            licences: 0,
            depreciating: false,
          }));
          const custodies = records.custodies.map((one) => ({ ...one, reported: null }));
          return findingsOf({ ...records, books, custodies }, terms).every(
            ({ record: shown }) => shown === null,
          );
        }),
      ),
    ).not.toThrow();
  });

  it('are no later at an earlier time', () => {
    expect(() =>
      fc.assert(
        fc.property(
          anyRecords,
          anyTerms,
          fc.integer({ min: 0, max: 60 * DAY }),
          (records, terms, earlier) => {
            const late = (now: number) =>
              findingsOf(records, { ...terms, now }).filter(({ kind }) => kind === 'overdue').length;
            return late(NOW - earlier) <= late(NOW);
          },
        ),
      ),
    ).not.toThrow();
  });
});
