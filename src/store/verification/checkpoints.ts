/** Checkpoints that are kept: signed, following one another, and saying what stands beside them. */
import { openCheckpoint } from '../../ledger/checkpoint.ts';
import type { Checkpoint } from '../../ledger/checkpoint.ts';
import { verifyConsistency } from '../../ledger/proof-checks.ts';
import { NoteProblem } from '../../ledger/signed-note.ts';
import type { NoteVerifier } from '../../ledger/signed-note.ts';
import type { StoredCheckpoint } from '../checkpoints.ts';
import type { Tx } from '../database.ts';
import { cursor } from '../cursor.ts';
import type { Findings } from './findings.ts';
import type { ExpectedHead, HeadSource } from './tree.ts';

/** Keys that may have signed, by the origin that they sign for. */
export type VerifiersOf = (origin: string) => readonly NoteVerifier[];

/** @returns How many there are. */
export async function checkCheckpoints(
  tx: Tx,
  verifiersOf: VerifiersOf,
  findings: Findings,
): Promise<number> {
  let count = 0;
  let previous: { readonly row: StoredCheckpoint; readonly said: Checkpoint } | null = null;
  for await (const rows of cursor<StoredCheckpoint>(
    tx,
    'ledger_signed',
    'select * from ledger_checkpoints order by id',
  )) {
    for (const row of rows) {
      count += 1;
      const said = opened(row, verifiersOf, findings);
      if (said === null) continue;
      if (!followsOn(row, said, previous))
        findings.add(
          'checkpoint-chain',
          `checkpoint ${row.id} (${said.size} facts) does not go on from the one before`,
        );
      previous = { row, said };
    }
  }
  return count;
}

function opened(row: StoredCheckpoint, verifiersOf: VerifiersOf, findings: Findings): Checkpoint | null {
  try {
    const said = openCheckpoint(row.note, verifiersOf(row.origin));
    if (said.origin === row.origin && said.size === row.size && said.root.equals(row.root)) return said;
    findings.add(
      'checkpoint-signature',
      `checkpoint ${row.id} says something else than what stands beside it`,
    );
  } catch (error) {
    if (!(error instanceof NoteProblem)) throw error;
    findings.add('checkpoint-signature', `checkpoint ${row.id}: ${error.message}`);
  }
  return null;
}

function followsOn(
  row: StoredCheckpoint,
  said: Checkpoint,
  previous: { readonly row: StoredCheckpoint; readonly said: Checkpoint } | null,
): boolean {
  if (previous === null) return row.previous_id === null;
  return row.previous_id === previous.row.id && verifyConsistency(previous.said, said, row.consistency);
}

/** Kept checkpoints and those from outside, by size: what the tree must have been. */
export async function* expectedHeads(tx: Tx, outside: readonly ExpectedHead[]): HeadSource {
  const waiting = outside.toSorted((a, b) => a.size - b.size);
  const kept = cursor<StoredCheckpoint>(
    tx,
    'ledger_sizes',
    'select id, size, root from ledger_checkpoints order by size, id',
  );
  for await (const rows of kept)
    for (const { id, size, root } of rows) {
      while (waiting[0] !== undefined && waiting[0].size <= size) yield* waiting.splice(0, 1);
      yield { size, root, check: 'checkpoint-root', name: `checkpoint ${id}` };
    }
  yield* waiting;
}
