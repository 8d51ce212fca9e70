/** Personal data as Kysely sees it: part of `schema.ts`. */
import type { ColumnType } from 'kysely';
import type { MaybeTime, Stamp, Time } from './schema-columns.ts';

/** Where a leaver's parcel starts. Personal data. */
export interface StoredAddress {
  readonly street1: string;
  readonly city: string;
  readonly zip: string;
  readonly country: string;
  readonly state?: string;
}

export type ErasureState = 'approved' | 'done' | 'refused';

type MaybeBytes = ColumnType<Buffer | null, Buffer | null | undefined, Buffer | null>;

export interface PersonalColumns {
  display_name_sealed: MaybeBytes;
  work_email_sealed: MaybeBytes;
  employee_number_sealed: MaybeBytes;
  /** Where a leaver can be written to once the access is cut. */
  private_email_sealed: MaybeBytes;
  address_sealed: MaybeBytes;
  work_email_index: MaybeBytes;
  employee_number_index: MaybeBytes;
  erased_at: MaybeTime;
}

export interface PersonalTables {
  /** `wrapped` is null once the key was destroyed. */
  person_keys: {
    person_id: string;
    wrapped: MaybeBytes;
    wrapped_by: ColumnType<string | null, string | null | undefined, string | null>;
    made_at: Stamp;
    destroyed_at: MaybeTime;
  };
  /** About one person; `sealed` is null once they were erased. The digest is of what was received. */
  personal_documents: {
    person_id: string;
    digest: string;
    sealed: MaybeBytes;
    content_type: string;
    received_at: Stamp;
    erased_at: MaybeTime;
  };
  /** Erasures that two people decided, and how far they are. */
  person_erasures: {
    decision_id: string;
    person_id: string;
    approved_by: string;
    approved_at: Time;
    state: ColumnType<ErasureState, ErasureState | undefined, ErasureState>;
    /** What it waits for, or what it was refused for. */
    why: ColumnType<string | null, string | null | undefined, string | null>;
    finished_at: MaybeTime;
  };
  /** What an erased person was known as, as commitments. */
  person_tombstones: {
    kind: 'account' | 'employeeNumber' | 'workEmail';
    connector: string;
    commitment: Buffer;
    person_id: string;
  };
}
