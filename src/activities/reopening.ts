import { reopenCase } from '../store/reopen.ts';
import type { Reopening } from '../store/reopen.ts';
import { inTransaction } from '../store/transactions.ts';
import type { EngineContext } from './context.ts';

/** Opens completed cases again, each in a transaction of its own. */
export async function reopenFor(context: EngineContext, reopenings: readonly Reopening[]): Promise<void> {
  for (const reopening of reopenings) {
    const reopened = await inTransaction(context.db, (tx) =>
      reopenCase(tx, reopening, context.terms, context.clock()),
    );
    const { caseId, reason } = reopening;
    if (reopened) context.log.warn({ caseId, reason }, 'a completed case was opened again');
  }
}
