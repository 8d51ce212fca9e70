/** Decisions as answers show them. */
import { z } from 'zod';
import { DECISION_KINDS, DECISION_STATES } from '../../domain/decisions.ts';
import type { DecisionRow } from '../../store/read/decisions.ts';
import { Instant, MaybeInstant } from './common.ts';

export const DecisionShape = z
  .object({
    id: z.string(),
    kind: z.enum(DECISION_KINDS),
    state: z.enum([...DECISION_STATES, 'expired']),
    subject: z
      .record(z.string(), z.unknown())
      .meta({ description: 'Exactly what is decided. Any change of it voids the request.' }),
    subjectHash: z.string().meta({ description: 'SHA-256 of the subject’s canonical JSON, hex.' }),
    caseId: z.string().nullable(),
    deviceId: z.string().nullable(),
    reason: z.string(),
    requestedBy: z.string(),
    requestedAt: Instant,
    expiresAt: Instant,
    decidedBy: z.string().nullable(),
    decidedAt: MaybeInstant,
  })
  .meta({ title: 'A decision of two people' });

export function decisionView(row: DecisionRow, now: Date): z.output<typeof DecisionShape> {
  const isOver = row.state === 'requested' && Date.parse(row.expires_at) <= now.getTime();
  return {
    id: row.id,
    kind: row.kind,
    state: isOver ? 'expired' : row.state,
    subject: { ...row.subject },
    subjectHash: row.subject_hash,
    caseId: row.case_id,
    deviceId: row.device_id,
    reason: row.reason,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    expiresAt: row.expires_at,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at,
  };
}
