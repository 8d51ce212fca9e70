/** Ids that are the same on every run for the same seed, so that tests can be repeated, and that look as the vendor's do. */
import { createHash } from 'node:crypto';

const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** `length` letters and digits that depend on `parts` only. */
export function stableId(length: number, ...parts: string[]): string {
  let id = '';
  for (let round = 0; id.length < length; round += 1) {
    for (const byte of digest([...parts, String(round)])) id += ALPHANUMERIC[byte % ALPHANUMERIC.length];
  }
  return id.slice(0, length);
}

/** A UUID (version 4 form) that depends on `parts` only. */
export function stableUuid(...parts: string[]): string {
  const hex = digest(parts).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A positive integer below `limit` that depends on `parts` only. */
export function stableNumber(limit: number, ...parts: string[]): number {
  return 1 + (digest(parts).readUInt32BE(0) % (limit - 1));
}

function digest(parts: readonly string[]): Buffer {
  return createHash('sha256').update(JSON.stringify(parts)).digest();
}
