/** What a verification of the ledger found: counted by check, the first few told. */

export const LEDGER_CHECKS = [
  /** A fact's bytes are those of its digest. */
  'fact-bytes',
  /** A fact's columns say what its bytes say. */
  'fact-columns',
  /** Each stream: numbered without a gap, each fact naming the one before. */
  'stream-chain',
  /** Each stream ends where its head says. */
  'stream-head',
  /** Every fact has a leaf, or waits for one, and every leaf is its fact's. */
  'leaf-of-fact',
  /** Leaves are numbered without a gap. */
  'leaf-order',
  /** Inner nodes are those of their leaves. */
  'inner-node',
  /** The tree's size, root and frontier are those of its leaves. */
  'tree-head',
  /** Kept checkpoints are signed by a known key and say what stands beside them. */
  'checkpoint-signature',
  /** Kept checkpoints are heads that this tree had. */
  'checkpoint-root',
  /** Kept checkpoints follow one another with proofs. */
  'checkpoint-chain',
  /** A checkpoint from outside is signed by a known key. */
  'outside-signature',
  /** A checkpoint from outside is of no more facts than there are: otherwise the ledger was rolled back. */
  'outside-rollback',
  /** A checkpoint from outside is a head that this tree had. */
  'outside-root',
] as const;
export type LedgerCheck = (typeof LEDGER_CHECKS)[number];

export interface Finding {
  readonly check: LedgerCheck;
  /** One sentence; ids, numbers and digests only. */
  readonly message: string;
}

/** However much is wrong, memory stays the same. */
const TOLD = 20;

export class Findings {
  readonly #told: Finding[] = [];
  readonly #counts = new Map<LedgerCheck, number>();

  /** What several found of different checks, as if one had found it in that order. */
  static together(...parts: readonly Findings[]): Findings {
    const whole = new Findings();
    for (const part of parts) {
      for (const { check, message } of part.#told) whole.add(check, message);
      for (const [check, count] of part.#counts) whole.#counts.set(check, count);
    }
    return whole;
  }

  add(check: LedgerCheck, message: string): void {
    this.#counts.set(check, (this.#counts.get(check) ?? 0) + 1);
    if (this.#told.length < TOLD || this.#counts.get(check) === 1) this.#told.push({ check, message });
  }

  /** How often each check failed. */
  counts(): Readonly<Partial<Record<LedgerCheck, number>>> {
    return Object.fromEntries(this.#counts);
  }

  /** The first of them, and the first of every check. */
  told(): readonly Finding[] {
    return this.#told;
  }
}
