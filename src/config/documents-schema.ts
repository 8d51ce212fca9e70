/** The section `documents`: where certificates, photos and receipts lie. */
import { z } from 'zod';
import { BucketSchema } from './bucket-schema.ts';

export const DocumentsSchema = z.discriminatedUnion('store', [
  z.strictObject({ store: z.literal('database') }),
  z.strictObject({
    store: z.literal('s3'),
    /** The bucket, which is S3-compatible. */
    bucket: BucketSchema,
  }),
]);

export type DocumentsConfig = z.infer<typeof DocumentsSchema>;
