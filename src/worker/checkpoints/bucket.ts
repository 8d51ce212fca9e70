import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { LedgerConfig } from '../../config/ledger-schema.ts';
import { LATEST, nameOf } from './target.ts';
import type { CheckpointTarget } from './target.ts';

type Bucket = LedgerConfig['publish']['buckets'][number];

const TIME_LIMIT_MS = 15_000;

/** An S3-compatible bucket: one object for each checkpoint, and the latest. Only the loop that publishes tries again. */
export function bucketTarget(settings: Bucket): CheckpointTarget {
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
  const put = (Key: string, Body: string) =>
    client.send(new PutObjectCommand({ Bucket, Key: `${prefix}${Key}`, Body, ContentType: 'text/plain' }), {
      abortSignal: AbortSignal.timeout(TIME_LIMIT_MS),
    });
  return {
    name: `s3:${Bucket}/${prefix}`,
    async put(checkpoint) {
      await put(nameOf(checkpoint), checkpoint.note);
      await put(LATEST, checkpoint.note);
    },
    async latest() {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: `${prefix}${LATEST}` }), {
          abortSignal: AbortSignal.timeout(TIME_LIMIT_MS),
        });
        return (await Body?.transformToString('utf-8')) ?? null;
      } catch (error) {
        if (error instanceof NoSuchKey) return null;
        throw error;
      }
    },
  };
}
