/** Proofs of inclusion as C2SP tlog-proof@v1 lays them down: index, hashes and the checkpoint, in one text. */
import { decodeBase64 } from './base64.ts';
import { openCheckpoint } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import { leafHash } from './merkle.ts';
import { verifyInclusion } from './proof-checks.ts';
import { NoteProblem } from './signed-note.ts';
import type { NoteVerifier } from './signed-note.ts';

const HEADER = 'c2sp.org/tlog-proof@v1';
/** A tree of 2^53 leaves has no longer proof. */
const MAX_HASHES = 64;

export interface TlogProof {
  /** Of the leaf, from 0. */
  readonly index: number;
  /** 32 bytes each, from the leaf's sibling up. */
  readonly hashes: readonly Uint8Array[];
  /** The signed checkpoint, byte for byte. */
  readonly checkpoint: string;
  /** Not covered by any signature. */
  readonly extra?: Uint8Array;
}

/** A proof that is malformed, or does not prove what it is said to. */
export class ProofProblem extends Error {
  override readonly name = 'ProofProblem';
  readonly code: 'malformed' | 'checkpoint' | 'not-included';

  constructor(code: ProofProblem['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export function encodeTlogProof({ index, hashes, checkpoint, extra }: TlogProof): string {
  const lines = [
    HEADER,
    ...(extra === undefined ? [] : [`extra ${base64(extra)}`]),
    `index ${index}`,
    ...hashes.map(base64),
    '',
  ];
  return `${lines.join('\n')}\n${checkpoint}`;
}

/** @throws ProofProblem for anything but a well-formed proof. Nothing is checked yet, nor is the checkpoint parsed. */
export function parseTlogProof(text: string): TlogProof {
  const end = text.indexOf('\n\n');
  if (end === -1) throw malformed('no empty line before the checkpoint');
  const [header, ...rest] = text.slice(0, end).split('\n');
  if (header !== HEADER) throw malformed('the first line does not name tlog-proof@v1');
  const extra = rest[0]?.startsWith('extra ') === true ? bytesOf(rest.shift()?.slice(6)) : undefined;
  const [, digits] = /^index (0|[1-9][0-9]{0,15})$/u.exec(rest.shift() ?? '') ?? [];
  const index = Number(digits ?? Number.NaN);
  if (!Number.isSafeInteger(index)) throw malformed('the index is no number');
  if (rest.length > MAX_HASHES) throw malformed('the proof is too long');
  const hashes = rest.map((line) => bytesOf(line, 32));
  const proof = { index, hashes, checkpoint: text.slice(end + 2) };
  return extra === undefined ? proof : { ...proof, extra };
}

/**
 * Whether these bytes are the log's leaf at the proof's index.
 *
 * @param leaf The bytes of the fact, not their hash.
 * @param known Keys that may sign for the log.
 * @returns The checkpoint that the proof leads to.
 * @throws ProofProblem when it is malformed, when the checkpoint is not signed by a known key, or when the leaf is another.
 */
export function verifyTlogProof(text: string, leaf: Uint8Array, known: readonly NoteVerifier[]): Checkpoint {
  const { index, hashes, checkpoint: note } = parseTlogProof(text);
  const checkpoint = opened(note, known);
  if (!verifyInclusion({ index, leafHash: leafHash(leaf), hashes }, checkpoint))
    throw new ProofProblem('not-included', `these bytes are not leaf ${index} of the checkpoint’s tree`);
  return checkpoint;
}

function opened(note: string, known: readonly NoteVerifier[]): Checkpoint {
  try {
    return openCheckpoint(note, known);
  } catch (error) {
    if (error instanceof NoteProblem) throw new ProofProblem('checkpoint', error.message, { cause: error });
    throw error;
  }
}

function bytesOf(encoded: string | undefined, length?: number): Buffer {
  const bytes = encoded === undefined ? null : decodeBase64(encoded);
  if (bytes === null || (length !== undefined && bytes.length !== length))
    throw malformed('a line is not the base64 that it should be');
  return bytes;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function malformed(message: string): ProofProblem {
  return new ProofProblem('malformed', message);
}
