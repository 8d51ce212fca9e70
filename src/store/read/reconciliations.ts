/** Runs of the books held against our records: how far, what they came to, and the figure over time. */
import { sql } from 'kysely';
import { ASSET_FINDINGS } from '../../domain/reconciliation.ts';
import type { AssetFindingKind } from '../../domain/reconciliation.ts';
import type { Reader } from '../database.ts';

/** Latest first. `after`: the last row of the page before. */
export async function listReconciliations(
  db: Reader,
  after: { readonly startedAt: string; readonly id: string } | null,
  limit: number,
) {
  let query = db
    .selectFrom('asset_reconciliations')
    .selectAll()
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit);
  if (after !== null) query = query.where(sql<boolean>`(started_at, id) < (${after.startedAt}, ${after.id})`);
  return query.execute();
}

export type ReconciliationRow = Awaited<ReturnType<typeof listReconciliations>>[number];

export async function readReconciliation(db: Reader, id: string): Promise<ReconciliationRow | null> {
  const row = await db
    .selectFrom('asset_reconciliations')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}

/** Where a page of findings ended: serial, kind, connector and id of the record. */
export type FindingPlace = readonly [serial: string, kind: AssetFindingKind, connector: string, id: string];

/** Findings of a run with how their exceptions stand, by serial. */
export async function listFindings(
  db: Reader,
  filter: { readonly reconciliationId: string; readonly kind: AssetFindingKind | null },
  after: FindingPlace | null,
  limit: number,
) {
  let query = db
    .selectFrom('asset_findings as found')
    .leftJoin('exceptions', 'exceptions.id', 'found.exception_id')
    .selectAll('found')
    .select(['exceptions.owner', 'exceptions.due_at', 'exceptions.resolved_at', 'exceptions.outcome'])
    .where('reconciliation_id', '=', filter.reconciliationId)
    .orderBy('serial')
    .orderBy('kind')
    .orderBy('connector')
    .orderBy('external_id')
    .limit(limit);
  if (filter.kind !== null) query = query.where('kind', '=', filter.kind);
  if (after !== null) {
    const [serial, kind, connector, id] = after;
    query = query.where(
      sql<boolean>`(serial, kind, connector, external_id) > (${serial}, ${kind}, ${connector}, ${id})`,
    );
  }
  return query.execute();
}

export type FindingRow = Awaited<ReturnType<typeof listFindings>>[number];

export interface AssetFigures {
  /** Exceptions by kind: open, and healed ever. */
  readonly findings: readonly {
    readonly kind: AssetFindingKind;
    readonly open: number;
    readonly healed: number;
  }[];
  /** Share of the records with a serial that agreed in the last run that was judged; `null` where there was none. */
  readonly agreement: number | null;
  readonly finishedAt: string | null;
}

export async function countAssetFindings(db: Reader): Promise<AssetFigures> {
  const { rows } = await sql<{ kind: AssetFindingKind; open: number; healed: number }>`
    select kind, count(*) filter (where ended_in is null) as open, count(*) filter (where ending = 'healed') as healed
    from asset_exceptions group by kind`.execute(db);
  const last = await db
    .selectFrom('asset_reconciliations')
    .selectAll()
    .where('outcome', '=', 'judged')
    .orderBy('started_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return {
    findings: ASSET_FINDINGS.map(
      (kind) => rows.find((row) => row.kind === kind) ?? { kind, open: 0, healed: 0 },
    ),
    agreement: last === undefined ? null : agreementOf(last),
    finishedAt: last?.finished_at ?? null,
  };
}

/** Share of the records with a serial that agree, 0 to 1; `null` where there are none. */
export function agreementOf(run: {
  readonly assets_read: number;
  readonly without_serial: number;
  readonly agreeing: number;
}): number | null {
  const keyed = run.assets_read - run.without_serial;
  return keyed === 0 ? null : run.agreeing / keyed;
}
