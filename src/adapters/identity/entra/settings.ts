import { z } from 'zod';
import { graphConnection } from '../../clients/graph/settings.ts';

/** Settings of one Entra ID tenant. */
export const EntraSettings = z.strictObject({
  ...graphConnection,
  /** How far Microsoft's clock may be from ours: sessions that ended this much before our cut count as ended by it. */
  clockSkewMs: z.int().min(0).default(120_000),
  /** Change notifications; left out: no hook is accepted or subscribed to, and delta queries alone find changes. */
  hook: z
    .strictObject({
      /** Where Graph sends notifications: our public `…/hooks/<connector>`. */
      notificationUrl: z.url(),
      /** Where it sends lifecycle notifications: `…/hooks/<connector>/lifecycle`. Only set when a subscription is made. */
      lifecycleNotificationUrl: z.url(),
      /** Secret that Graph repeats in each notification: all that tells a forger apart. At most 128 characters. */
      clientState: z.string().min(16).max(128),
      /** Life that is asked for at creation and at each renewal, minutes. Graph allows 41,760 for users. */
      subscriptionMinutes: z.int().min(45).max(41_760).default(40_320),
    })
    .optional(),
});
export type EntraSettings = z.infer<typeof EntraSettings>;
