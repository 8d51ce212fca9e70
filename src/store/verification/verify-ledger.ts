/**
 * Verifies the whole ledger as one moment shows it, in constant memory: every fact's bytes and chain, the tree over them, the
 * kept checkpoints, and checkpoints from outside, which alone show that the ledger was rolled back or signed anew. The facts and
 * the tree are read side by side: what one waits for at the database, the other computes.
 */
import { openCheckpoint, readCheckpointUnverified } from '../../ledger/checkpoint.ts';
import { NoteProblem } from '../../ledger/signed-note.ts';
import type { Database, Tx } from '../database.ts';
import { snapshotBeside } from '../read/snapshot.ts';
import { checkCheckpoints, expectedHeads } from './checkpoints.ts';
import type { VerifiersOf } from './checkpoints.ts';
import { checkFacts } from './facts.ts';
import { Findings } from './findings.ts';
import type { Finding, LedgerCheck } from './findings.ts';
import { checkTree } from './tree.ts';
import type { ExpectedHead } from './tree.ts';

/** A checkpoint that was kept elsewhere. */
export interface OutsideCheckpoint {
  /** Where it is from, for a sentence. */
  readonly name: string;
  readonly note: string;
}

export interface VerifyOptions {
  readonly verifiersOf: VerifiersOf;
  readonly outside: readonly OutsideCheckpoint[];
  readonly onProgress?: (facts: number) => void;
}

export interface LedgerVerdict {
  readonly ok: boolean;
  readonly facts: number;
  readonly size: number;
  /** Hex. */
  readonly root: string;
  readonly checkpoints: number;
  readonly outside: number;
  /** How often each check failed. */
  readonly failed: Readonly<Partial<Record<LedgerCheck, number>>>;
  /** The first of them, and the first of every check. */
  readonly findings: readonly Finding[];
}

/**
 * Verifies the ledger as one moment shows it, while others go on writing.
 *
 * @param db With two connections at least.
 */
export async function verifyLedger(db: Database, options: VerifyOptions): Promise<LedgerVerdict> {
  return snapshotBeside(db, (tx, beside) => verifyInside(tx, options, beside));
}

/**
 * The same within a transaction of the caller's.
 *
 * @param beside Another one that sees the same: facts and tree are then read side by side.
 */
export async function verifyInside(tx: Tx, options: VerifyOptions, beside = tx): Promise<LedgerVerdict> {
  const { onProgress = () => undefined } = options;
  const [ofFacts, ofTree] = [new Findings(), new Findings()];
  const [facts, { checkpoints, size, root }] = await bothEnded(
    checkFacts(tx, ofFacts, onProgress),
    checkSigned(beside, options, ofTree),
  );
  const findings = Findings.together(ofFacts, ofTree);
  return {
    ok: findings.told().length === 0,
    facts,
    size,
    root: root.toString('hex'),
    checkpoints,
    outside: options.outside.length,
    failed: findings.counts(),
    findings: findings.told(),
  };
}

/** The checkpoints, and the tree that they sign. */
async function checkSigned(tx: Tx, { verifiersOf, outside }: VerifyOptions, findings: Findings) {
  const checkpoints = await checkCheckpoints(tx, verifiersOf, findings);
  const heads = outside.flatMap((one) => outsideHead(one, verifiersOf, findings));
  return { checkpoints, ...(await checkTree(tx, expectedHeads(tx, heads), findings)) };
}

/** Neither is left at work on its connection when the other fails. */
async function bothEnded<A, B>(first: Promise<A>, second: Promise<B>): Promise<readonly [A, B]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}

function outsideHead(
  one: OutsideCheckpoint,
  verifiersOf: VerifiersOf,
  findings: Findings,
): readonly ExpectedHead[] {
  try {
    const { origin } = readCheckpointUnverified(one.note);
    const { size, root } = openCheckpoint(one.note, verifiersOf(origin));
    return [{ size, root, check: 'outside-root', name: one.name }];
  } catch (error) {
    if (!(error instanceof NoteProblem)) throw error;
    findings.add('outside-signature', `${one.name}: ${error.message}`);
    return [];
  }
}
