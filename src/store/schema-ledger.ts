/** The tables of the ledger as Kysely sees them: part of `schema.ts`. */
import type { Generated } from 'kysely';
import type { MaybeTime, Stamp, Time } from './schema-columns.ts';

export interface LedgerSchema {
  streams: { stream: string; seq: number; digest: string };
  facts: {
    id: Generated<number>;
    stream: string;
    seq: number;
    key: string;
    type: string;
    at: Time;
    body_digest: string;
    digest: string;
    canonical: string;
  };
  ledger_pending: { fact_id: number };
  ledger_leaves: { leaf_index: number; fact_id: number; leaf_hash: Buffer };
  ledger_head: {
    singleton: Generated<boolean>;
    size: number;
    frontier: Buffer[];
    root: Buffer;
    updated_at: Stamp;
    /** As many leaves have their inner nodes. */
    noded: Generated<number>;
  };
  /** Inner nodes of perfect subtrees, from level 1; level 0 is `ledger_leaves`. */
  ledger_nodes: { level: number; index: number; hash: Buffer };
  ledger_checkpoints: {
    id: Generated<number>;
    origin: string;
    size: number;
    root: Buffer;
    /** The signed note, as it was published. */
    note: string;
    previous_id: number | null;
    /** Proof that it goes on from the previous one. */
    consistency: Buffer[];
    signed_at: Time;
  };
  /** What a timestamp authority answered about a checkpoint's note (RFC 3161, DER). */
  checkpoint_stamps: { checkpoint_id: number; authority: string; response: Buffer; stamped_at: Time };
  /** How the last asking went. */
  stamp_authorities: {
    authority: string;
    stamped_at: MaybeTime;
    failed_at: MaybeTime;
    failure: string | null;
  };
  /** How far each place outside has the checkpoints. */
  checkpoint_targets: {
    target: string;
    checkpoint_id: number | null;
    published_at: MaybeTime;
    failed_at: MaybeTime;
    failure: string | null;
  };
}
