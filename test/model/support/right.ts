/**
 * When a wipe is right: a statement of its own, written from the rules that never break and not from the guard. It is asked in
 * the moment of each effect, by the device manager's own count.
 */
import type { Approval } from './approvals.ts';
import type { Book, BookedCustody } from './book.ts';
import type { Estate, Wiped } from './estate.ts';
import { BOOKS, DIRECTORY, LEGAL, MDM } from './ports.ts';

/** The limits that every run is under. */
export const LIMIT = { count: 4, windowMs: 20 * 60_000, perDay: 8, fleetShare: 0.5 };
export const FLEET = 8;
/** How far a worker's clock may be from the true one. */
export const MOST_SKEW_MS = 30_000;
const DAY_MS = 24 * 3_600_000;

/** Everything that is wrong with this wipe; empty when it is right. */
export function wrongsOf(
  wiped: Wiped,
  approval: Approval | null,
  estate: Estate,
  book: Book,
): readonly string[] {
  const wrongs: string[] = [];
  const never = (what: string, so: boolean): void => void (so ? wrongs.push(what) : 0);
  never('the kill switch is on', book.killed);
  never('the limit was reached and not released', book.tripped);

  wrongs.push(...overLimit(wiped, estate, book));
  const custody = book.custodies.find(
    (one) => one.deviceId === approval?.deviceId && one.epoch === approval.epoch,
  );
  if (approval === null || custody === undefined) return [...wrongs, 'nobody approved it'];
  const mayAsked = book.mode === 'recommend' && approval.basis === 'person';
  never('the device manager is only to be watched', book.mode !== 'enforce' && !mayAsked);
  never('its custody is over', !custody.open);
  never('its route keeps the device', custody.route === 'legal-retention' || custody.route === 'personal');
  never(
    'its record is not the one of the case',
    wiped.mdmId !== custody.mdmId || approval.mdmId !== custody.mdmId,
  );
  never('its serial is not the one of the case', wiped.serial !== custody.serial);
  never('the person is not gone', estate.accounts.get(custody.person) !== 'deactivated');
  never('it is on hold', isHeld(custody, book));
  never('the legal department holds it', estate.outsideHolds.has(custody.person));
  never('whether it is held could not be read', estate.down.has(LEGAL));
  return [
    ...wrongs,
    ...ownershipWrongs(wiped, custody, estate),
    ...holderWrongs(custody, estate, book),
    ...approvalWrongs(wiped, approval, custody, estate, book),
  ];
}

function overLimit(wiped: Wiped, estate: Estate, { releasedAt }: Book): readonly string[] {
  // A worker whose clock is behind counts from a little earlier, and one that is ahead from a little later.
  const counted = (windowMs: number) => {
    const from = Math.max(wiped.at - windowMs + 2 * MOST_SKEW_MS, releasedAt + 2 * MOST_SKEW_MS);
    return estate.wiped.filter((one) => one.at > from).length;
  };
  const allowed = Math.min(LIMIT.count, Math.floor(FLEET * LIMIT.fleetShare));
  return [
    ...(counted(LIMIT.windowMs) > allowed ? ['more than the window takes'] : []),
    ...(counted(DAY_MS) > LIMIT.perDay ? ['more than the day takes'] : []),
  ];
}

function isHeld({ person, serial }: BookedCustody, { holds }: Book): boolean {
  return [...holds.values()].some((hold) => hold.person === person || hold.serial === serial);
}

function ownershipWrongs(wiped: Wiped, custody: BookedCustody, estate: Estate): readonly string[] {
  const then = custody.findings.ownerships;
  const leasedBack = then.has('leased') && custody.route === 'lessor-return';
  const ours = [...then].every((one) => one === 'corporate' || (one === 'leased' && leasedBack));
  const now = estate.records.get(wiped.mdmId)?.ownership;
  return then.size > 0 && ours && now === 'corporate' ? [] : ['it is not explicitly corporate'];
}

/** The leaver in at least two sources then, one of them still, nobody else now; or two people have looked at it. */
function holderWrongs(custody: BookedCustody, estate: Estate, { revoked }: Book): readonly string[] {
  const { findings, person } = custody;
  const looked = custody.mismatch !== null && !custody.mismatch.some((actor) => revoked.has(actor));
  const named = namedNow(custody, estate);
  const others = named.filter((one) => one.holder !== null && one.holder !== person);
  const unknownOther = others.some(
    (one) => !looked || !custody.lookedAt.has(`${one.source}:${one.holder ?? ''}`),
  );
  const still = named.some((one) => one.holder === person && findings.leaver.has(one.source));
  return [
    ...(findings.leaver.size < 2 && !looked ? ['fewer than two sources named the leaver'] : []),

    ...(unknownOther ? ['a source names somebody else now'] : []),
    ...(still || looked ? [] : ['no source names the leaver any more']),
  ];
}

/** Whom else the sources name as holder in this moment, `source:person`. */
export function othersNow(custody: BookedCustody, estate: Estate): readonly string[] {
  return namedNow(custody, estate).flatMap(({ source, holder }) =>
    holder === null || holder === custody.person ? [] : [`${source}:${holder}`],
  );
}

/** Whom each source names as holder in this moment. */
function namedNow({ serial, mdmId, person }: BookedCustody, estate: Estate) {
  return [
    { source: MDM, holder: estate.records.get(mdmId ?? '')?.holder ?? null },
    ...[...estate.assets.values()]
      .filter((asset) => asset.serial === serial)
      .map(({ holder }) => ({ source: BOOKS, holder })),
    { source: DIRECTORY, holder: estate.links.get(person)?.has(serial) === true ? person : null },
  ];
}

function approvalWrongs(
  wiped: Wiped,
  approval: Approval,
  custody: BookedCustody,
  estate: Estate,
  book: Book,
): readonly string[] {
  const wrongs: string[] = [];
  if (approval.expiresAt <= wiped.at - MOST_SKEW_MS) wrongs.push('its approval has expired');
  if (estate.wiped.filter((one) => one.commandId === wiped.commandId).length > 1)
    wrongs.push('two wipes of one approval');
  if (approval.basis === 'policy') return wrongs;
  const decision = book.decisions.find(({ id }) => id === approval.decisionId);
  if (decision?.kind !== 'approve-wipe' || decision.custody !== custody)
    return [...wrongs, 'nobody decided it'];
  const { requester, approver } = decision;
  if (approver === null || approver === requester) wrongs.push('one person alone decided it');
  if (book.revoked.has(requester) || book.revoked.has(approver ?? ''))
    wrongs.push('who decided it may not any more');
  return wrongs;
}
