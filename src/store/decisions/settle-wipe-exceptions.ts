/** Exceptions about a wipe that another way has overtaken: decided with it, so that nobody is asked any more. */
import type { CustodyState } from '../../domain/custody-state.ts';
import { isOpen } from '../../domain/exceptions.ts';
import { announceCustody } from '../custody-news.ts';
import type { Tx } from '../database.ts';
import { resolveException } from '../exceptions.ts';

/** @param outcome The way that was taken instead. */
export async function settleWipeExceptions(
  tx: Tx,
  { deviceId, epoch, exceptions }: CustodyState,
  outcome: string,
  by: string,
  now: Date,
): Promise<void> {
  for (const exception of exceptions) {
    const { exceptionId, gate } = exception.opened.data;
    if (isOpen(exception) && gate === 'wipe')
      await resolveException(tx, { exceptionId, outcome, reason: 'another way was taken', by }, now);
  }
  await announceCustody(tx, deviceId, epoch, now);
}
