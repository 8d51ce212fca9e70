/** The section `documents`: where certificates, photos and receipts lie. */
import { z } from 'zod';
import { BucketSchema } from './bucket-schema.ts';

export const DocumentsSchema = z
  .strictObject({
    /** `database`, or `s3`: a bucket that is S3-compatible. */
    store: z.enum(['database', 's3']).default('database'),
    /** With `s3`: which one. */
    bucket: BucketSchema.optional(),
  })
  .refine(({ store, bucket }) => (store === 's3') === (bucket !== undefined), {
    message: 'a bucket belongs to the store s3, and to no other',
    path: ['bucket'],
  });

export type DocumentsConfig = z.infer<typeof DocumentsSchema>;
