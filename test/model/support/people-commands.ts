/** What people do: leave, come back, hold, ask, decide, switch off, and lose their role. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { NotToDecide } from '../../../src/domain/decisions.ts';
import { HOLD_KINDS } from '../../../src/domain/holds.ts';
import type { Route } from '../../../src/domain/routes.ts';
import { decide, requestDecision } from '../../../src/store/decisions/decisions.ts';
import type { DecisionRequest } from '../../../src/store/decisions/kinds.ts';
import { resolveException } from '../../../src/store/exceptions.ts';
import { liftHold, placeHold } from '../../../src/store/holds.ts';
import { setKillSwitch } from '../../../src/store/kill-switch.ts';
import { restoreAccess, revokeAccess } from '../../../src/store/revocations.ts';
import type { Book, BookedCustody, BookedDecision } from './book.ts';
import { anyCustody, command, custodyAt } from './command.ts';
import type { Command } from './command.ts';
import { PEOPLE } from './estate.ts';
import { findingsOf } from './findings.ts';
import { ACTORS, ADMIN } from './town.ts';
import type { Town } from './town.ts';

const SOME = fc.nat(11);
const PERSON = fc.constantFrom(...PEOPLE);
const ACTOR = fc.constantFrom(...ACTORS);

const leaves = PERSON.map((person) =>
  command(`${person} leaves`, async (town, book) => {
    town.estate.accounts.set(person, 'deactivated');
    town.estate.down.clear();
    const caseId = await town.offboard(person);
    if (caseId !== null) await bookCustodies(town, book, person, caseId);
  }),
);

async function bookCustodies(town: Town, book: Book, person: string, caseId: string): Promise<void> {
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
      mismatch: null,
    });
}

const stays = fc.tuple(PERSON, fc.boolean()).map(([person, rehired]) =>
  command(`${person} ${rehired ? 'is hired again' : 'does not leave after all'}`, async (town, book) => {
    town.estate.accounts.set(person, 'active');
    const caseId = await town.stay(person, rehired ? 'rehired' : 'withdrawn');
    for (const custody of book.custodies) if (custody.caseId === caseId) custody.open = false;
  }),
);

/** The account lives again, and nobody has told us yet. */
const holds = fc.tuple(SOME, fc.constantFrom(...HOLD_KINDS), fc.boolean()).map(([n, kind, onPerson]) =>
  command(
    `a ${kind} hold on ${onPerson ? 'the person' : 'the device'} of custody ${n}`,
    async (town, book) => {
      const custody = custodyAt(book, n);
      if (custody === null) return;
      const { person, deviceId, serial } = custody;
      const where = onPerson
        ? { personId: town.personIds.get(person) ?? '', deviceId: null }
        : { personId: null, deviceId };
      const id = await town.transact((tx, now) =>
        placeHold(tx, { kind, ...where, reason: 'a claim', by: 'token:legal' }, now),
      );
      book.holds.set(id, { id, person: onPerson ? person : null, serial: onPerson ? null : serial });
    },
    anyCustody,
  ),
);

const lifts = SOME.map((n) =>
  command(
    `hold ${n} is lifted`,
    async (town, book) => {
      const id = [...book.holds.keys()][n % book.holds.size] ?? '';
      for (const kind of HOLD_KINDS)
        await town.transact((tx, now) =>
          liftHold(tx, { holdId: id, kind, reason: 'over', by: 'token:legal' }, now),
        );
      book.holds.delete(id);
    },
    ({ holds: placed }) => placed.size > 0,
  ),
);

const ASKED = fc.oneof(
  { weight: 5, arbitrary: fc.constant('approve-wipe' as const) },
  { weight: 3, arbitrary: fc.constant('approve-mismatch' as const) },
  { weight: 2, arbitrary: fc.constant('change-route' as const) },
  { weight: 1, arbitrary: fc.constant('declare-lost' as const) },
  { weight: 1, arbitrary: fc.constant('vendor-sanitises' as const) },
  { weight: 3, arbitrary: fc.constant('release-wipe-limit' as const) },
  { weight: 3, arbitrary: fc.constant('kill-switch-off' as const) },
);
const ROUTE = fc.constantFrom<Route>(
  'dispose',
  'redeploy',
  'lessor-return',
  'employee-sale',
  'legal-retention',
  'personal',
);
type AskedKind = typeof ASKED extends fc.Arbitrary<infer K> ? K : never;

const asks = fc
  .tuple(ASKED, SOME, ROUTE, ACTOR)
  .map(([kind, n, to, by]) =>
    command(
      `${by} asks for ${kind} of custody ${n}${kind === 'change-route' ? ` to ${to}` : ''}`,
      async (town, book) => void (await ask(town, book, kind, custodyAt(book, n), to, by)),
      anyCustody,
    ),
  );

async function ask(
  town: Town,
  book: Book,
  kind: AskedKind,
  custody: BookedCustody | null,
  to: Route,
  by: string,
): Promise<BookedDecision | null> {
  const about = custody?.deviceId ?? '';
  const reviewAt = new Date(town.time + 365 * 24 * 3_600_000).toISOString();
  const request: DecisionRequest =
    kind === 'release-wipe-limit' || kind === 'kill-switch-off'
      ? { kind }
      : kind === 'change-route'
        ? { kind, deviceId: about, to, reviewAt }
        : { kind, deviceId: about };
  try {
    const { id, isNew } = await town.transact((tx, now) =>
      requestDecision(tx, { request, reason: 'asked for', by }, now),
    );
    if (!isNew) return null;
    // It is about the device as it is in custody now, whichever of its epochs was meant.
    const now = book.custodies.find((one) => one.deviceId === about && one.open) ?? null;
    const decision = { id, kind, requester: by, custody: now, to, approver: null };
    book.decisions.push(decision);
    return decision;
  } catch (error) {
    if (error instanceof NotToDecide) return null;
    throw error;
  }
}

const decides = fc
  .tuple(SOME, ACTOR, fc.constantFrom('approved' as const, 'approved' as const, 'refused' as const))
  .map(([n, by, outcome]) =>
    command(
      `${by} says ${outcome} to the ${n}th last decision`,
      async (town, book) => {
        const decision = book.decisions.at(-1 - (n % book.decisions.length));
        if (decision !== undefined) await give(town, book, decision, by, outcome);
      },
      ({ decisions }) => decisions.length > 0,
    ),
  );

async function give(
  town: Town,
  book: Book,
  decision: BookedDecision,
  by: string,
  outcome: 'approved' | 'refused',
): Promise<void> {
  const { id, kind, requester } = decision;
  const result = await town.transact((tx, now) => decide(tx, { decisionId: id, kind, outcome, by }, now));
  if (result.kind !== 'decided') return;
  expect(requester).not.toBe(by);
  if (result.outcome === 'approved') takeEffect(town, book, decision, by);
}

function takeEffect(town: Town, book: Book, decision: BookedDecision, by: string): void {
  const { kind, custody, requester } = decision;
  decision.approver = by;
  if (kind === 'change-route' && custody !== null) custody.route = decision.to ?? 'dispose';
  if (kind === 'declare-lost' && custody !== null) custody.route = 'lost';
  if (kind === 'approve-mismatch' && custody !== null) custody.mismatch = [requester, by];
  if (kind === 'kill-switch-off') book.killed = false;
  if (kind === 'release-wipe-limit') [book.tripped, book.releasedAt] = [false, town.time];
}

/** What a quick office does: one asks, another approves, at once. */
const agreed = fc.tuple(ASKED, SOME, ROUTE, ACTOR, ACTOR).map(([kind, n, to, by, other]) =>
  command(
    `${by} asks for ${kind} of custody ${n}${kind === 'change-route' ? ` to ${to}` : ''}, ${other} approves`,
    async (town, book) => {
      const decision = await ask(town, book, kind, custodyAt(book, n), to, by);
      if (decision !== null) await give(town, book, decision, other, 'approved');
    },
    anyCustody,
  ),
);

const killed = fc.constant(null).map(() =>
  command('the kill switch is switched on', async (town, book) => {
    await town.transact((tx, now) => setKillSwitch(tx, true, { by: ADMIN, decisionId: null }, now));
    book.killed = true;
  }),
);

const revoked = fc.tuple(ACTOR, fc.boolean()).map(([actor, back]) =>
  command(`${actor} ${back ? 'has access again' : 'loses all access'}`, async (town, book) => {
    const change = { actor, by: ADMIN, reason: 'reviewed' };
    await town.transact((tx, now) => (back ? restoreAccess : revokeAccess)(tx, change, now));
    if (back) book.revoked.delete(actor);
    else book.revoked.add(actor);
  }),
);

const watching = fc
  .constantFrom('enforce' as const, 'enforce' as const, 'observe' as const, 'recommend' as const)
  .map((mode) => command(`the device manager is in mode ${mode}`, (_town, book) => void (book.mode = mode)));

/** Whatever is in the way is put out of it, by the right people: else, after a while, nothing would be sent any more. */
const cleared = fc.constant(null).map(() =>
  command('everything in the way is cleared', async (town, book) => {
    book.mode = 'enforce';
    town.estate.down.clear();
    const [one, other] = ACTORS;
    for (const kind of ['kill-switch-off', 'release-wipe-limit'] as const) {
      const decision = await ask(town, book, kind, null, 'dispose', one);
      if (decision !== null) await give(town, book, decision, other, 'approved');
    }
  }),
);

/** The account of somebody who has left is cut again, by somebody else than us. */
const gone = fc.constant(null).map(() =>
  command('whoever is leaving is gone', ({ estate }, book) => {
    for (const { open, person } of book.custodies) if (open) estate.accounts.set(person, 'deactivated');
  }),
);

/** Exceptions are decided as people do: try again. */
const settles = fc.constantFrom('retry', 'let-be').map((outcome) =>
  command(`every exception is decided: ${outcome}`, async (town) => {
    const rows = await town.db
      .selectFrom('exceptions')
      .select('id')
      .where('resolved_at', 'is', null)
      .execute();
    for (const { id: exceptionId } of rows)
      await town.transact((tx, now) =>
        resolveException(tx, { exceptionId, outcome, reason: 'looked at', by: 'token:una' }, now),
      );
  }),
);

export const DECIDING: readonly { readonly weight: number; readonly arbitrary: fc.Arbitrary<Command> }[] = [
  { weight: 16, arbitrary: leaves },
  { weight: 4, arbitrary: stays },
  { weight: 8, arbitrary: cleared },
  { weight: 4, arbitrary: gone },
  { weight: 3, arbitrary: holds },
  { weight: 5, arbitrary: lifts },
  { weight: 3, arbitrary: asks },
  { weight: 4, arbitrary: decides },
  { weight: 8, arbitrary: agreed },
  { weight: 1, arbitrary: killed },
  { weight: 2, arbitrary: revoked },
  { weight: 3, arbitrary: watching },
  { weight: 5, arbitrary: settles },
];
