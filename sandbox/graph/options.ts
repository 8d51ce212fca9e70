/** Settings of a Microsoft Graph instance (one tenant: Entra ID and Intune), and how a seeded device behaves. */
import { z } from 'zod';

export const GraphOptions = z.strictObject({
  tenantId: z.guid().default('5a9db0c0-0000-4000-a000-000000000001'),
  clientId: z.string().min(1).default('5a9db0c0-0000-4000-a000-00000000c11e'),
  clientSecret: z.string().min(1).default('sandbox-graph-secret'),
  /** Life of an access token, seconds. */
  tokenSeconds: z.int().min(1).default(3599),
  /** Entries per page where the caller names none; callers may ask for fewer with `$top` or `Prefer: odata.maxpagesize`. */
  pageSize: z.int().min(1).max(999).default(100),
  /** The same for managed devices. */
  devicePageSize: z.int().min(1).max(1000).default(1000),
  /** How long a subscriber may take to answer a notification, ms. Graph: 3 seconds. */
  notificationTimeoutMs: z.int().min(1).default(3000),
  /** How long an endpoint may take to answer its validation, ms. Graph: 10 seconds. */
  validationTimeoutMs: z.int().min(1).default(10_000),
  /** Waits before the retries of a notification, ms. Graph: growing, for up to four hours. */
  notificationRetryMs: z
    .array(z.int().min(0))
    .default([2000, 5000, 15_000, 60_000, 300_000, 900_000, 3_600_000]),
  /** What Intune calls the actions in `deviceActionResults`; observed names differ between tenants and platforms. */
  actionNames: z
    .strictObject({
      wipe: z.string().default('wipe'),
      retire: z.string().default('retire'),
      remoteLock: z.string().default('remoteLock'),
      bypassActivationLock: z.string().default('bypassActivationLock'),
    })
    .prefault({}),
});
export type GraphOptions = z.infer<typeof GraphOptions>;

/** The part of a seeded device's `behaviour` that Intune reads; keys of other simulators are passed over. */
export const DeviceBehaviour = z.object({
  /** Whether the device is reachable; commands to an offline one wait for its check-in. */
  online: z.boolean().default(true),
  /** How a wipe ends: `vanish` removes the record without ever showing `done`; `never` stays pending for good. */
  wipe: z.enum(['done', 'failed', 'vanish', 'never']).default('done'),
  /** How a retire ends: `done` removes the record; `never` stays pending for good. */
  retire: z.enum(['done', 'failed', 'never']).default('done'),
  /** How lifting the Activation Lock ends, also after a wipe has taken the bypass code away. */
  bypass: z.enum(['done', 'failed']).default('done'),
  /** Whether the holder switched on Find My, and so the Activation Lock. */
  activationLock: z.boolean().default(false),
  /** Whether it has an eSIM with a data plan. */
  esim: z.boolean().default(false),
  /** Whether it is registered with Autopilot; left out: a company's Windows device is. */
  autopilot: z.boolean().optional(),
  /** From the request until the action result can be seen, ms. */
  lagMs: z.int().min(0).default(200),
  /** From the device's contact until the command has run, ms. */
  ackMs: z.int().min(0).default(300),
  /** Whether the record still carries a `done` wipe of a year ago. */
  staleDone: z.boolean().default(false),
  /** `managementAgent`, e.g. `mdm`. */
  managementAgent: z.string().default('mdm'),
});
export type DeviceBehaviour = z.infer<typeof DeviceBehaviour>;
