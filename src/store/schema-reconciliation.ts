/** Tables of the books held against the facts: runs, what was read, what did not fit. */
import type { Generated } from 'kysely';
import type { AssetFindingKind, AssetFindingReason, BookState } from '../domain/reconciliation.ts';
import type { Json, MaybeTime, Time } from './schema-columns.ts';

export type FindingCounts = Readonly<Record<AssetFindingKind, number>>;

export interface ReconciliationTables {
  asset_reconciliations: {
    id: string;
    started_at: Time;
    /** When every inventory had answered whole. */
    read_at: MaybeTime;
    /** How far the judging is: the last serial that is judged. */
    judged_to: Generated<string>;
    finished_at: MaybeTime;
    /** `null` while it is under way. */
    outcome: Generated<'judged' | 'abandoned' | null>;
    asked_by: string;
    policy_digest: string;
    assets_read: Generated<number>;
    without_serial: Generated<number>;
    /** Records with everything known of their serial in agreement. */
    agreeing: Generated<number>;
    /** Serials by kind of finding. */
    counts: Json<Partial<FindingCounts>>;
    opened: Generated<number>;
    healed: Generated<number>;
  };
  /** One inventory of one run. */
  asset_reconciliation_parts: {
    reconciliation_id: string;
    connector: string;
    /** Of the page to be read next. */
    cursor: string | null;
    assets_read: Generated<number>;
    finished_at: MaybeTime;
  };
  /** The books as a run has read them; gone when it is over. Holds nobody's name. */
  asset_records: {
    reconciliation_id: string;
    connector: string;
    external_id: string;
    /** In normalised form; empty where the record has none that can be a key. */
    serial: string;
    state: BookState;
    label: string;
    reference: string | null;
    closed_on: string | null;
    /** Our word for what became of it; empty where its place is, `null` where there is no place for it. */
    disposition: string | null;
    licences: number | null;
    depreciating: boolean | null;
    read_at: Time;
  };
  asset_findings: {
    reconciliation_id: string;
    kind: AssetFindingKind;
    reason: AssetFindingReason;
    serial: string;
    /** Empty, like the two below, where it is about no record. */
    connector: Generated<string>;
    external_id: Generated<string>;
    /** The books' own word for where the asset stands. */
    label: string | null;
    device_id: string | null;
    epoch: number | null;
    since: MaybeTime;
    exception_id: string | null;
  };
  /** The exception of each device and kind, from the run that opened it to the one that found it healed. */
  asset_exceptions: {
    exception_id: string;
    kind: AssetFindingKind;
    serial: string;
    opened_in: string;
    /** `null` while it is found by every run. */
    ended_in: Generated<string | null>;
    /** `asked-again`: decided, and still found by the next run. */
    ending: Generated<'healed' | 'asked-again' | null>;
  };
}
