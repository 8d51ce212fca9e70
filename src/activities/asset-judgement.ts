/** Holds what the inventories said against what is known of each serial, batch by batch. */
import { findingsOf } from '../domain/asset-findings.ts';
import type { Policy } from '../domain/policy.ts';
import { daysOf, reconciliationOf } from '../domain/reconciliation-policy.ts';
import type { ReconciliationTerms } from '../domain/reconciliation.ts';
import { toMs } from '../domain/time.ts';
import { healSome } from '../store/asset-exceptions.ts';
import type { Database, Tx } from '../store/database.ts';
import { finishReconciliation, keepFindings } from '../store/reconciliation-judged.ts';
import { recordsOf, serialsAfter } from '../store/reconciliation-serials.ts';
import { lockRun, partsOf, runUnderWay } from '../store/reconciliations.ts';
import type { RunUnderWay } from '../store/reconciliations.ts';
import { readPolicy } from '../store/rule-facts.ts';
import { inTransaction } from '../store/transactions.ts';
import type { ReconciliationRef } from './asset-books.ts';
import type { EngineContext } from './context.ts';

/** Serials that are judged together, and exceptions that are healed together. */
const SERIALS = 250;
const HEALED = 200;

/**
 * Judges a run that is read whole, and ends it. Tried again, it goes on after the last batch that was committed.
 *
 * @throws Error while an inventory is not read to its end: a part of the books proves nothing.
 */
export async function judgeAssets(
  { db, clock }: EngineContext,
  { reconciliationId }: ReconciliationRef,
  beat: () => void,
): Promise<void> {
  const run = await beginJudging(db, reconciliationId, clock());
  if (run === null) return;
  const policy = await readPolicy(db, run.policy_digest);
  const parts = await partsOf(db, run.id);
  if (parts.some((part) => part.finished_at === null)) throw new Error('the books are not read whole');
  const terms: ReconciliationTerms = {
    now: toMs(run.read_at ?? run.started_at),
    booksSince: parts.length === 0 ? null : toMs(run.started_at),
    days: daysOf(policy),
    provenSince: reconciliationOf(policy).provenSince,
  };
  const step = (work: (tx: Tx, held: RunUnderWay) => Promise<boolean>) =>
    inTransaction(db, async (tx) => {
      const held = await lockRun(tx, run.id);
      return held !== null && (await work(tx, held));
    });
  for (let more = true; more;) {
    beat();
    more = await step(async (tx, held) => judgeSome(tx, held, terms, policy, clock()));
  }
  for (let more = true; more;) {
    beat();
    more = await step(async (tx, held) => (await healSome(tx, held, HEALED, clock())) === HEALED);
  }
  await step(async (tx, held) => {
    await finishReconciliation(tx, held, clock());
    return false;
  });
}

/** @returns Whether there may be more serials. */
async function judgeSome(
  tx: Tx,
  run: RunUnderWay,
  terms: ReconciliationTerms,
  policy: Policy,
  now: Date,
): Promise<boolean> {
  const serials = await serialsAfter(tx, run.id, run.judged_to, SERIALS);
  const last = serials.at(-1);
  if (last === undefined) return false;
  const records = await recordsOf(tx, run.id, serials);
  await keepFindings(
    tx,
    run,
    records.flatMap((one) => findingsOf(one, terms)),
    last,
    policy,
    now,
  );
  return true;
}

/** The moment at which everything had been read is that of the first try. */
async function beginJudging(db: Database, id: string, now: Date): Promise<RunUnderWay | null> {
  await db
    .updateTable('asset_reconciliations')
    .set({ read_at: now })
    .where('id', '=', id)
    .where('read_at', 'is', null)
    .execute();
  return runUnderWay(db, id);
}
