/**
 * Signed checkpoints: kept for ever, each with the proof that it goes on from the one before. Nothing is signed that does not
 * go on from what was signed already.
 */
import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import { readCheckpointUnverified, signCheckpoint } from '../ledger/checkpoint.ts';
import type { Signer } from '../ledger/keys.ts';
import { verifyConsistency } from '../ledger/proof-checks.ts';
import type { TreeHead } from '../ledger/proof-checks.ts';
import { consistencyProof } from '../ledger/proofs.ts';
import { noteVerifier, parseNote } from '../ledger/signed-note.ts';
import { completeNodes, storedNodes } from './ledger-nodes.ts';
import type { Database, Reader, Tx } from './database.ts';
import type { Schema } from './schema.ts';
import { sequencePending } from './sequencer.ts';
import { inTransaction } from './transactions.ts';

/** Who signs, and in the name of which log. */
export interface CheckpointSigning {
  /** The configured name of the log; `null`: the one it has, or a new one. */
  readonly origin: string | null;
  /** The one in use first; older ones sign beside it while a rotation overlaps. */
  readonly signers: readonly Signer[];
}

export type StoredCheckpoint = Readonly<Selectable<Schema['ledger_checkpoints']>>;

export type LedgerProblem = 'rolled-back' | 'rewritten' | 'another-origin' | 'no-key';

/** Nothing is signed: what is there does not go on from what was signed before. */
export class LedgerInconsistent extends Error {
  override readonly name = 'LedgerInconsistent';
  readonly code: LedgerProblem;

  constructor(code: LedgerInconsistent['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** Any 64-bit number that nothing else locks: checkpoints follow one another. */
const CHECKPOINT_LOCK = 7_265_902;

export async function latestCheckpoint(db: Reader): Promise<StoredCheckpoint | null> {
  const row = await db.selectFrom('ledger_checkpoints').selectAll().orderBy('id', 'desc').executeTakeFirst();
  return row ?? null;
}

/**
 * A checkpoint over every fact that was committed before the call: the latest one where nothing came since.
 *
 * @throws LedgerInconsistent when the tree does not go on from the last checkpoint, or there is no key to sign with.
 * @throws SequencerBusy when the ledger is too far behind its facts.
 */
export async function makeCheckpoint(
  db: Database,
  signing: CheckpointSigning,
  now: Date,
): Promise<StoredCheckpoint> {
  if (signing.signers.length === 0)
    throw new LedgerInconsistent('no-key', 'there is no key to sign checkpoints with: handback keys new');
  await sequencePending(db);
  return inTransaction(db, async (tx) => {
    await sql`select pg_advisory_xact_lock(${CHECKPOINT_LOCK})`.execute(tx);
    return checkpointOf(tx, signing, now);
  });
}

async function checkpointOf(tx: Tx, signing: CheckpointSigning, now: Date): Promise<StoredCheckpoint> {
  // The lock keeps the sequencer from adding leaves between the head's reading and the proof's.
  const head = await tx.selectFrom('ledger_head').selectAll().forUpdate().executeTakeFirstOrThrow();
  const previous = await latestCheckpoint(tx);
  const origin = originOf(signing, previous);
  if (previous !== null && isOf(previous, head) && isSignedByAll(previous, signing.signers)) return previous;
  if (head.noded < head.size) {
    await completeNodes(tx, head);
    await tx.updateTable('ledger_head').set({ noded: head.size }).execute();
  }
  const consistency = previous === null ? [] : await goesOn(tx, previous, head);
  const note = await signCheckpoint({ origin, size: head.size, root: head.root }, signing.signers);
  return tx
    .insertInto('ledger_checkpoints')
    .values({
      origin,
      size: head.size,
      root: head.root,
      note,
      previous_id: previous?.id ?? null,
      consistency,
      signed_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** What was signed is read out of the note: the columns beside it are only for looking up. */
async function goesOn(tx: Tx, previous: StoredCheckpoint, head: TreeHead): Promise<Buffer[]> {
  const signed = readCheckpointUnverified(previous.note);
  if (signed.size > head.size)
    throw new LedgerInconsistent(
      'rolled-back',
      `the ledger has ${head.size} facts, but ${signed.size} were signed`,
    );
  const proof = await consistencyProof(signed.size, head.size, storedNodes(tx));
  if (!verifyConsistency(signed, head, proof))
    throw new LedgerInconsistent(
      'rewritten',
      `the first ${signed.size} facts are not those that were signed`,
    );
  return proof;
}

function originOf({ origin, signers }: CheckpointSigning, previous: StoredCheckpoint | null): string {
  if (previous !== null) {
    if (origin === null || origin === previous.origin) return previous.origin;
    throw new LedgerInconsistent(
      'another-origin',
      `this ledger is ${previous.origin}; it cannot become ${origin}`,
    );
  }
  // Unique without anybody's doing; the key id is public.
  return origin ?? `handback.invalid/${signers[0]?.publicKey.id ?? ''}`;
}

function isOf(checkpoint: StoredCheckpoint, head: TreeHead): boolean {
  return checkpoint.size === head.size && checkpoint.root.equals(head.root);
}

function isSignedByAll({ note, origin }: StoredCheckpoint, signers: readonly Signer[]): boolean {
  const signed = new Set(parseNote(note).signatures.map(({ keyId }) => keyId));
  return signers.every(({ publicKey }) => signed.has(noteVerifier(origin, publicKey.key).keyId));
}
