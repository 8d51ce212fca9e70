/** What happens between a judgement and what follows from it: the moment that a guard is for. */
import fc from 'fast-check';
import { aimedAt } from './aimed-commands.ts';
import type { Book } from './book.ts';
import { anyCustody, command } from './command.ts';
import type { Command, Weighted } from './command.ts';
import { PEOPLE } from './estate.ts';
import { approveAll, clear, leave, stay } from './office.ts';
import type { Town } from './town.ts';
import { putInOrder } from './world-commands.ts';

/** Every open custody is judged, something happens, and only then is done what was wanted. */
function disturbed(outside: readonly Weighted[]): fc.Arbitrary<Command> {
  return fc
    .oneof(...outside)
    .map((meanwhile) =>
      command(
        `every custody is judged; meanwhile ${meanwhile.toString()}; then it is done`,
        (town, book) => judgeThenAct(town, book, meanwhile),
        anyCustody,
      ),
    );
}

/** The same for somebody who has just left, with nothing in the way but what happens then. */
function scene(outside: readonly Weighted[]): fc.Arbitrary<Command> {
  const anything = fc.oneof(...outside);
  const moments = fc.constantFrom(...PEOPLE).chain((person) => {
    const other = PEOPLE.find((one) => one !== person) ?? person;
    return fc.tuple(
      fc.constant(person),
      fc.oneof(anything, { weight: 2, arbitrary: aimedAt(person, other) }),
    );
  });
  return moments.map(([person, meanwhile]) =>
    command(
      `${person} leaves with nothing in the way; meanwhile ${meanwhile.toString()}; then it is done`,
      async (town, book) => {
        await stay(town, book, person, 'rehired');
        await clear(town, book);
        putInOrder(town.estate, person);
        // Past the windows of the limit.
        town.time += 25 * 3_600_000;
        await leave(town, book, person);
        for (const custody of openOf(book)) await town.judge(custody);
        await approveAll(town, book, 'token:vic');
        await judgeThenAct(town, book, meanwhile);
      },
    ),
  );
}

async function judgeThenAct(town: Town, book: Book, meanwhile: Command): Promise<void> {
  const open = openOf(book);
  for (const custody of open) await town.judge(custody);
  if (meanwhile.check(book)) await meanwhile.run(book, town);
  for (const custody of open) await town.act(custody);
}

function openOf({ custodies }: Book) {
  return custodies.filter(({ open }) => open);
}

export function scenes(outside: readonly Weighted[]): readonly Weighted[] {
  return [
    { weight: 25, arbitrary: disturbed(outside) },
    { weight: 22, arbitrary: scene(outside) },
  ];
}
