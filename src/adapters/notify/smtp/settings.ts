import { z } from 'zod';

/** One mail server that takes our mail: a relay, or the submission port of a provider. */
export const SmtpSettings = z.strictObject({
  /** `smtp://host:587`, or `smtps://host:465` for TLS from the start. */
  baseUrl: z.url({ protocol: /^smtps?$/u }),
  /** For `smtp://`: `required` sends nothing before STARTTLS; `off` is for a relay on the same machine. */
  tls: z.enum(['required', 'off']).default('required'),
  /** Left out, the server is used without signing in. */
  user: z.string().min(1).optional(),
  /** Its password. */
  password: z.string().min(1).optional(),
  /** Sender of every mail. */
  from: z.email(),
  /** Name shown for the sender. */
  fromName: z.string().min(1).max(100).default('Handback'),
  /** Where answers go; left out, to the sender. */
  replyTo: z.email().optional(),
  /** Milliseconds for one mail, from the connection to the answer. */
  timeLimitMs: z.int().positive().default(30_000),
  requestsPerSecond: z.number().positive().default(5),
  burst: z.int().positive().default(10),
});
export type SmtpSettings = z.infer<typeof SmtpSettings>;
