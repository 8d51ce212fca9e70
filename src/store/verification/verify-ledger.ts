/**
 * Verifies the whole ledger as one moment shows it, in constant memory: every fact's bytes and chain, the tree over them, the
 * kept checkpoints, and checkpoints from outside, which alone show that the ledger was rolled back or signed anew.
 */
import { openCheckpoint, readCheckpointUnverified } from '../../ledger/checkpoint.ts';
import { NoteProblem } from '../../ledger/signed-note.ts';
import type { Database, Tx } from '../database.ts';
import { snapshot } from '../read/snapshot.ts';
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

/** Verifies the ledger as one moment shows it, while others go on writing. */
export async function verifyLedger(db: Database, options: VerifyOptions): Promise<LedgerVerdict> {
  return snapshot(db, (tx) => verifyInside(tx, options));
}

/** The same within a transaction of the caller's. */
export async function verifyInside(tx: Tx, options: VerifyOptions): Promise<LedgerVerdict> {
  const { verifiersOf, onProgress = () => undefined } = options;
  const findings = new Findings();
  const facts = await checkFacts(tx, findings, onProgress);
  const checkpoints = await checkCheckpoints(tx, verifiersOf, findings);
  const outside = options.outside.flatMap((one) => outsideHead(one, verifiersOf, findings));
  const { size, root } = await checkTree(tx, expectedHeads(tx, outside), findings);
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
