/** Checkpoints, as C2SP tlog-checkpoint lays them down: a signed note about the tree's size and root. */
import { decodeBase64 } from './base64.ts';
import type { TreeHead } from './proof-checks.ts';
import { NoteProblem, openNote, parseNote, signNote } from './signed-note.ts';
import type { NoteVerifier } from './signed-note.ts';
import type { Signer } from './keys.ts';

/** What a checkpoint says. */
export interface Checkpoint extends TreeHead {
  /** Which log, e.g. `handback.example.com/ledger`; also the name of the keys that sign for it. */
  readonly origin: string;
  readonly root: Buffer;
  /** Lines behind the root, which Handback never writes. */
  readonly extensions: readonly string[];
}

/** The text that is signed. */
export function checkpointText({ origin, size, root }: TreeHead & { readonly origin: string }): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
}

/** A signed checkpoint. The name of the keys is the origin. */
export async function signCheckpoint(
  head: TreeHead & { readonly origin: string },
  signers: readonly Signer[],
): Promise<string> {
  return signNote(checkpointText(head), head.origin, signers);
}

/**
 * What a signed checkpoint says, when a known key signed it in the name of its origin.
 *
 * @throws NoteProblem when it is malformed, not signed by a known key, or wrongly signed.
 */
export function openCheckpoint(note: string, known: readonly NoteVerifier[]): Checkpoint {
  const { text, signedBy } = openNote(note, known);
  const checkpoint = parseText(text);
  // A key of one log says nothing about another.
  if (!signedBy.some(({ name }) => name === checkpoint.origin))
    throw new NoteProblem('unknown-keys', 'the key that signed is not one of this origin');
  return checkpoint;
}

/** What a checkpoint says, whoever signed it. For showing and for finding the key, never for believing. */
export function readCheckpointUnverified(note: string): Checkpoint {
  return parseText(parseNote(note).text);
}

function parseText(text: string): Checkpoint {
  const [origin, size, hash, ...extensions] = text.slice(0, -1).split('\n');
  const root = hash === undefined ? null : decodeBase64(hash);
  const count = size !== undefined && /^(0|[1-9][0-9]{0,15})$/u.test(size) ? Number(size) : Number.NaN;
  if (origin === undefined || origin === '' || !Number.isSafeInteger(count) || root?.length !== 32)
    throw new NoteProblem('malformed', 'not a checkpoint: origin, size and root hash are expected');
  if (extensions.includes('')) throw new NoteProblem('malformed', 'an extension line is empty');
  return { origin, size: count, root, extensions };
}
