/** Whether the inventory is to say now that a unit has left with the disposal vendor. Pure. */
import type { CustodyState } from '../custody-state.ts';
import { isOpen } from '../exceptions.ts';
import type { Policy } from '../policy.ts';
import { acceptedCertificate } from './sanitisation.ts';

/** Opened where the inventory would not take the change; decided `retry`, it is tried once more, otherwise left alone. */
export const LEFT_REFUSED = 'status-not-changed';

/** Once per custody, from the handover until its record is about to be closed. */
export function isLeavingToBeShown(custody: CustodyState, policy: Policy): boolean {
  const { cancelled, closed, transferred, leftShown, closureWritten, closureReadBack, exceptions } = custody;
  if (cancelled !== null || closed !== null || transferred === null || leftShown !== null) return false;
  // From here on the record gets its final state.
  if (closureWritten !== null || closureReadBack !== null) return false;
  if (acceptedCertificate(custody, policy) !== null) return false;
  const refused = exceptions.findLast(({ opened }) => opened.data.code === LEFT_REFUSED);
  return refused === undefined || (!isOpen(refused) && refused.resolved?.data.outcome === 'retry');
}
