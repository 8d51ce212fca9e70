import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether the two are equal, in a time that tells nothing about either, not even the length. */
export function sameSecret(given: string | undefined, expected: string): boolean {
  if (given === undefined || expected === '') return false;
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
