/** Personal data as Kysely sees it: part of `schema.ts`. */
import type { ColumnType } from 'kysely';
import type { MaybeTime, Stamp } from './schema-columns.ts';

/** Where a leaver's parcel starts. Personal data. */
export interface StoredAddress {
  readonly street1: string;
  readonly city: string;
  readonly zip: string;
  readonly country: string;
  readonly state?: string;
}

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
  /** What an erased person was known as, as commitments. */
  person_tombstones: {
    kind: 'account' | 'employeeNumber' | 'workEmail';
    connector: string;
    commitment: Buffer;
    person_id: string;
  };
}
