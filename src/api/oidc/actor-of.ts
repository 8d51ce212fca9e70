/** The actor of facts: who signed in, without telling who that is. */
import { createHash } from 'node:crypto';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
/** 130 bits. */
const LENGTH = 26;

/** `user:` and a digest of issuer and subject: every token of one person (or program) gives the same. */
export function actorOf(issuer: string, subject: string): string {
  const digest = createHash('sha256').update(`${issuer}\n${subject}`, 'utf8').digest();
  return `user:${base32(digest).slice(0, LENGTH)}`;
}

/** RFC 4648, small letters, without padding. */
function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/gu) ?? []).map((five) => ALPHABET.charAt(Number.parseInt(five, 2))).join('');
}
