/** Small shapes that many answers share. */
import { z } from 'zod';
import { ID_PREFIXES } from '../../domain/ids.ts';
import type { IdKind } from '../../domain/ids.ts';

/** ISO 8601 UTC. */
export const Instant = z.iso.datetime({ offset: true });
export const MaybeInstant = Instant.nullable();

/** One of our opaque ids. */
export function Id(kind: IdKind) {
  return z
    .string()
    .regex(new RegExp(`^${ID_PREFIXES[kind]}_[0-9a-z]{26}$`, 'u'), `an id such as ${ID_PREFIXES[kind]}_…`);
}

/** One line of text without control characters. */
export function Line(longest: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .refine((text) => !/\p{Cc}/u.test(text) && text.isWellFormed(), 'one line of text');
}

/** SHA-256 in hex. */
export const Digest = z.string().regex(/^[0-9a-f]{64}$/u, 'a SHA-256 in hex');

export const Serial = Line(128).meta({ description: 'As printed or scanned; compared in normalised form.' });
