/** What the operator says beside the facts of a period's pack: read from rows, and called a statement there. */
import { sql } from 'kysely';
import { STATEMENT_BASIS } from '../../ledger/pack/period/population.ts';
import type { PopulationSource, Statements } from '../../ledger/pack/period/population.ts';
import type { PeriodRow } from '../audits/periods.ts';
import type { Reader } from '../database.ts';

/** @param casePeople People who have a case in the pack. */
export async function readStatements(
  db: Reader,
  period: PeriodRow,
  sources: readonly PopulationSource[],
  casePeople: ReadonlySet<string>,
): Promise<Statements> {
  const { start_at: start, end_at: end } = period;
  const retirements = await db
    .selectFrom('cases')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('kind', '=', 'retirement')
    .where('opened_at', '>=', start)
    .where('opened_at', '<', end)
    .executeTakeFirstOrThrow();
  const actors = await db.selectFrom('actors').selectAll().orderBy('id').execute();
  const connectors = await db.selectFrom('connector_state').selectAll().orderBy('connector').execute();
  return {
    basis: STATEMENT_BASIS,
    excluded: [...(await excluded(db, period, sources, casePeople))],
    retirements: retirements.count,
    actors: actors.map((row) => ({
      id: row.id,
      kind: row.kind,
      knownAt: row.known_at,
      lastSeenAt: row.last_seen_at,
      erased: row.erased_at !== null,
    })),
    checkpoints: await checkpoints(db, period),
    connectors: connectors.map((row) => ({
      connector: row.connector,
      lastOkAt: row.last_ok_at,
      lastErrorAt: row.last_error_at,
      lastErrorCode: row.last_error_code,
    })),
  };
}

/** What was made of the last word that was taken in about each leaver without a case; nothing is said where none was. */
async function excluded(
  db: Reader,
  { id }: PeriodRow,
  sources: readonly PopulationSource[],
  casePeople: ReadonlySet<string>,
): Promise<Statements['excluded']> {
  const without = sources.flatMap(({ connector, live, recorded }) => [
    ...live
      .filter(({ state, leftAt }) => state === 'gone' && leftAt !== null)
      .map(({ account, personId }) => ({ connector, account, personId })),
    ...recorded.map(({ personId }) => ({ connector, account: null, personId })),
  ]);
  const asked = without.filter(({ personId }) => personId === null || !casePeople.has(personId));
  if (asked.length === 0) return [];
  const { rows } = await sql<{
    connector: string;
    account: string | null;
    person_id: string | null;
    outcome: string;
  }>`
    select asked.connector, asked.account, asked.person_id, word.outcome
    from unnest(${asked.map((one) => one.connector)}::text[], ${asked.map((one) => one.account)}::text[],
      ${asked.map((one) => one.personId)}::text[]) with ordinality as asked (connector, account, person_id, place)
    left join audit_period_leavers listed on listed.period_id = ${id}
      and listed.connector = asked.connector and listed.account = asked.account
    cross join lateral (
      select outcome from lifecycle_events
      where lifecycle_events.connector = asked.connector and kind = 'leaver'
        and (person_id = asked.person_id or lifecycle_events.external_id = listed.external_id)
      order by occurred_at desc, received_at desc limit 1
    ) as word order by asked.place`.execute(db);
  return rows.map((row) => ({
    connector: row.connector,
    account: row.account,
    personId: row.person_id,
    reason: row.outcome,
  }));
}

async function checkpoints(
  db: Reader,
  { start_at: start, end_at: end }: PeriodRow,
): Promise<Statements['checkpoints']> {
  const rows = await db
    .selectFrom('ledger_checkpoints')
    .select('signed_at')
    .where('signed_at', '>=', start)
    .where('signed_at', '<', end)
    .orderBy('id')
    .execute();
  const gaps = rows.slice(1).map(({ signed_at: until }, place) => {
    const from = rows[place]?.signed_at ?? until;
    return { from, until, ms: Date.parse(until) - Date.parse(from) };
  });
  const [longest] = gaps.toSorted((a, b) => b.ms - a.ms);
  return {
    signed: rows.length,
    longestGap: longest === undefined ? null : { from: longest.from, until: longest.until },
  };
}
