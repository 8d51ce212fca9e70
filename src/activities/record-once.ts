import type { AnyFact, NewFact } from '../domain/fact.ts';
import { appendOnce } from '../store/facts.ts';
import type { EngineContext } from './context.ts';

/**
 * Records a fact unless its key is known: the first reading of a thing that is read twice stands.
 *
 * @returns The whole stream as it is then.
 */
export function recordOnce(context: EngineContext, fact: NewFact): Promise<readonly AnyFact[]> {
  return appendOnce(context.db, fact, context.clock());
}
