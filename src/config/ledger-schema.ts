/** The section `ledger`: the log's name, its keys, how often it is signed and where checkpoints are published. */
import { z } from 'zod';
import { BucketSchema } from './bucket-schema.ts';
import { Duration } from './duration.ts';
import { TimestampsSchema } from './timestamps-schema.ts';

/** A PEM text; in environment variables its line ends are often written out. */
const Pem = z
  .string()
  .transform((text) => text.replaceAll(String.raw`\n`, '\n'))
  .refine((text) => text.includes('-----BEGIN '), 'a key as PEM');

export const LedgerSchema = z.strictObject({
  /** The log's name, such as `handback.example.com/ledger`: stands in every checkpoint and never changes. Absent: made up at the first checkpoint. */
  origin: z
    .string()
    .regex(/^[^\s+]+$/u, 'no spaces and no plus')
    .optional(),
  /** How often a checkpoint is signed while facts come in. */
  every: Duration.prefault('15m'),
  keys: z
    .strictObject({
      /** Directory of the key files (`handback keys new`). Absent: `keys` in the data directory. */
      directory: z.string().min(1).optional(),
      /** Private keys (Ed25519, PKCS #8 PEM) that sign checkpoints instead of those of the directory, the one in use first. */
      checkpoints: z.array(Pem).min(1).optional(),
      /** Private keys (ECDSA P-256, PKCS #8 PEM) that sign packs instead of those of the directory, the one in use first. */
      packs: z.array(Pem).min(1).optional(),
      /** Public keys (PEM) of private ones that are gone: what they signed stays verifiable. */
      retired: z.array(Pem).default([]),
      /** How long the key before goes on signing beside its successor. */
      overlap: Duration.prefault('30d'),
    })
    .prefault({}),
  /** An authority that says since when each checkpoint existed. */
  timestamps: TimestampsSchema.optional(),
  publish: z
    .strictObject({
      /** Directories that checkpoints are written to: on another machine's disk, not beside the database. */
      directories: z.array(z.string().min(1)).default([]),
      /** Endpoints that checkpoints are sent to, as text. */
      http: z
        .array(
          z.strictObject({
            /** Where to. */
            url: z.url(),
            method: z.enum(['PUT', 'POST']).default('PUT'),
            /** Bearer token. */
            token: z.string().min(1).optional(),
          }),
        )
        .default([]),
      /** S3-compatible buckets; with object lock nobody can take a checkpoint back. */
      buckets: z.array(BucketSchema).default([]),
    })
    .prefault({}),
});

export type LedgerConfig = z.infer<typeof LedgerSchema>;
