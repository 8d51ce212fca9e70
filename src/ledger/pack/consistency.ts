/**
 * Proof that a checkpoint grew out of an earlier tree, as text: the request of C2SP tlog-witness (`old` size, hashes, an empty
 * line, the checkpoint), which witnesses read too. RFC 6962 §2.1.2 says what the hashes are.
 */
import { decodeBase64 } from '../base64.ts';
import { PackError } from './pack-error.ts';

export interface Consistency {
  /** Of the earlier tree. */
  readonly size: number;
  readonly hashes: readonly Uint8Array[];
  /** The later checkpoint, byte for byte. */
  readonly checkpoint: string;
}

const MOST_HASHES = 64;

export function encodeConsistency({ size, hashes, checkpoint }: Consistency): string {
  const lines = [`old ${size}`, ...hashes.map((hash) => Buffer.from(hash).toString('base64')), ''];
  return `${lines.join('\n')}\n${checkpoint}`;
}

/** @throws PackError `format`. Nothing is checked yet. */
export function parseConsistency(text: string): Consistency {
  const end = text.indexOf('\n\n');
  const [first = '', ...rest] = end === -1 ? [] : text.slice(0, end).split('\n');
  const size = Number(/^old (0|[1-9][0-9]{0,15})$/u.exec(first)?.[1] ?? Number.NaN);
  if (!Number.isSafeInteger(size) || rest.length > MOST_HASHES) throw malformed();
  const hashes = rest.map((line) => {
    const hash = decodeBase64(line);
    if (hash === null || hash.length !== 32) throw malformed();
    return hash;
  });
  return { size, hashes, checkpoint: text.slice(end + 2) };
}

function malformed(): PackError {
  return new PackError(
    'format',
    'it is no consistency proof: `old <size>`, hashes and a checkpoint are expected',
  );
}
