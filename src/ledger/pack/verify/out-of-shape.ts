/** What is thrown by code that reads facts as they are typed, when a fact of a pack is not. */
import { CanonicalError } from '../../canonical.ts';

export function isOutOfShape(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof CanonicalError;
}
