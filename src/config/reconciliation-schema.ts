import { z } from 'zod';
import { RECONCILIATION, RECONCILIATION_PERIODS } from '../domain/reconciliation-policy.ts';
import type { ReconciliationPolicy } from '../domain/reconciliation-policy.ts';
import { ASSET_FINDINGS } from '../domain/reconciliation.ts';
import { Duration } from './duration.ts';

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/u, 'a time of day such as 03:00');

const TimeZone = z.string().refine(isTimeZone, 'an IANA time zone such as Europe/Berlin');

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** The section `policy.reconciliation`; a policy without it has the digest that it always had. */
export const ReconciliationSchema = z
  .strictObject({
    every: z.enum(RECONCILIATION_PERIODS).default(RECONCILIATION.every),
    at: TimeOfDay.default('03:00'),
    timeZone: TimeZone.default(RECONCILIATION.timeZone),
    due: Duration.prefault('1d'),
    owners: z.partialRecord(z.enum(ASSET_FINDINGS), z.string().min(1).max(64)).default({}),
    provenSince: z.iso.date().optional(),
  })
  .transform(({ every, at, timeZone, due, owners, provenSince }): ReconciliationPolicy => ({
    every,
    atMinute: Number(at.slice(0, 2)) * 60 + Number(at.slice(3)),
    timeZone,
    dueMs: due,
    owners,
    provenSince: provenSince ?? null,
  }));
