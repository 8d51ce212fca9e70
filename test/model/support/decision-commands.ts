/** Two people decide, in whatever order, about whatever; and one tries alone. */
import fc from 'fast-check';
import type { Route } from '../../../src/domain/routes.ts';
import { anyCustody, command, custodyAt } from './command.ts';
import type { Weighted } from './command.ts';
import { agree, approveAll, ask, ASKED_KINDS, give } from './office.ts';
import { ACTORS } from './town.ts';

const SOME = fc.nat(11);
const ACTOR = fc.constantFrom(...ACTORS);
const KIND = fc.constantFrom(...ASKED_KINDS);
const ROUTE = fc.constantFrom<Route>(
  'dispose',
  'redeploy',
  'lessor-return',
  'employee-sale',
  'legal-retention',
  'personal',
);

const asks = fc
  .tuple(KIND, SOME, ROUTE, ACTOR)
  .map(([kind, n, to, by]) =>
    command(
      `${by} asks for ${kind} (${to}) of custody ${n}`,
      async (town, book) => void (await ask(town, book, { kind, custody: custodyAt(book, n), to, by })),
      anyCustody,
    ),
  );

/** Also whoever asked: alone, nobody decides anything. */
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

/** What a quick office does: one asks, another approves, at once. */
const agreed = fc
  .tuple(KIND, SOME, ROUTE, ACTOR)
  .map(([kind, n, to, by]) =>
    command(
      `${by} and another agree on ${kind} (${to}) of custody ${n}`,
      (town, book) => agree(town, book, { kind, custody: custodyAt(book, n), to, by }),
      anyCustody,
    ),
  );

/** Evidence: two people keep the devices as they are. */
const kept = ACTOR.map((by) =>
  command(
    `${by} and another keep every device as evidence`,
    async (town, book) => {
      for (const custody of book.custodies.filter(({ open }) => open))
        await agree(town, book, { kind: 'change-route', custody, to: 'legal-retention', by });
    },
    anyCustody,
  ),
);

const approved = ACTOR.map((by) =>
  command(
    `${by} asks for every wipe, and another approves`,
    (town, book) => approveAll(town, book, by),
    anyCustody,
  ),
);

export const DECIDING: readonly Weighted[] = [
  { weight: 4, arbitrary: asks },
  { weight: 4, arbitrary: decides },
  { weight: 8, arbitrary: agreed },
  { weight: 3, arbitrary: kept },
  { weight: 6, arbitrary: approved },
];
