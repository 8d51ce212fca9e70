/** Runs of the books held against our records, as the API answers. */
import { z } from 'zod';

export const Reconciliation = z.object({
  id: z.string(),
  state: z.string(),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  assets: z.number(),
  withoutSerial: z.number(),
  agreeing: z.number(),
  agreement: z.number().nullable(),
  counts: z.record(z.string(), z.number()),
  opened: z.number(),
  healed: z.number(),
});
export type Reconciliation = z.infer<typeof Reconciliation>;

export const ReconciliationRun = Reconciliation.extend({
  parts: z.array(z.object({ connector: z.string(), assets: z.number(), finishedAt: z.string().nullable() })),
});
export type ReconciliationRun = z.infer<typeof ReconciliationRun>;

export const Finding = z.object({
  kind: z.string(),
  reason: z.string(),
  serial: z.string(),
  connector: z.string().nullable(),
  externalId: z.string().nullable(),
  label: z.string().nullable(),
  deviceId: z.string().nullable(),
  since: z.string().nullable(),
  exceptionId: z.string().nullable(),
  owner: z.string().nullable(),
  dueAt: z.string().nullable(),
  resolvedAt: z.string().nullable(),
});
export type Finding = z.infer<typeof Finding>;
