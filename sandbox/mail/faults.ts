/** Faults of a mail server, by the moment of the session at which they strike. */
import { z } from 'zod';

export const MOMENTS = ['connect', 'auth', 'mail', 'rcpt', 'text'] as const;
export type Moment = (typeof MOMENTS)[number];

/** Body of `POST /faults`. Without `times` it stays until it is cleared. */
export const MailFault = z.union([
  z.strictObject({
    at: z.enum(MOMENTS),
    /** The server says no with that code, and nothing is taken. At `text`: after it was received. */
    reply: z.int().min(400).max(599),
    times: z.int().min(1).optional(),
  }),
  z.strictObject({
    at: z.enum(MOMENTS),
    /** Nothing is answered any more, or the connection is cut. */
    instead: z.enum(['hang', 'drop']),
    /** At `text`: whether the mail was taken before. */
    taken: z.boolean().default(true),
    times: z.int().min(1).optional(),
  }),
]);
export type MailFault = z.infer<typeof MailFault>;

/** The faults in force, oldest first. */
export class MailFaults {
  #faults: { readonly fault: MailFault; hits: number }[] = [];

  add(fault: MailFault): void {
    this.#faults.push({ fault, hits: 0 });
  }

  list(): readonly (MailFault & { readonly hits: number })[] {
    return this.#faults.map(({ fault, hits }) => ({ ...fault, hits }));
  }

  /** The fault that strikes now, counted. */
  strike(at: Moment): MailFault | undefined {
    const found = this.#faults.find(
      ({ fault, hits }) => fault.at === at && (fault.times === undefined || hits < fault.times),
    );
    if (found !== undefined) found.hits += 1;
    return found?.fault;
  }

  clear(): void {
    this.#faults = [];
  }
}
