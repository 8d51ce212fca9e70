import { z } from 'zod';
import { DEFAULT_FIELDS, DEFAULT_LABELS } from './store.ts';

/** Settings of one simulated Snipe-IT installation. */
export const SnipeitOptions = z.strictObject({
  /** The API token that requests must carry. */
  token: z.string().min(1).default('snipeit-sandbox-token'),
  /** Requests per minute before 429; the vendor's default is 120. */
  throttlePerMinute: z.int().positive().default(120),
  /** Most rows one request returns (the vendor's `MAX_RESULTS`). */
  maxResults: z.int().positive().default(500),
  /** Whether lists include archived assets (an administrator's setting, off by default). */
  showArchivedInList: z.boolean().default(false),
  /** The status labels of this installation. */
  labels: z
    .array(
      z.strictObject({
        id: z.int().positive(),
        name: z.string().min(1),
        type: z.enum(['deployable', 'pending', 'archived', 'undeployable']),
      }),
    )
    .default([...DEFAULT_LABELS]),
  /** Text fields of this installation, besides those for ownership and platform. */
  customFields: z
    .array(z.strictObject({ name: z.string().min(1), column: z.string().regex(/^_snipeit_\w+$/) }))
    .default([...DEFAULT_FIELDS]),
});
export type SnipeitOptions = z.infer<typeof SnipeitOptions>;
