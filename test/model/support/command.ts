/** One command of the model: something that happens, in the outside world, among people, or to a process. */
import type fc from 'fast-check';
import type { Book, BookedCustody } from './book.ts';
import type { Town } from './town.ts';

export type Command = fc.AsyncCommand<Book, Town>;
/** An arbitrary of commands, and how often it is to come. */
export interface Weighted {
  readonly weight: number;
  readonly arbitrary: fc.Arbitrary<Command>;
}

type Run = (town: Town, book: Book) => Promise<void> | void;

/** What the command is, in words that a shrunk counter-example prints; `when` leaves out what would mean nothing. */
export function command(words: string, run: Run, when: (book: Book) => boolean = () => true): Command {
  return {
    check: when,
    toString: () => words,
    async run(book, town) {
      book.ran += 1;
      // No two things happen in one millisecond.
      town.time += 1_000;
      await run(town, book);
      if (town.wrongs.length > 0) throw new Error(town.wrongs.join('; '));
    },
  };
}

/** The custody that a number means, among all that ever were. */
export function custodyAt({ custodies }: Book, n: number): BookedCustody | null {
  return custodies[n % Math.max(1, custodies.length)] ?? null;
}

export function anyCustody({ custodies }: Book): boolean {
  return custodies.length > 0;
}
