/** Settings of one simulated object store. */
import { z } from 'zod';

export const S3Options = z.strictObject({
  accessKeyId: z.string().min(1).default('sandbox'),
  /** Buckets that there are; an empty list takes every name. */
  buckets: z.array(z.string().min(3)).default([]),
});
