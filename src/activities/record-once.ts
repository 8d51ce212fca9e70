import type { NewFact } from '../domain/fact.ts';
import { appendFacts } from '../store/facts.ts';
import type { EngineContext } from './context.ts';

/** Records a fact unless its key is known: the first reading of a thing that is read twice stands. */
export async function recordOnce(context: EngineContext, fact: NewFact): Promise<void> {
  await context.db.transaction().execute(async (tx) => {
    const known = await tx.selectFrom('facts').select('id').where('key', '=', fact.key).executeTakeFirst();
    if (known === undefined) await appendFacts(tx, [fact], context.clock());
  });
}
