/** Vendors' redacted answers: kept as documents, in the transaction of the fact that was read out of them. */
import type { AnyFact, NewFact } from '../domain/fact.ts';
import type { RedactedAnswer } from '../domain/redacted-answer.ts';
import { canonicalText } from '../ledger/canonical.ts';
import type { Database, Tx } from './database.ts';
import { keepDocument } from './documents.ts';
import { appendFacts } from './facts.ts';
import { lockStream } from './held-streams.ts';
import { readStream } from './streams.ts';
import { inTransaction } from './transactions.ts';

/** Keeps the canonical JSON of an answer. @returns What the fact says of it: nothing where the adapter handed out none. */
export async function keepAnswer(
  tx: Tx,
  answer: RedactedAnswer | undefined,
): Promise<{ readonly answerDigest?: string }> {
  if (answer === undefined) return {};
  const content = Buffer.from(canonicalText(answer), 'utf8');
  return { answerDigest: await keepDocument(tx, content, 'application/json') };
}

/** The fact of a read-back with the answer that it was read out of; any other fact as it is. */
export async function withAnswer(
  tx: Tx,
  fact: NewFact,
  answer: RedactedAnswer | undefined,
): Promise<NewFact> {
  if (fact.type !== 'closure.read-back') return fact;
  return { ...fact, data: { ...fact.data, ...(await keepAnswer(tx, answer)) } };
}

/** Appends what was read in an inventory, with its answer. A fact whose key is known stands as it is. */
export async function recordReadBack(
  db: Database,
  fact: NewFact,
  answer: RedactedAnswer | undefined,
  now: Date,
): Promise<readonly AnyFact[]> {
  return inTransaction(db, async (tx) => {
    await lockStream(tx, fact.stream);
    const facts = await readStream(tx, fact.stream);
    if (facts.some(({ key }) => key === fact.key)) return facts;
    await appendFacts(tx, [await withAnswer(tx, fact, answer)], now);
    return readStream(tx, fact.stream);
  });
}
