import { z } from 'zod';

/** 32 random bytes in base64 (`openssl rand -base64 32`). */
export const KeySecret = z
  .base64()
  .refine(
    (text) => Buffer.from(text, 'base64').length === 32,
    '32 bytes in base64 (openssl rand -base64 32)',
  );

/** A symmetric key with the id that what was made with it names. */
export const Key = z.strictObject({
  /** Kept in the payload's metadata, so that keys can be rotated. */
  id: z.string().regex(/^[a-z0-9-]{1,32}$/u),
  /** 32 random bytes in base64. */
  secret: KeySecret,
});
