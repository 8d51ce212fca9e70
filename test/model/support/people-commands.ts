/** What people do besides deciding: leave, come back, hold, lose their role, watch. */
import fc from 'fast-check';
import { HOLD_KINDS } from '../../../src/domain/holds.ts';
import { recordEvidence } from '../../../src/store/evidence.ts';
import { setKillSwitch } from '../../../src/store/kill-switch.ts';
import { anyCustody, command, custodyAt } from './command.ts';
import type { Weighted } from './command.ts';
import { PEOPLE } from './estate.ts';
import { changeAccess, clear, hold, leave, lift, settle, stay } from './office.ts';
import { ACTORS, ADMIN } from './town.ts';

const SOME = fc.nat(11);
const PERSON = fc.constantFrom(...PEOPLE);
const ACTOR = fc.constantFrom(...ACTORS);

const leaves = PERSON.map((person) => command(`${person} leaves`, (town, book) => leave(town, book, person)));

const stays = fc
  .tuple(PERSON, fc.constantFrom('rehired' as const, 'withdrawn' as const))
  .map(([person, reason]) =>
    command(`${person} stays: ${reason}`, (town, book) => stay(town, book, person, reason)),
  );

const holds = fc.tuple(SOME, fc.constantFrom(...HOLD_KINDS), fc.boolean()).map(([n, kind, onPerson]) =>
  command(
    `a ${kind} hold on ${onPerson ? 'the person' : 'the device'} of custody ${n}`,
    async (town, book) => {
      const custody = custodyAt(book, n);
      if (custody !== null) await hold(town, book, custody, kind, onPerson);
    },
    anyCustody,
  ),
);

const lifts = SOME.map((n) =>
  command(
    `hold ${n} is lifted`,
    (town, book) => lift(town, book, [...book.holds.keys()][n % book.holds.size] ?? ''),
    (book) => book.holds.size > 0,
  ),
);

const reportedLost = SOME.map((n) =>
  command(
    `the device of custody ${n} is reported lost`,
    async (town, book) => {
      const custody = custodyAt(book, n);
      if (custody?.open !== true) return;
      const { deviceId } = custody;
      const evidence = { type: 'lost.reported', kind: 'lost' } as const;
      await town.transact((tx, now) =>
        recordEvidence(tx, deviceId, evidence, { by: ADMIN, remark: null }, now),
      );
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

const access = fc
  .tuple(ACTOR, fc.boolean())
  .map(([actor, revoked]) =>
    command(`${actor} ${revoked ? 'loses all access' : 'has access again'}`, (town, book) =>
      changeAccess(town, book, actor, revoked),
    ),
  );

const watching = fc
  .constantFrom('enforce' as const, 'observe' as const, 'recommend' as const)
  .map((mode) => command(`the device manager is in mode ${mode}`, (_town, book) => void (book.mode = mode)));

/** Else, after a while, nothing would be sent any more. */
const cleared = fc
  .constant(null)
  .map(() => command('everything in the way is cleared', (town, book) => clear(town, book)));

/** The account of somebody who has left is cut again, by somebody else than us. */
const gone = fc.constant(null).map(() =>
  command('whoever is leaving is gone', ({ estate }, book) => {
    for (const { open, person } of book.custodies) if (open) estate.accounts.set(person, 'deactivated');
  }),
);

const settles = fc
  .constantFrom('retry', 'let-be')
  .map((outcome) => command(`every exception is decided: ${outcome}`, (town) => settle(town, outcome)));

export const OFFICE: readonly Weighted[] = [
  { weight: 8, arbitrary: leaves },
  { weight: 4, arbitrary: stays },
  { weight: 8, arbitrary: cleared },
  { weight: 3, arbitrary: gone },
  { weight: 6, arbitrary: holds },
  { weight: 3, arbitrary: lifts },
  { weight: 2, arbitrary: reportedLost },
  { weight: 3, arbitrary: killed },
  { weight: 5, arbitrary: access },
  { weight: 5, arbitrary: watching },
  { weight: 5, arbitrary: settles },
];
