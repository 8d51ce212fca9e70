/** Messages as answers show them. */
import { z } from 'zod';
import type { Notification } from '../../store/notifications.ts';
import { Instant, MaybeInstant } from './common.ts';

export const NOTIFICATION_STATES = ['queued', 'sending', 'sent', 'failed', 'unknown', 'suppressed'] as const;

export const NotificationShape = z
  .object({
    id: z.string(),
    kind: z.enum(['return-chaser', 'return-label', 'return-box', 'gate-overdue', 'exception-overdue']),
    state: z.enum(NOTIFICATION_STATES),
    why: z.string().nullable().meta({
      description: 'Why it was not sent, or is not known to be: see docs/notifications.md.',
    }),
    role: z.string(),
    personId: z.string().nullable().meta({ description: 'The recipient, where it is a person.' }),
    connector: z.string().nullable(),
    template: z.string(),
    language: z.string(),
    caseId: z.string(),
    deviceId: z.string().nullable(),
    gate: z.string().nullable(),
    exceptionId: z.string().nullable(),
    dueAt: Instant.meta({ description: 'The deadline that has passed.' }),
    createdAt: Instant,
    sendAfter: Instant.meta({
      description: 'When it may go out: people are left alone on days off and in quiet hours.',
    }),
    sendStartedAt: MaybeInstant,
    answeredAt: MaybeInstant,
    tries: z.int(),
    resendOf: z.string().nullable(),
  })
  .meta({ title: 'A message to somebody' });

export function notificationView(row: Notification) {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    why: row.why,
    role: row.role,
    personId: row.person_id,
    connector: row.connector,
    template: row.template,
    language: row.language,
    caseId: row.case_id,
    deviceId: row.device_id,
    gate: row.gate,
    exceptionId: row.exception_id,
    dueAt: row.due_at,
    createdAt: row.created_at,
    sendAfter: row.send_after,
    sendStartedAt: row.send_started_at,
    answeredAt: row.answered_at,
    tries: row.tries,
    resendOf: row.resend_of,
  };
}
