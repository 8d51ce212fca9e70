/** The tables as Kysely sees them. Timestamps are ISO 8601 UTC texts, bigints numbers (see `database.ts`). */
import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { ReconciliationTables } from './schema-reconciliation.ts';
import type { ReturnTables } from './schema-returns.ts';
import type { CertificateLine } from '../domain/disposition.ts';
import type { DecisionKind, DecisionState, DecisionSubject } from '../domain/decisions.ts';
import type { CommandKind } from '../domain/device-commands.ts';
import type { BlockedBy, Gate, GateStatus } from '../domain/gates.ts';
import type { LifecycleKind } from '../domain/lifecycle.ts';
import type { NoticeKind } from '../domain/notices/route.ts';
import type { Ownership, Platform } from '../domain/platform.ts';
import type { Policy } from '../domain/policy.ts';
import type { Route } from '../domain/routes.ts';
import type { DeviceSighting } from '../domain/sighting.ts';
import type { Json, MaybeTime, Stamp, Time } from './schema-columns.ts';
import type { PersonalColumns, PersonalTables } from './schema-personal.ts';
import type { DockSchema } from './schema-dock.ts';
import type { LedgerSchema } from './schema-ledger.ts';
import type { AuditSchema } from './schema-audits.ts';
import type { ImportTables } from './schema-imports.ts';

export type CaseRecordState = 'scheduled' | 'open' | 'completed' | 'completed-with-waivers' | 'cancelled';
export type GateMap = Readonly<Record<string, GateStatus>>;

export type NotificationState = 'queued' | 'sending' | 'sent' | 'failed' | 'unknown' | 'suppressed';

export type { StoredAddress } from './schema-personal.ts';

export interface Schema
  extends
    AuditSchema,
    DockSchema,
    ImportTables,
    LedgerSchema,
    PersonalTables,
    ReconciliationTables,
    ReturnTables {
  /** Values by which a person can be told stand sealed (`personal/`); their lookups go by commitments. */
  persons: {
    id: string;
    country: string | null;
    time_zone: string | null;
    manager_person_id: string | null;
    /** Named by an import; what modes and timing may be about. */
    group_name: ColumnType<string | null, string | null | undefined, string | null>;
    /** Must not be written to, as after a death. */
    no_contact: Generated<boolean>;
    created_at: Stamp;
  } & PersonalColumns;
  person_links: {
    connector: string;
    external_id: string;
    person_id: string;
    state: string | null;
    leave_at: MaybeTime;
    seen_at: Stamp;
  };
  lifecycle_events: {
    connector: string;
    event_id: string;
    kind: LifecycleKind;
    person_id: string | null;
    external_id: string;
    occurred_at: Time;
    effective_at: Time;
    received_at: Stamp;
    outcome: string;
  };
  directory_snapshots: {
    connector: string;
    external_id: string;
    taken_at: Time;
    sightings: JSONColumnType<readonly DeviceSighting[]>;
  };
  policies: { digest: string; body: JSONColumnType<Policy>; created_at: Stamp };
  cases: {
    id: string;
    kind: 'offboarding' | 'move' | 'retirement';
    person_id: string | null;
    state: CaseRecordState;
    generation: Generated<number>;
    source: string;
    effective_at: Time;
    late: Generated<boolean>;
    policy_digest: string;
    opened_at: Stamp;
    started_at: MaybeTime;
    closed_at: MaybeTime;
    gates: Json<GateMap>;
    blocked_by: Json<readonly BlockedBy[]>;
    due_at: MaybeTime;
    /** When the next escalation of this subject comes; `null`: none does. */
    next_at: MaybeTime;
  };
  devices: {
    id: string;
    serial: string;
    maker: Generated<string>;
    manufacturer: string | null;
    model: string | null;
    asset_tag: string | null;
    platform: Platform;
    ownership: Ownership;
    created_at: Stamp;
  };
  custodies: {
    device_id: string;
    epoch: number;
    case_id: string;
    generation: number;
    route: Route;
    state: 'planned' | 'open' | 'closed' | 'cancelled';
    mdm_connector: string | null;
    mdm_id: string | null;
    gates: Json<GateMap>;
    blocked_by: Json<readonly BlockedBy[]>;
    due_at: MaybeTime;
    /** When the next escalation of this subject comes; `null`: none does. */
    next_at: MaybeTime;
    opened_at: MaybeTime;
    closed_at: MaybeTime;
  };
  exceptions: {
    id: string;
    stream: string;
    code: string;
    gate: string | null;
    case_id: string | null;
    device_id: string | null;
    pickup_id: string | null;
    round: number;
    owner: string;
    blocking: boolean;
    due_at: Time;
    opened_at: Stamp;
    resolved_at: MaybeTime;
    resolved_by: string | null;
    outcome: string | null;
    reason: string | null;
  };
  holds: {
    id: string;
    kind: 'legal' | 'data-handover';
    person_id: string | null;
    device_id: string | null;
    reason: string;
    placed_by: string;
    placed_at: Stamp;
    lifted_by: string | null;
    lift_reason: Generated<string | null>;
    lifted_at: MaybeTime;
    /** The connector of the source that keeps it, with the source's own id; null when it was placed here. */
    source: Generated<string | null>;
    external_id: Generated<string | null>;
  };
  approvals: {
    id: string;
    kind: 'wipe';
    device_id: string;
    epoch: number;
    basis: 'policy' | 'person';
    action_hash: string;
    policy_digest: string;
    requested_by: string;
    approved_by: string;
    created_at: Stamp;
    expires_at: Time;
    decision_id: Generated<string | null>;
  };
  decisions: {
    id: string;
    kind: DecisionKind;
    stream: string;
    round: number;
    case_id: string | null;
    device_id: string | null;
    subject: Json<DecisionSubject>;
    subject_hash: string;
    /** In words; may name people: beside the ledger. */
    reason: string;
    state: Generated<DecisionState>;
    requested_by: string;
    requested_at: Stamp;
    expires_at: Time;
    decided_by: string | null;
    decided_at: MaybeTime;
  };
  backfills: { id: string; since: Time; requested_by: string; requested_at: Stamp };
  backfill_parts: {
    backfill_id: string;
    connector: string;
    cursor: string | null;
    accounts_seen: Generated<number>;
    leavers_seen: Generated<number>;
    cases_opened: Generated<number>;
    /** Deactivated, and nothing says whether for good; or keys that fit two people. */
    unclear: Generated<number>;
    finished_at: MaybeTime;
  };
  remarks: { fact_key: string; text: string; at: Stamp };
  policy_in_force: {
    singleton: Generated<boolean>;
    digest: string;
    since: Stamp;
    decision_id: string | null;
    proposed_digest: string | null;
    proposed_at: MaybeTime;
  };
  intents: {
    id: string;
    kind: 'wipe' | 'label' | 'box' | CommandKind;
    device_id: string;
    epoch: number;
    approval_id: string | null;
    connector: string;
    target: string;
    action_hash: string;
    created_at: Stamp;
    send_started_at: MaybeTime;
    prior_started_at: MaybeTime;
    answered_at: MaybeTime;
    answer: 'accepted' | 'not-accepted' | 'unknown' | null;
    vendor_reference: string | null;
    settled_at: MaybeTime;
    /** Of what the MDM last told that matters: the same again is not written again. */
    observed_digest: string | null;
    /** Of a label or a box: a device may need more than one. */
    number: Generated<number>;
  };
  wipe_limits: {
    scope: string;
    tripped_at: MaybeTime;
    release_requested_at: MaybeTime;
    release_requested_by: string | null;
    released_at: MaybeTime;
    released_by: string | null;
    decision_id: Generated<string | null>;
  };
  switches: { name: string; is_on: boolean; changed_by: string; changed_at: Stamp };
  /** As they came. `content` is null once the bytes lie in `place`. */
  documents: {
    digest: string;
    content: Buffer | null;
    content_type: string;
    received_at: Stamp;
    place: ColumnType<string | null, never, string>;
  };
  inbox: {
    id: Generated<number>;
    connector: string;
    delivery_id: string;
    received_at: Stamp;
    body: Buffer;
    state: ColumnType<'new' | 'done' | 'quarantined', 'new' | undefined, 'new' | 'done' | 'quarantined'>;
    attempts: Generated<number>;
    next_attempt_at: Stamp;
    reason: string | null;
  };
  outbox: {
    id: Generated<number>;
    workflow_id: string;
    workflow_type: string;
    /** Start the workflow if none runs, and leave one that runs alone. */
    only_start: Generated<boolean>;
    queued_at: Stamp;
    attempts: Generated<number>;
    next_attempt_at: Stamp;
  };
  connector_state: {
    connector: string;
    cursor: string | null;
    last_ok_at: MaybeTime;
    last_error_at: MaybeTime;
    last_error_code: string | null;
    last_full_at: MaybeTime;
    /** Devices that a device manager listed when it was last counted. */
    fleet_size: number | null;
  };
  notifications: {
    id: string;
    /** Of the fact that it tells of, and of its recipient: what is to be told once. */
    key: string;
    fact_key: string;
    stream: string;
    round: number;
    kind: NoticeKind;
    gate: Gate | null;
    exception_id: string | null;
    case_id: string;
    device_id: string | null;
    due_at: Time;
    role: string;
    person_id: string | null;
    connector: string | null;
    /** Place in the role's list of targets; never an address. */
    target: number | null;
    template: string;
    language: string;
    state: NotificationState;
    /** Of a failed, unknown or suppressed one. */
    why: string | null;
    created_at: Time;
    send_after: Time;
    next_try_at: Time;
    tries: Generated<number>;
    send_started_at: MaybeTime;
    answered_at: MaybeTime;
    /** Of the text as it was sent, which is kept nowhere. */
    text_digest: ColumnType<string | null, string | null | undefined, string | null>;
    resend_of: ColumnType<string | null, string | null | undefined, string | null>;
    ordered_by: ColumnType<string | null, string | null | undefined, string | null>;
  };
  certificates: {
    connector: string;
    certificate_id: string;
    serial: string;
    pickup_id: string | null;
    document_digest: string;
    matched: boolean;
    line: JSONColumnType<CertificateLine>;
    imported_at: Stamp;
  };
  /** Who is behind an actor of the facts. The subject may tell a person: it and the name can be erased. */
  actors: {
    id: string;
    kind: 'person' | 'program' | 'token';
    /** `null` for static tokens. */
    issuer: string | null;
    subject: string | null;
    display_name: string | null;
    known_at: Time;
    /** As last recorded in a fact; `null`: in none yet. */
    roles: ColumnType<readonly string[] | null, string | null | undefined, string | null>;
    /** `null`: has not asked for anything yet. */
    last_seen_at: MaybeTime;
    erased_at: MaybeTime;
  };
  actor_revocations: {
    id: string;
    actor: string;
    reason: string;
    revoked_at: Time;
    revoked_by: string;
    lifted_at: MaybeTime;
    lifted_by: string | null;
    lift_reason: string | null;
  };
}
