import { z } from 'zod';

/** A webhook endpoint with its Standard Webhooks secret (`whsec_` and base64). */
export const WebhookTarget = z.strictObject({ url: z.url(), secret: z.string().startsWith('whsec_') });
export type WebhookTarget = z.infer<typeof WebhookTarget>;

/** Settings of one simulated disposal vendor. */
export const ItadOptions = z.strictObject({
  /** Bearer token of the customer. */
  token: z.string().min(1).default('itad-sandbox-token'),
  /** Endpoints that exist from the start and after a reset. */
  webhooks: z.array(WebhookTarget).default([]),
  /** Waits between attempts, in milliseconds. */
  webhookRetryDelaysMs: z.array(z.int().min(0)).default([1000, 5000, 30_000, 120_000]),
  webhookTimeoutMs: z.int().positive().default(10_000),
  /** Name of the facility on receipts and certificates. */
  facility: z.string().min(1).default('Plant 1'),
  /** Whether the vendor reports what became of units; without, it has no such path. */
  dispositions: z.boolean().default(true),
  /** How this vendor writes CSV. Spreadsheet programs like semicolons and byte order marks. */
  csv: z
    .strictObject({
      delimiter: z.enum([',', ';', '\t']).default(','),
      byteOrderMark: z.boolean().default(false),
    })
    .default({ delimiter: ',', byteOrderMark: false }),
  /** The vendor's own certifications, by calendar date. */
  certifications: z
    .array(
      z.strictObject({
        scheme: z.string().min(1),
        number: z.string().min(1),
        validFrom: z.iso.date(),
        validTo: z.iso.date(),
      }),
    )
    .default([
      { scheme: 'R2v3', number: 'R2-SANDBOX-1', validFrom: '2024-01-01', validTo: '2099-12-31' },
      { scheme: 'NAID AAA', number: 'NAID-SANDBOX-1', validFrom: '2024-01-01', validTo: '2099-12-31' },
    ]),
});
export type ItadOptions = z.infer<typeof ItadOptions>;
