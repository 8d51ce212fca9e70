/** The facts of a period's pack: streams that are whole, and single facts of others. */
import type { AnyFact, Fact } from '../../../domain/fact.ts';
import type { FactType } from '../../../domain/fact-types.ts';
import type { Streams } from '../related-streams.ts';

export interface PackFacts {
  readonly whole: Streams;
  /** By stream, in the order of `seq`; with gaps. */
  readonly excerpts: Streams;
  /** Leaf index by event key. */
  readonly places: ReadonlyMap<string, number>;
}

/** Every stream that begins so, whole or not. */
export function streamsOf({ whole, excerpts }: PackFacts, prefix: string): Streams {
  return new Map([...whole, ...excerpts].filter(([stream]) => stream.startsWith(prefix)));
}

/** All facts in the order of the ledger. */
export function inLedgerOrder({ whole, excerpts, places }: PackFacts): readonly AnyFact[] {
  return [...whole.values(), ...excerpts.values()]
    .flat()
    .toSorted((a, b) => (places.get(a.key) ?? 0) - (places.get(b.key) ?? 0));
}

export function isOf<T extends FactType>(type: T): (fact: AnyFact) => fact is AnyFact & Fact<T> {
  return (fact): fact is AnyFact & Fact<T> => fact.type === type;
}

/** Where a fact stands in the pack: its event's index. */
export function placeOf(fact: Pick<AnyFact, 'key'> | null | undefined, { places }: PackFacts): number | null {
  return fact === null || fact === undefined ? null : (places.get(fact.key) ?? null);
}
