/** What does not fit about one serial: books, custody and the vendors' lists held against each other. Pure. */
import type { Disposition } from './disposition-end.ts';
import type {
  AssetFinding,
  AssetFindingReason,
  BookRecord,
  BookState,
  CustodyTold,
  ReconciliationTerms,
  SerialRecords,
  VendorWord,
} from './reconciliation.ts';

/** States of a record that say it is ours no more. */
const ENDED: ReadonlySet<BookState> = new Set(['disposed', 'returned-to-lessor', 'sold']);

/** Ends after which the device is not with us. */
const AWAY: ReadonlySet<Disposition> = new Set([
  'destroyed',
  'sanitised',
  'returned-to-lessor',
  'sold-to-employee',
  'lost',
]);

/** Since when the books have had to say that it is gone, and how that is known. */
interface Gone {
  readonly reason: 'custody-ended' | 'vendor-says';
  readonly overdueFrom: number;
  readonly custody: CustodyTold | null;
}

/** Every finding of one serial; none when everything agrees, or is still within its days. */
export function findingsOf(records: SerialRecords, terms: ReconciliationTerms): readonly AssetFinding[] {
  const gone = goneOf(records, terms);
  return [
    ...unrecorded(records, terms),
    ...overdue(records, terms),
    ...records.books.flatMap((record) => [
      ...ghost(records.serial, record, gone),
      ...stillPaidFor(records, record, gone, terms),
      ...unproven(records, record, terms),
    ]),
  ];
}

/** An open custody is not gone: what is late about it is overdue. A custody that ended otherwise is only outdone by a later word. */
function goneOf({ custodies, words }: SerialRecords, { days }: ReconciliationTerms): Gone | null {
  if (custodies.some(({ state }) => state === 'open')) return null;
  const last = custodies.toSorted((a, b) => endOf(b) - endOf(a))[0] ?? null;
  if (last !== null && last.ended !== null && AWAY.has(last.ended.disposition)) {
    const overdueFrom = last.ended.at + last.days.closureMs;
    return { reason: 'custody-ended', overdueFrom, custody: last };
  }
  const said = earliest(
    words.filter(({ list, at }) => list !== 'receipt' && (last === null || at > endOf(last))),
  );
  if (said === null) return null;
  return { reason: 'vendor-says', overdueFrom: said + days.closureMs, custody: null };
}

function endOf({ ended }: CustodyTold): number {
  return ended?.at ?? 0;
}

function ghost(serial: string, record: BookRecord, gone: Gone | null): readonly AssetFinding[] {
  if (gone === null || isEnded(record) || record.state === 'lost') return [];
  if (gone.overdueFrom > record.readAt) return [];
  return [found('ghost', gone.reason, serial, { record, custody: gone.custody, since: gone.overdueFrom })];
}

/** What a vendor has, or has done away with, and we never gave, or never had on the books. */
function unrecorded(
  { serial, books, custodies, words, manifested }: SerialRecords,
  { booksSince }: ReconciliationTerms,
): readonly AssetFinding[] {
  const neverGiven = manifested ? null : earliest(words);
  const times = [
    ...words.map(({ at }) => at),
    ...custodies.flatMap(({ receivedAt, certifiedAt, disposedAt }) => [receivedAt, certifiedAt, disposedAt]),
  ].filter((at) => at !== null);
  const had = times.length === 0 ? null : Math.min(...times);
  // What came while the books were read may be entered by now.
  const isMissing = booksSince !== null && books.length === 0 && had !== null && had < booksSince;
  if (neverGiven === null && !isMissing) return [];
  const reason = neverGiven === null ? 'not-in-books' : isMissing ? 'in-neither' : 'never-manifested';
  return [found('unrecorded', reason, serial, { custody: custodies[0] ?? null, since: neverGiven ?? had })];
}

/** Handed over and not received, received and not certified, certified and not closed: the furthest of them. */
function overdue(
  { serial, custodies, words }: SerialRecords,
  { now, days }: ReconciliationTerms,
): readonly AssetFinding[] {
  const late = custodies.flatMap((custody) => {
    const next = nextOf(custody);
    if (next === null || next.dueAt > now) return [];
    return [found('overdue', next.reason, serial, { custody, since: next.dueAt })];
  });
  if (late.length > 0) return late;
  // In no custody: the vendor says that it has it, and has certified nothing.
  const received = earliest(words.filter(({ list }) => list === 'receipt'));
  const isCertified =
    words.some(({ list }) => list !== 'receipt') || custodies.some(({ certifiedAt }) => certifiedAt !== null);
  if (received === null || isCertified || received + days.certificateMs > now) return [];
  return [found('overdue', 'no-certificate', serial, { since: received + days.certificateMs })];
}

function nextOf(
  custody: CustodyTold,
): { readonly reason: AssetFindingReason; readonly dueAt: number } | null {
  const { state, handedOverAt, receivedAt, certifiedAt, booksClosed, days } = custody;
  if (state !== 'open' || booksClosed) return null;
  if (certifiedAt !== null) return { reason: 'no-closure', dueAt: certifiedAt + days.closureMs };
  if (receivedAt !== null) return { reason: 'no-certificate', dueAt: receivedAt + days.certificateMs };
  return handedOverAt === null ? null : { reason: 'no-receipt', dueAt: handedOverAt + days.receiptMs };
}

/** Licences and write-offs of what is gone. While a closure is under way, and in its days, they are about to end. */
function stillPaidFor(
  { serial, custodies }: SerialRecords,
  record: BookRecord,
  gone: Gone | null,
  { now }: ReconciliationTerms,
): readonly AssetFinding[] {
  const open = custodies.find(({ state }) => state === 'open') ?? null;
  if (open !== null && (nextOf(open)?.dueAt ?? Infinity) > now) return [];
  const isOut = gone !== null && gone.overdueFrom <= record.readAt;
  if (!isEnded(record) && !isOut) return [];
  const reason = isEnded(record) ? 'ended-in-books' : 'gone';
  const closed = closedAt(record);
  const about = {
    record,
    custody: gone?.custody ?? open,
    since: isEnded(record) ? closed : (gone?.overdueFrom ?? null),
  };
  return [
    ...((record.licences ?? 0) > 0 ? [found('still-licensed', reason, serial, about)] : []),
    ...(record.depreciating === true ? [found('still-depreciating', reason, serial, about)] : []),
  ];
}

/** Disposed of by the books: proven by a custody that ended so, or at least by a vendor's word. */
function unproven(
  { serial, custodies, words }: SerialRecords,
  record: BookRecord,
  { provenSince }: ReconciliationTerms,
): readonly AssetFinding[] {
  if (record.state !== 'disposed') return [];
  const since = closedAt(record);
  const proof = custodies.find(({ ended, certifiedAt }) => ended !== null || certifiedAt !== null) ?? null;
  if (proof !== null) {
    const { closedIn, references } = proof;
    // Another inventory may refer to papers of its own.
    const isOther =
      closedIn === record.connector && record.reference !== null && !references.includes(record.reference);
    if (isOther) return [found('unproven', 'other-reference', serial, { record, custody: proof, since })];
    return otherwiseReported(serial, record, proof);
  }
  const isOurs = provenSince !== null && record.closedOn !== null && record.closedOn >= provenSince;
  if (!isOurs || words.some(({ list }) => list !== 'receipt')) return [];
  // A custody that is under way brings its proof, or becomes overdue.
  if (custodies.some(({ state }) => state === 'open')) return [];
  return [found('unproven', 'no-evidence', serial, { record, since })];
}

/**
 * What the vendor reported last, of a custody that is closed, and the books do not say: that nothing was done, or another word in
 * the place for it. They have the days of the closure to follow.
 */
function otherwiseReported(
  serial: string,
  record: BookRecord,
  custody: CustodyTold,
): readonly AssetFinding[] {
  const { state, reported, closedIn, days } = custody;
  if (state !== 'closed' || reported === null || closedIn !== record.connector) return [];
  const since = reported.at + days.closureMs;
  if (since > record.readAt) return [];
  if (reported.end === null) return [found('unproven', 'not-processed', serial, { record, custody, since })];
  if (record.disposition === null || record.disposition === reported.end) return [];
  return [found('unproven', 'other-disposition', serial, { record, custody, since })];
}

function isEnded({ state }: BookRecord): boolean {
  return ENDED.has(state);
}

/** `null` for what is no date: inventories keep texts of all kinds. */
function closedAt({ closedOn }: BookRecord): number | null {
  const at = closedOn === null ? NaN : Date.parse(closedOn);
  return Number.isNaN(at) ? null : at;
}

function earliest(words: readonly VendorWord[]): number | null {
  return words.length === 0 ? null : Math.min(...words.map(({ at }) => at));
}

interface About {
  readonly record?: BookRecord;
  readonly custody?: CustodyTold | null;
  readonly since: number | null;
}

function found(
  kind: AssetFinding['kind'],
  reason: AssetFindingReason,
  serial: string,
  { record, custody, since }: About,
): AssetFinding {
  return {
    kind,
    reason,
    serial,
    record: record ?? null,
    deviceId: custody?.deviceId ?? null,
    epoch: custody?.epoch ?? null,
    since,
  };
}
