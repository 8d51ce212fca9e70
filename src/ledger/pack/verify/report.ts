/** What a verification says: one row for each check, and a sentence for everything that is wrong. */

/** Every check, in the order in which they are shown. */
export const CHECKS = {
  files: 'every file is listed with its digest, and none is missing or added',
  statement: 'the signed statement is about this very manifest',
  signature: 'the statement is signed, and the plain signature files agree',
  signer: 'the signer is one whose key you hold',
  checkpoint: 'the checkpoint is signed by the ledger’s key',
  outside: 'the checkpoint agrees with the one you kept',
  timestamp: 'the checkpoint was there at the time that an authority says',
  events: 'every event is canonical JSON, and its own single reading',
  inclusion: 'every event is in the ledger’s tree at its place',
  streams: 'every stream is whole: numbered, chained and counted',
  subject: 'the streams are those of the subject, and nothing else',
  policy: 'the policies are those that the facts were judged by',
  documents: 'the documents are those that the facts name',
  judgement: 'the facts imply what the pack claims, by the same rules',
  population: 'what sources listed is what the ledger has of it, and was asked for as it says',
  sample: 'the sample is the one that the seed gives, and is here whole',
  audit: 'every list and every number follows from the facts in the pack',
} as const;
export type CheckId = keyof typeof CHECKS;

/** Asked of the packs of periods only. */
export const PERIOD_CHECKS: ReadonlySet<CheckId> = new Set<CheckId>(['population', 'sample', 'audit']);

export type CheckStatus =
  | 'passed'
  | 'failed'
  /** Nothing was asked, or nothing given to ask with. */
  | 'not-checked';

export interface CheckResult {
  readonly id: CheckId;
  readonly status: CheckStatus;
  /** What was looked at, such as `46 events`. */
  readonly looked: string;
  /** Sentences: what failed, or why it was not checked. */
  readonly sentences: readonly string[];
}

export interface Verification {
  /**
   * `proven`: everything passed, under a key that the caller holds. `unproven`: nothing is wrong with it, but nobody whom the
   * caller knows has signed it, or something that was asked for could not be told. `refuted`: a check failed.
   */
  readonly verdict: 'proven' | 'unproven' | 'refuted';
  readonly checks: readonly CheckResult[];
}

/** Collects what one check finds. */
export class Findings {
  readonly sentences: string[] = [];
  looked = '';

  wrong(sentence: string): void {
    // The first few tell what it is; thousands tell no more.
    if (this.sentences.length < MOST_SENTENCES) this.sentences.push(sentence);
    else this.more += 1;
  }

  private more = 0;

  result(id: CheckId): CheckResult {
    const rest = this.more === 0 ? [] : [`… and ${this.more} more of the kind.`];
    return {
      id,
      status: this.sentences.length === 0 ? 'passed' : 'failed',
      looked: this.looked,
      sentences: [...this.sentences, ...rest],
    };
  }
}

const MOST_SENTENCES = 20;

export function notChecked(id: CheckId, why: string): CheckResult {
  return { id, status: 'not-checked', looked: '', sentences: [why] };
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
