/** What one source lists of a period: page by page beside the ledger, and once it is whole, its digest in the ledger. */
import { createHmac } from 'node:crypto';
import { AUDITS_STREAM } from '../../domain/fact.ts';
import { listDigest } from '../../ledger/pack/period/population.ts';
import type { Listed } from '../../ledger/pack/period/population.ts';
import type { Database, Reader, Tx } from '../database.ts';
import { appendFacts } from '../facts.ts';
import { inTransaction } from '../transactions.ts';
import type { PeriodPartRow, PeriodRow } from './periods.ts';

export interface ListedAccount {
  readonly externalId: string;
  readonly personId: string | null;
  /** ISO 8601 UTC; `null`: the source does not tell. */
  readonly leftAt: string | null;
  readonly state: 'gone' | 'unclear';
}

interface PartRef {
  readonly periodId: string;
  readonly connector: string;
}

/** The part with its period; `null` when there is none or it is finished. */
export async function openPart(
  db: Reader,
  { periodId, connector }: PartRef,
): Promise<{ readonly period: PeriodRow; readonly part: PeriodPartRow } | null> {
  const period = await db
    .selectFrom('audit_periods')
    .selectAll()
    .where('id', '=', periodId)
    .executeTakeFirst();
  const part = await db
    .selectFrom('audit_period_parts')
    .selectAll()
    .where('period_id', '=', periodId)
    .where('connector', '=', connector)
    .where('finished_at', 'is', null)
    .executeTakeFirst();
  return period === undefined || part === undefined ? null : { period, part };
}

/** `acct_…`: whoever has the key and the source's list can tell whose it is. */
export function accountOf(key: Buffer, connector: string, externalId: string): string {
  return `acct_${createHmac('sha256', key).update(`${connector}\n${externalId}`).digest('hex').slice(0, 32)}`;
}

/** Keeps a page; taken in again after a crash it changes nothing. */
export async function keepPage(
  tx: Tx,
  period: PeriodRow,
  connector: string,
  page: {
    /** Of the page that was read. */
    readonly cursor: string | null;
    /** Of the next one; `null`: it was the last. */
    readonly next: string | null;
    /** All that were on it. */
    readonly seen: number;
    readonly leavers: readonly ListedAccount[];
  },
  now: Date,
): Promise<void> {
  if (page.leavers.length > 0)
    await tx
      .insertInto('audit_period_leavers')
      .values(
        page.leavers.map(({ externalId, personId, leftAt, state }) => ({
          period_id: period.id,
          connector,
          account: accountOf(period.account_key, connector, externalId),
          external_id: externalId,
          person_id: personId,
          left_at: leftAt,
          state,
        })),
      )
      .onConflict((conflict) => conflict.columns(['period_id', 'connector', 'account']).doNothing())
      .execute();
  await tx
    .updateTable('audit_period_parts')
    .set((row) => ({
      cursor: page.next,
      accounts_seen: page.cursor === null ? page.seen : row('accounts_seen', '+', page.seen),
      ...(page.cursor === null ? { started_at: now } : {}),
      failure: null,
      failed_at: null,
    }))
    .where('period_id', '=', period.id)
    .where('connector', '=', connector)
    .execute();
}

/** What a source has listed, in the order of the commitments. */
export async function readListed(db: Reader, { periodId, connector }: PartRef): Promise<readonly Listed[]> {
  const rows = await db
    .selectFrom('audit_period_leavers')
    .select(['account', 'person_id', 'left_at', 'state'])
    .where('period_id', '=', periodId)
    .where('connector', '=', connector)
    .orderBy('account')
    .execute();
  return rows.map((row) => ({
    account: row.account,
    personId: row.person_id,
    leftAt: row.left_at,
    state: row.state,
  }));
}

/** Ends the part with its fact. A second time it changes nothing. */
export async function finishPart(
  db: Database,
  ref: PartRef,
  { outcome, query }: { readonly outcome: 'listed' | 'not-offered'; readonly query: string },
  now: Date,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const open = await openPart(tx, ref);
    if (open === null) return;
    const { kind, accounts_seen: accounts, started_at: startedAt } = open.part;
    const live = await readListed(tx, ref);
    const finishedAt = now.toISOString();
    const data = {
      ...ref,
      kind,
      outcome,
      query,
      startedAt: startedAt ?? finishedAt,
      finishedAt,
      accounts,
      leavers: live.length,
      listDigest: listDigest(live),
    };
    await appendFacts(
      tx,
      [
        {
          stream: AUDITS_STREAM,
          key: `population.extracted:${ref.periodId}:${ref.connector}`,
          type: 'population.extracted',
          actor: `connector:${ref.connector}`,
          data,
        },
      ],
      now,
    );
    await tx
      .updateTable('audit_period_parts')
      .set({ finished_at: now, started_at: data.startedAt, outcome, query, failure: null, failed_at: null })
      .where('period_id', '=', ref.periodId)
      .where('connector', '=', ref.connector)
      .execute();
  });
}

/** Notes that the source did not answer; it is asked again. */
export async function notePartFailure(db: Reader, ref: PartRef, code: string, now: Date): Promise<void> {
  await db
    .updateTable('audit_period_parts')
    .set({ failure: code, failed_at: now })
    .where('period_id', '=', ref.periodId)
    .where('connector', '=', ref.connector)
    .where('finished_at', 'is', null)
    .execute();
}

/** The sources' own ids behind the commitments of a period, from one account on. */
export async function readIdentifiers(
  db: Reader,
  periodId: string,
  after: readonly [connector: string, account: string] | null,
  limit: number,
) {
  let query = db
    .selectFrom('audit_period_leavers')
    .select(['connector', 'account', 'external_id', 'person_id'])
    .where('period_id', '=', periodId)
    .orderBy('connector')
    .orderBy('account')
    .limit(limit);
  if (after !== null)
    query = query.where((on) => on(on.refTuple('connector', 'account'), '>', on.tuple(after[0], after[1])));
  return query.execute();
}

/** Forgets the sources' ids of these accounts in every list. The commitments stay, and tell nobody any more. */
export async function eraseIdentifiers(
  tx: Tx,
  accounts: readonly { readonly connector: string; readonly externalId: string }[],
): Promise<void> {
  for (const { connector, externalId } of accounts)
    await tx
      .updateTable('audit_period_leavers')
      .set({ external_id: null })
      .where('connector', '=', connector)
      .where('external_id', '=', externalId)
      .execute();
}
