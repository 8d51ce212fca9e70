/** The tables of pickups, of the dock and of disposal vendors. */
import type { ColumnType, Generated } from 'kysely';
import type { DeadlineTrigger } from '../domain/deadlines.ts';
import type { InventorySaid } from '../domain/discrepancy.ts';
import type { ScanVerdict } from '../domain/fact-types.ts';
import type { Json, MaybeTime, Stamp, Time } from './schema-columns.ts';

/** Who gets material from a disposal vendor's facility. */
export interface DownstreamParty {
  readonly name: string;
  readonly country: string;
  /** What for, in the vendor's words. */
  readonly purpose: string;
}

export interface DockSchema {
  pickups: {
    id: string;
    connector: string;
    site: string;
    state: 'draft' | 'booked' | 'confirmed' | 'received' | 'certified' | 'cancelled';
    reference: string | null;
    manifest_sent_at: MaybeTime;
    created_by: string;
    created_at: Stamp;
    confirmed_by: string | null;
    confirmed_at: MaybeTime;
    /** Grows with each decision that changes the manifest. */
    manifest_revision: Generated<number>;
    /** What the vendor has; 0 before the first. */
    manifest_sent_revision: Generated<number>;
  };
  pickup_lines: {
    pickup_id: string;
    line: number;
    device_id: string;
    epoch: number;
    serial: string;
    manufacturer: string;
    model: string;
    asset_tag: string;
    /** How the model compares (`modelKey`). */
    model_key: string;
    /** By a decision on the dock; `null` for what was on the manifest from the start. */
    added_at: MaybeTime;
    /** Somebody decided that it leaves as it was found. */
    accepted_at: MaybeTime;
    taken_off_at: MaybeTime;
    taken_off_as: 'taken-off-manifest' | 'held-back' | null;
    /** Whether an inventory has a record, as asked when the manifest was made or the unit was scanned; `null`: not asked, or no answer. */
    in_inventory: boolean | null;
    inventory_asked_at: MaybeTime;
  };
  /** What each inventory is asked live about a serial that was scanned, and what it said last. */
  inventory_asks: {
    pickup_id: string;
    /** In normalised form. */
    serial: string;
    connector: string;
    /** As it was read from the unit: records may spell it so. */
    spelled: string;
    /** Still to be asked, for the first time or again. */
    waiting: Generated<boolean>;
    queued_at: Time;
    /** The last try since then that brought no answer, and the code of its failure. */
    failed_at: MaybeTime;
    failure: string | null;
    answered_at: MaybeTime;
    /** Whether it has a record; `null` before the first answer. */
    known: boolean | null;
    differs: Json<readonly InventorySaid[]>;
  };
  /** What an exception of a pickup is about. */
  pickup_discrepancies: {
    exception_id: string;
    pickup_id: string;
    kind: string;
    serial: string;
    line: number | null;
    device_id: string | null;
  };
  pickup_counts: {
    id: string;
    pickup_id: string;
    /** In normalised form, each once. */
    serials: string[];
    document_digest: string;
    counted_by: string;
    counted_at: Time;
  };
  /** Who signed for a handover. The name is personal data: it can be erased. */
  pickup_signatures: {
    id: string;
    pickup_id: string;
    side: 'ours' | 'vendor';
    name: string | null;
    /** Of the list of what leaves, as it was when they signed. */
    leaving_digest: string;
    document_digest: string | null;
    signed_at: Time;
    recorded_by: string;
    recorded_at: Time;
    erased_at: MaybeTime;
  };
  vendor_certifications: {
    id: string;
    connector: string;
    scheme: string;
    number: string;
    /** Calendar dates. */
    valid_from: string;
    valid_until: string;
    document_digest: string;
    recorded_by: string;
    recorded_at: Time;
  };
  vendor_facilities: {
    id: string;
    connector: string;
    name: string;
    address: string;
    country: string;
    downstream: Json<readonly DownstreamParty[]>;
    recorded_by: string;
    recorded_at: Time;
    retired_at: MaybeTime;
  };
  /** Deadlines that were missed: they stay counted after they are healed. */
  deadline_breaches: {
    stream: string;
    round: number;
    trigger: DeadlineTrigger;
    due_at: Time;
    owner: string;
    recorded_at: Time;
    healed_at: MaybeTime;
  };
  pickup_scans: {
    id: string;
    pickup_id: string;
    by: 'dock' | 'vendor';
    serial: string;
    model: string | null;
    verdict: ScanVerdict;
    scanned_by: string;
    scanned_at: Stamp;
    /** The manifest's line that a substituted unit seems to stand for. */
    instead_of: ColumnType<number | null, number | null | undefined, number | null>;
  };
}
