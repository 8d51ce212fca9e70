/** What people do, by the same store functions that the API calls, and what the book then says of it. */
import { expect } from 'vitest';
import { NotToDecide } from '../../../src/domain/decisions.ts';
import { HOLD_KINDS } from '../../../src/domain/holds.ts';
import type { HoldKind } from '../../../src/domain/holds.ts';
import type { Route } from '../../../src/domain/routes.ts';
import { decide, requestDecision } from '../../../src/store/decisions/decisions.ts';
import type { DecisionRequest } from '../../../src/store/decisions/kinds.ts';
import { resolveException } from '../../../src/store/exceptions.ts';
import { liftHold, placeHold } from '../../../src/store/holds.ts';
import { restoreAccess, revokeAccess } from '../../../src/store/revocations.ts';
import type { Book, BookedCustody, BookedDecision } from './book.ts';
import { findingsOf } from './findings.ts';
import { ACTORS, ADMIN } from './town.ts';
import type { Town } from './town.ts';

export async function leave(town: Town, book: Book, person: string): Promise<void> {
  town.estate.accounts.set(person, 'deactivated');
  town.estate.down.clear();
  const caseId = await town.offboard(person);
  if (caseId === null) return;
  const rows = await town.db
    .selectFrom('custodies')
    .innerJoin('devices', 'devices.id', 'custodies.device_id')
    .select(['device_id', 'epoch', 'serial', 'mdm_id'])
    .where('case_id', '=', caseId)
    .where('state', '=', 'open')
    .orderBy('device_id')
    .execute();
  for (const { device_id: deviceId, epoch, serial, mdm_id: mdmId } of rows)
    book.custodies.push({
      deviceId,
      epoch,
      person,
      caseId,
      serial,
      mdmId,
      findings: findingsOf(town.estate, person, serial),
      open: true,
      route: 'dispose',
      named: new Set(),
      lookedAt: new Set(),
      mismatch: null,
    });
}

export async function stay(
  town: Town,
  book: Book,
  person: string,
  reason: 'rehired' | 'withdrawn',
): Promise<void> {
  town.estate.accounts.set(person, 'active');
  const caseId = await town.stay(person, reason);
  for (const custody of book.custodies) if (custody.caseId === caseId) custody.open = false;
}

export async function hold(
  town: Town,
  book: Book,
  { person, deviceId, serial }: BookedCustody,
  kind: HoldKind,
  onPerson: boolean,
): Promise<void> {
  const personId = town.personIds.get(person) ?? '';
  const where = onPerson ? { personId, deviceId: null } : { personId: null, deviceId };
  const id = await town.transact((tx, now) =>
    placeHold(tx, { kind, ...where, reason: 'a claim', by: 'token:legal' }, now),
  );
  book.holds.set(id, { id, person: onPerson ? person : null, serial: onPerson ? null : serial });
}

export async function lift(town: Town, book: Book, holdId: string): Promise<void> {
  for (const kind of HOLD_KINDS)
    await town.transact((tx, now) => liftHold(tx, { holdId, kind, reason: 'over', by: 'token:legal' }, now));
  book.holds.delete(holdId);
}

export async function changeAccess(town: Town, book: Book, actor: string, revoked: boolean): Promise<void> {
  const change = { actor, by: ADMIN, reason: 'reviewed' };
  await town.transact((tx, now) => (revoked ? revokeAccess : restoreAccess)(tx, change, now));
  if (revoked) book.revoked.add(actor);
  else book.revoked.delete(actor);
}

/** Of the kinds of decisions, those that bear on a wipe. */
export const ASKED_KINDS = [
  'approve-wipe',
  'approve-mismatch',
  'change-route',
  'declare-lost',
  'vendor-sanitises',
  'release-wipe-limit',
  'kill-switch-off',
] as const;
export type AskedKind = (typeof ASKED_KINDS)[number];

export interface Wish {
  readonly kind: AskedKind;
  readonly custody: BookedCustody | null;
  /** Of a change of route. */
  readonly to?: Route;
  readonly by: string;
}

/** @returns The decision that is now waited for; `null` when there is nothing of the kind to decide. */
export async function ask(town: Town, book: Book, wish: Wish): Promise<BookedDecision | null> {
  const { kind, custody, to = 'dispose', by } = wish;
  const deviceId = custody?.deviceId ?? '';
  try {
    const { id, isNew } = await town.transact((tx, now) =>
      requestDecision(tx, { request: requestOf(town, wish, deviceId), reason: 'asked for', by }, now),
    );
    if (!isNew) return book.decisions.find((one) => one.id === id) ?? null;
    // It is about the device as it is in custody now, whichever of its epochs was meant.
    const now = book.custodies.find((one) => one.deviceId === deviceId && one.open) ?? null;
    const decision = { id, kind, requester: by, custody: now, to, approver: null };
    book.decisions.push(decision);
    return decision;
  } catch (error) {
    if (error instanceof NotToDecide) return null;
    throw error;
  }
}

function requestOf(town: Town, { kind, to = 'dispose' }: Wish, deviceId: string): DecisionRequest {
  if (kind === 'release-wipe-limit' || kind === 'kill-switch-off') return { kind };
  if (kind !== 'change-route') return { kind, deviceId };
  return { kind, deviceId, to, reviewAt: new Date(town.time + 365 * 24 * 3_600_000).toISOString() };
}

export async function give(
  town: Town,
  book: Book,
  decision: BookedDecision,
  by: string,
  outcome: 'approved' | 'refused',
): Promise<void> {
  const { id, kind, requester, custody } = decision;
  const result = await town.transact((tx, now) => decide(tx, { decisionId: id, kind, outcome, by }, now));
  if (result.kind !== 'decided') return;
  expect(requester).not.toBe(by);
  if (result.outcome !== 'approved') return;
  decision.approver = by;
  if (kind === 'change-route' && custody !== null) custody.route = decision.to ?? 'dispose';
  if (kind === 'declare-lost' && custody !== null) custody.route = 'lost';
  if (kind === 'approve-mismatch' && custody !== null) {
    custody.mismatch = [requester, by];
    custody.lookedAt = new Set([...custody.findings.others, ...custody.named]);
  }
  if (kind === 'kill-switch-off') book.killed = false;
  if (kind === 'release-wipe-limit') [book.tripped, book.releasedAt] = [false, town.time];
}

/** One asks, and somebody else who may do so approves. */
export async function agree(town: Town, book: Book, wish: Wish): Promise<void> {
  const decision = await ask(town, book, wish);
  const other = ACTORS.find((actor) => actor !== decision?.requester && !book.revoked.has(actor));
  if (decision !== null && other !== undefined) await give(town, book, decision, other, 'approved');
}

/** Every wipe that may be asked for is approved by two people. */
export async function approveAll(town: Town, book: Book, by: string): Promise<void> {
  for (const custody of book.custodies.filter(({ open }) => open))
    await agree(town, book, { kind: 'approve-wipe', custody, by });
}

/** Whatever is in the way is put out of it, by the right people. */
export async function clear(town: Town, book: Book): Promise<void> {
  book.mode = 'enforce';
  town.estate.down.clear();
  town.estate.outsideHolds.clear();
  await town.sweepHolds();
  town.estate.fault = null;
  for (const id of book.holds.keys()) await lift(town, book, id);
  for (const actor of book.revoked) await changeAccess(town, book, actor, false);
  if (book.killed) await agree(town, book, { kind: 'kill-switch-off', custody: null, by: ACTORS[0] });
  if (book.tripped) await agree(town, book, { kind: 'release-wipe-limit', custody: null, by: ACTORS[0] });
}

/** Every open exception is decided. */
export async function settle(town: Town, outcome: string): Promise<void> {
  const open = await town.db.selectFrom('exceptions').select('id').where('resolved_at', 'is', null).execute();
  for (const { id: exceptionId } of open)
    await town.transact((tx, now) =>
      resolveException(tx, { exceptionId, outcome, reason: 'looked at', by: 'token:una' }, now),
    );
}
