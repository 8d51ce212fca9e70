/**
 * What this process has read of streams. Facts never change and a stream only grows, so what was read once is asked for no
 * more; the chain of digests tells whether what was read since fits on.
 */
import type { AnyFact } from '../domain/fact.ts';
import type { Reader } from './database.ts';

/** A stream up to a fact, which is the last of `facts`; `digest` is that one's. */
export interface KnownStream {
  readonly facts: readonly AnyFact[];
  readonly digest: string;
}

/** Before its first fact. */
export const EMPTY_STREAM: KnownStream = { facts: [], digest: '' };

/** Facts that are kept at most, of all streams together: some tens of MiB. */
const MOST_FACTS = 20_000;

/** A stream longer than this is not kept: it would push out all others. */
const LONGEST = 2_000;

/** The streams of one database, those that were not read for longest going first. */
export class KnownStreams {
  readonly #streams = new Map<string, KnownStream>();
  #facts = 0;

  get(stream: string): KnownStream {
    const known = this.#streams.get(stream);
    if (known === undefined) return EMPTY_STREAM;
    this.#streams.delete(stream);
    this.#streams.set(stream, known);
    return known;
  }

  /** One that is shorter than what is known already was read earlier and is passed over. */
  keep(stream: string, known: KnownStream): void {
    const before = this.#streams.get(stream);
    if (before !== undefined && before.facts.length >= known.facts.length) return;
    this.forget(stream);
    if (known.facts.length > LONGEST) return;
    this.#streams.set(stream, known);
    this.#facts += known.facts.length;
    for (const oldest of this.#streams.keys()) {
      if (this.#facts <= MOST_FACTS) break;
      this.forget(oldest);
    }
  }

  forget(stream: string): void {
    this.#facts -= this.#streams.get(stream)?.facts.length ?? 0;
    this.#streams.delete(stream);
  }
}

const DATABASES = new WeakMap<object, KnownStreams>();

/** What is known of the database behind a connection or a transaction: both share its adapter, and no two databases do. */
export function knownStreams(db: Reader): KnownStreams {
  const { adapter } = db.getExecutor();
  const known = DATABASES.get(adapter) ?? new KnownStreams();
  DATABASES.set(adapter, known);
  return known;
}
