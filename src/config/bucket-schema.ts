/** An S3-compatible bucket and who may write to it. */
import { z } from 'zod';

export const BucketSchema = z.strictObject({
  bucket: z.string().min(1),
  region: z.string().min(1).default('us-east-1'),
  /** Absent: Amazon's. */
  endpoint: z.url().optional(),
  /** Before the object's name; ends in a slash. */
  prefix: z
    .string()
    .regex(/^$|\/$/u, 'ends in a slash')
    .default(''),
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
  /** The bucket in the path instead of the host's name, as most stores that are not Amazon's want it. */
  pathStyle: z.boolean().default(false),
});

export type BucketConfig = z.infer<typeof BucketSchema>;
