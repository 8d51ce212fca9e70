/** The vendor's webhooks: something can be read now. The lists themselves are fetched, so that the evidence is one document. */
import { createStandardWebhooksVerifier } from '../../clients/standard-webhooks.ts';
import type { HookContent, HookReader, HookVerifier } from '../../webhook.ts';
import type { Announced } from '../port.ts';
import { WebhookBody, WebhookData } from './schema.ts';
import type { GenericSettings } from './settings.ts';

const WHAT: ReadonlyMap<string, Announced> = new Map<string, Announced>([
  ['pickup.scanned', 'scanned'],
  ['receipt.available', 'receipt'],
  ['certificates.available', 'certificates'],
  ['dispositions.available', 'dispositions'],
]);

export function createGenericHookVerifier(settings: GenericSettings): HookVerifier {
  return createStandardWebhooksVerifier(settings.webhookSecrets);
}

export const readGenericHook: HookReader = (body: Buffer): HookContent => {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return { kind: 'unparseable', why: 'not JSON' };
  }
  const message = WebhookBody.safeParse(value);
  if (!message.success) return { kind: 'unparseable', why: 'no type' };
  const what = WHAT.get(message.data.type);
  if (what === undefined) return { kind: 'ignored' };
  const data = WebhookData.safeParse(message.data.data);
  if (!data.success) return { kind: 'unparseable', why: 'no pickupId' };
  return { kind: 'disposition', pickupId: data.data.pickupId, what };
};
