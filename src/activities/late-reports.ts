/** What vendors say of devices whose custody is closed, where it contradicts the closure: whoever owns it is told. */
import { contradictionsToRaise, raiseContradiction } from '../store/late-contradictions.ts';
import { inTransaction } from '../store/transactions.ts';
import type { EngineContext } from './context.ts';

/** At a time; the next sweep goes on. */
const LIMIT = 500;

/** Once for each, however often it is asked; each in a transaction of its own. */
export async function raiseContradictions({ db, clock, terms, log }: EngineContext): Promise<void> {
  for (const factKey of await contradictionsToRaise(db, LIMIT)) {
    const raisedOn = await inTransaction(db, (tx) => raiseContradiction(tx, factKey, terms, clock()));
    if (raisedOn !== null) log.warn({ raisedOn }, 'a disposal vendor contradicts a closure');
  }
}
