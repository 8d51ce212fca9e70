/** The tables of audits as Kysely sees them: part of `schema.ts`. */
import type { Generated } from 'kysely';
import type { MaybeTime, Time } from './schema-columns.ts';

export interface AuditSchema {
  audit_periods: {
    id: string;
    from_date: string;
    until_date: string;
    time_zone: string;
    start_at: Time;
    end_at: Time;
    seed: string;
    seed_by: 'caller' | 'handback';
    sample: number;
    account_key: Buffer;
    requested_by: string;
    requested_at: Time;
  };
  audit_period_parts: {
    period_id: string;
    connector: string;
    kind: 'hr' | 'identity';
    cursor: string | null;
    accounts_seen: Generated<number>;
    started_at: MaybeTime;
    finished_at: MaybeTime;
    outcome: Generated<'listed' | 'not-offered' | null>;
    query: Generated<string | null>;
    failed_at: MaybeTime;
    failure: Generated<string | null>;
  };
  audit_period_leavers: {
    period_id: string;
    connector: string;
    /** Keyed commitment to the account. */
    account: string;
    /** The source's own id; personal data; `null`: erased. */
    external_id: string | null;
    person_id: string | null;
    left_at: MaybeTime;
    state: 'gone' | 'unclear';
  };
  /** When a part of the installation was last heard of. */
  heartbeats: { part: string; beat_at: Time };
}
