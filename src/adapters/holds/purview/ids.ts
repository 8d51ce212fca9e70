import { createHash } from 'node:crypto';

/**
 * An id as it may stand in a fact. Purview's ids are UUIDs and hexadecimal numbers, by which people find the hold there; any
 * other text could carry a name, and its digest stands for it.
 */
export function opaque(id: string): string {
  return /^[\da-f-]{1,80}$/iu.test(id) ? id : createHash('sha256').update(id).digest('hex');
}
