import type { NewFact } from '../domain/fact.ts';
import { appendOnce } from '../store/facts.ts';
import type { EngineContext } from './context.ts';

/** Records a fact unless its key is known: the first reading of a thing that is read twice stands. */
export async function recordOnce(context: EngineContext, fact: NewFact): Promise<void> {
  await appendOnce(context.db, fact, context.clock());
}
