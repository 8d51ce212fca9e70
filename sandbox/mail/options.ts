import { z } from 'zod';

/** Settings of one simulated mail server. */
export const MailOptions = z.strictObject({
  /** With these, a client must sign in first; without, it must not. */
  user: z.string().min(1).optional(),
  password: z.string().min(1).default('sandbox-mail-password'),
  /** Offers STARTTLS, with a certificate that nobody has signed. */
  startTls: z.boolean().default(false),
  /** Largest mail, bytes; 0 lifts the limit. */
  maxBytes: z.int().min(0).default(1_000_000),
});
export type MailOptions = z.infer<typeof MailOptions>;
