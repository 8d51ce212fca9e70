/** The HR system's webhooks: who sent it, and what it says. */
import { z } from 'zod';
import type { LifecycleKind } from '../../../domain/lifecycle.ts';
import { createStandardWebhooksVerifier } from '../../clients/standard-webhooks.ts';
import { toUtcIso } from '../../clients/utc.ts';
import type { HookContent, HookReader, HookVerifier } from '../../webhook.ts';
import { leaveInstant } from './leave.ts';
import { HR_TYPES, HrMessage } from './schema.ts';
import type { WebhookSettings } from './settings.ts';

const KINDS = {
  'leave.scheduled': 'leaver',
  'leave.changed': 'leaver',
  'leave.withdrawn': 'cancellation',
  'person.joined': 'joiner',
  'person.moved': 'mover',
  'person.rehired': 'rehire',
} as const satisfies Readonly<Record<HrMessage['type'], LifecycleKind>>;

export function createWebhookHookVerifier(settings: WebhookSettings): HookVerifier {
  return createStandardWebhooksVerifier(settings.webhookSecrets);
}

const AnyMessage = z.object({ type: z.string() });

/** `deliveryId` (webhook-id) is the id of the event: the body has none. */
export const readWebhookHook: HookReader = (body: Buffer, deliveryId: string): HookContent => {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return { kind: 'unparseable', why: 'not JSON' };
  }
  const { data: any } = AnyMessage.safeParse(value);
  if (any === undefined) return { kind: 'unparseable', why: 'no type' };
  if (!HR_TYPES.has(any.type)) return { kind: 'ignored' };
  const message = HrMessage.safeParse(value);
  if (!message.success) return { kind: 'unparseable', why: reason(message.error) };
  return hintOf(message.data, deliveryId);
};

function hintOf(message: HrMessage, eventId: string): HookContent {
  const { type, timestamp, data } = message;
  const leaver = message.type === 'leave.scheduled' || message.type === 'leave.changed';
  const effectiveAt = leaver ? leaveInstant(message.data, data.timeZone) : null;
  const occurredAt = toUtcIso(timestamp);
  if (occurredAt === null || (leaver && effectiveAt === null))
    return { kind: 'unparseable', why: 'a time that does not exist' };
  const hint = {
    eventId,
    kind: KINDS[type],
    externalId: data.externalId,
    occurredAt,
    effectiveAt,
    person: {
      employeeNumber: data.externalId,
      workEmail: data.workEmail,
      displayName: null,
      country: data.country,
      managerExternalId: data.manager?.externalId ?? null,
      timeZone: data.timeZone,
    },
    ...(data.deviceHints && { deviceHints: data.deviceHints }),
  };
  return { kind: 'hints', hints: [hint] };
}

/** Which fields are wrong, by their names in the published format; never what they hold. */
function reason(error: z.ZodError): string {
  const fields = new Set(
    error.issues.map((issue) => issue.path.filter((part) => typeof part === 'string').join('.')),
  );
  return `not as published: ${[...fields].join(', ')}`;
}
