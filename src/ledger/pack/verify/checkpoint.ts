/** Checks `checkpoint` and `outside`: the tree that the proofs lead to, and whether it is the one that was seen elsewhere. */
import { openCheckpoint } from '../../checkpoint.ts';
import type { Checkpoint } from '../../checkpoint.ts';
import { verifyConsistency } from '../../proof-checks.ts';
import { NoteProblem } from '../../signed-note.ts';
import type { NoteVerifier } from '../../signed-note.ts';
import { parseConsistency } from '../consistency.ts';
import { CHECKPOINT, consistencyPath, LEDGER_KEY } from '../layout.ts';
import type { PackFiles } from '../layout.ts';
import type { Manifest } from '../manifest.ts';
import { PackError } from '../pack-error.ts';
import { verifierLines } from './given.ts';
import type { Given } from './given.ts';
import { counted, Findings, notChecked } from './report.ts';
import type { CheckResult } from './report.ts';

/** The checkpoint, when its signature holds. */
export interface OpenedCheckpoint {
  readonly head: Checkpoint;
  readonly note: string;
}

export function checkCheckpoint(
  files: PackFiles,
  manifest: Manifest,
  given: Given,
): { readonly opened: OpenedCheckpoint | null; readonly results: readonly CheckResult[] } {
  const found = new Findings();
  const known = knownKeys(files, given, found);
  const note = textOf(files.get(CHECKPOINT));
  const head = open(note, known, 'The checkpoint', found);
  if (head === null)
    return {
      opened: null,
      results: [found.result('checkpoint'), notChecked('outside', 'There is no checkpoint to compare.')],
    };
  found.looked = `${head.origin}, ${counted(head.size, 'fact')}`;
  const { origin, size, root } = manifest.checkpoint;
  if (origin !== head.origin || size !== head.size || root !== head.root.toString('hex'))
    found.wrong('The manifest speaks of another checkpoint.');
  return {
    opened: { head, note },
    results: [found.result('checkpoint'), checkOutside(files, head, known, given)],
  };
}

/** The caller's keys; without any those that came with the pack, for which its signer vouches. */
function knownKeys(files: PackFiles, given: Given, found: Findings): readonly NoteVerifier[] {
  if (given.ledgerKeys.length > 0) return given.ledgerKeys;
  try {
    return verifierLines(textOf(files.get(LEDGER_KEY)));
  } catch (error) {
    if (!(error instanceof PackError)) throw error;
    found.wrong(`${LEDGER_KEY} holds no verifier key.`);
    return [];
  }
}

function open(
  note: string,
  known: readonly NoteVerifier[],
  what: string,
  found: Findings,
): Checkpoint | null {
  try {
    return openCheckpoint(note, known);
  } catch (error) {
    if (!(error instanceof NoteProblem)) throw error;
    found.wrong(`${what} does not hold: ${error.message}.`);
    return null;
  }
}

function checkOutside(
  files: PackFiles,
  head: Checkpoint,
  known: readonly NoteVerifier[],
  given: Given,
): CheckResult {
  if (given.checkpoints.length === 0)
    return notChecked(
      'outside',
      'No checkpoint was given: only one that was kept outside shows a ledger that was put back or replaced (--checkpoint).',
    );
  const found = new Findings();
  found.looked = counted(given.checkpoints.length, 'checkpoint');
  for (const note of given.checkpoints) {
    const outside = open(note, known, 'The checkpoint that you gave', found);
    if (outside !== null) compare(outside, note, head, files, given, found);
  }
  return found.result('outside');
}

function compare(
  outside: Checkpoint,
  note: string,
  head: Checkpoint,
  files: PackFiles,
  given: Given,
  found: Findings,
): void {
  if (outside.origin !== head.origin) {
    found.wrong(`The checkpoint that you gave is of another ledger (${outside.origin}).`);
    return;
  }
  const [older, newer, newerNote] =
    outside.size <= head.size ? [outside, head, textOf(files.get(CHECKPOINT))] : [head, outside, note];
  if (older.size === newer.size) {
    if (!older.root.equals(newer.root))
      found.wrong(
        `Two different ledgers of ${counted(older.size, 'fact')}: yours and the pack’s cannot both be true.`,
      );
    return;
  }
  const proofs = [textOf(files.get(consistencyPath(older.size))), ...given.proofs].flatMap(readProof);
  const fitting = proofs.filter((proof) => proof.size === older.size && proof.checkpoint === newerNote);
  if (fitting.length === 0)
    found.wrong(
      outside === older
        ? `Nothing shows that the ledger grew out of your checkpoint of ${counted(outside.size, 'fact')}: export the pack again with --checkpoint, or bring the proof (--proof).`
        : `The pack is older than your checkpoint of ${counted(outside.size, 'fact')}: bring the proof from ${head.size} to ${outside.size} (--proof).`,
    );
  else if (!fitting.some((proof) => verifyConsistency(older, newer, proof.hashes)))
    found.wrong(
      `The ledger of ${counted(newer.size, 'fact')} did not grow out of the one of ${counted(older.size, 'fact')}: it was put back or rewritten in between.`,
    );
}

function readProof(text: string) {
  try {
    return [parseConsistency(text)];
  } catch (error) {
    if (error instanceof PackError) return [];
    throw error;
  }
}

/** Bytes that are no UTF-8 change here and then fit no signature. */
function textOf(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('utf8');
}
