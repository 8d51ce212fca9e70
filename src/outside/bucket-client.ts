/** S3-compatible buckets, one request at a time: whoever asks decides whether to try again. */
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { PutObjectCommandInput } from '@aws-sdk/client-s3';
import type { BucketConfig } from '../config/bucket-schema.ts';

const TIME_LIMIT_MS = 15_000;

export interface BucketClient {
  /** `s3:bucket/prefix`: stands in the database and in logs. */
  readonly name: string;
  /** @param more Such as conditions. */
  readonly put: (
    key: string,
    body: string | Uint8Array,
    contentType: string,
    more?: Pick<PutObjectCommandInput, 'IfNoneMatch'>,
  ) => Promise<void>;
  /** `null` when there is no such object. */
  readonly get: (key: string) => Promise<Uint8Array | null>;
}

export function bucketClient(settings: BucketConfig): BucketClient {
  const { bucket: Bucket, prefix, region, endpoint, pathStyle, accessKeyId, secretAccessKey } = settings;
  const client = new S3Client({
    region,
    forcePathStyle: pathStyle,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
    // Other stores than Amazon's do not know the newer checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  return {
    name: `s3:${Bucket}/${prefix}`,
    async put(key, Body, ContentType, more = {}) {
      await client.send(
        new PutObjectCommand({ Bucket, Key: `${prefix}${key}`, Body, ContentType, ...more }),
        {
          abortSignal: AbortSignal.timeout(TIME_LIMIT_MS),
        },
      );
    },
    async get(key) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: `${prefix}${key}` }), {
          abortSignal: AbortSignal.timeout(TIME_LIMIT_MS),
        });
        return (await Body?.transformToByteArray()) ?? null;
      } catch (error) {
        if (error instanceof NoSuchKey) return null;
        throw error;
      }
    },
  };
}
