/** Tables of the way back, and of drives. */
import type { ColumnType, Generated } from 'kysely';
import type { MaybeTime, Time } from './schema-columns.ts';

export interface ReturnTables {
  trackers: {
    tracking_code: string;
    connector: string;
    device_id: string;
    epoch: number;
    status: Generated<string>;
    /** `box`: the empty one on its way out. */
    purpose: Generated<'return' | 'box'>;
    /** Of that status, by the carrier's own time. */
    occurred_at: MaybeTime;
    /** Where the label can be had. Personal data: it names the sender. */
    label_url: ColumnType<string | null, string | null | undefined, string | null>;
    /** A code that a shop prints the label from. Personal data as well. */
    qr_code_url: ColumnType<string | null, string | null | undefined, string | null>;
    /** What it was bought by. */
    intent_id: ColumnType<string | null, string | null | undefined, string | null>;
  };
  /** Handed in at an office. The name is of who received it: personal data. */
  drop_offs: {
    id: string;
    device_id: string;
    epoch: number;
    site: string;
    received_by: string;
    received_by_name: string;
    handed_in_by: 'holder' | 'colleague' | 'courier';
    received_at: Time;
  };
  device_photos: { device_id: string; digest: string; taken_by: string; taken_at: Time };
  /** Which drives are in which chassis: one at a time. */
  device_drives: {
    serial: string;
    device_id: string;
    epoch: number;
    recorded_by: string;
    recorded_at: Time;
  };
}
