/** Exceptions as answers show them. */
import { z } from 'zod';
import type { ExceptionRow } from '../../store/read/exceptions.ts';
import { Instant, MaybeInstant } from './common.ts';

export const ExceptionShape = z.object({
  id: z.string(),
  code: z.string(),
  stream: z.string(),
  gate: z.string().nullable(),
  caseId: z.string().nullable(),
  deviceId: z.string().nullable(),
  pickupId: z.string().nullable(),
  owner: z.string(),
  blocking: z.boolean(),
  dueAt: Instant,
  openedAt: Instant,
  resolvedAt: MaybeInstant,
  resolvedBy: z.string().nullable(),
  outcome: z.string().nullable(),
  reason: z
    .string()
    .nullable()
    .meta({ description: 'While it is open: what it is about. Once decided: why so.' }),
});

export function exceptionView(row: ExceptionRow) {
  return {
    id: row.id,
    code: row.code,
    stream: row.stream,
    gate: row.gate,
    caseId: row.case_id,
    deviceId: row.device_id,
    pickupId: row.pickup_id,
    owner: row.owner,
    blocking: row.blocking,
    dueAt: row.due_at,
    openedAt: row.opened_at,
    resolvedAt: row.resolved_at,
    resolvedBy: row.resolved_by,
    outcome: row.outcome,
    reason: row.reason,
  };
}
