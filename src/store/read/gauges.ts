/** Counts for metrics, in few round trips. */
import { sql } from 'kysely';
import type { Reader } from '../database.ts';
import type { NotificationState } from '../schema.ts';
import { readStampStandings } from '../stamps.ts';
import type { StampStanding } from '../stamps.ts';
import { countBreaches } from './deadlines.ts';
import type { BreachCount } from './deadlines.ts';
import { countAssetFindings } from './reconciliations.ts';
import type { AssetFigures } from './reconciliations.ts';

export interface Gauges {
  /** Deliveries by state. */
  readonly inbox: Readonly<Record<'new' | 'done' | 'quarantined', number>>;
  readonly cases: Readonly<
    Record<'scheduled' | 'open' | 'completed' | 'completed-with-waivers' | 'cancelled', number>
  >;
  /** Messages to people, by state. */
  readonly notifications: Readonly<Record<NotificationState, number>>;
  /** Open ones past a deadline. */
  readonly stuckCases: number;
  readonly stuckCustodies: number;
  /** Missed deadlines by trigger, healed ones too. */
  readonly breaches: readonly BreachCount[];
  /** The books held against our records. */
  readonly assets: AssetFigures;
  readonly ledgerSize: number;
  readonly ledgerPending: number;
  /** Age of the oldest fact that is not in the tree yet, seconds; 0 when none waits. */
  readonly ledgerLagSeconds: number;
  readonly stamps: readonly StampStanding[];
}

interface Row {
  inbox: Record<string, number> | null;
  cases: Record<string, number> | null;
  notifications: Record<string, number> | null;
  stuck_cases: number;
  stuck_custodies: number;
  ledger_size: number;
  ledger_pending: number;
  oldest: string | null;
}

export async function readGauges(db: Reader, now: Date): Promise<Gauges> {
  const { rows } = await sql<Row>`
    select
      (select jsonb_object_agg(state, n) from (select state, count(*) as n from inbox group by state) as counted) as inbox,
      (select jsonb_object_agg(state, n) from (select state, count(*) as n from cases group by state) as counted) as cases,
      (select jsonb_object_agg(state, n) from (select state, count(*) as n from notifications group by state) as counted) as notifications,
      (select count(*) from cases where state in ('scheduled', 'open') and due_at <= ${now}) as stuck_cases,
      (select count(*) from custodies where state = 'open' and due_at <= ${now}) as stuck_custodies,
      (select size from ledger_head) as ledger_size,
      (select count(*) from ledger_pending) as ledger_pending,
      (select min(facts.at) from ledger_pending join facts on facts.id = ledger_pending.fact_id) as oldest`.execute(
    db,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('no row of gauges');
  return {
    inbox: { new: 0, done: 0, quarantined: 0, ...row.inbox },
    cases: { scheduled: 0, open: 0, completed: 0, 'completed-with-waivers': 0, cancelled: 0, ...row.cases },
    notifications: {
      queued: 0,
      sending: 0,
      sent: 0,
      failed: 0,
      unknown: 0,
      suppressed: 0,
      ...row.notifications,
    },
    stuckCases: row.stuck_cases,
    stuckCustodies: row.stuck_custodies,
    breaches: await countBreaches(db),
    stamps: await readStampStandings(db),
    assets: await countAssetFindings(db),
    ledgerSize: row.ledger_size,
    ledgerPending: row.ledger_pending,
    ledgerLagSeconds: row.oldest === null ? 0 : Math.max(0, (now.getTime() - Date.parse(row.oldest)) / 1000),
  };
}
