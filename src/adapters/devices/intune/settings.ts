import { z } from 'zod';
import { graphConnection } from '../../clients/graph/settings.ts';

/** Settings of Intune in one tenant. */
export const IntuneSettings = z.strictObject({
  ...graphConnection,
  /** Name of the identity connector (Entra ID of this tenant) whose person ids Intune's `userId` is. */
  peopleFrom: z.string().min(1),
  /** How long after a wipe whose answer was lost Intune's record is to be believed when it shows none, milliseconds. */
  settleMs: z
    .int()
    .min(0)
    .default(15 * 60_000),
  /** How far Microsoft's clock may be behind ours: a wipe that began this much before our send can be ours. */
  clockSkewMs: z.int().min(0).max(60_000).default(60_000),
  /** `actionName` of a wipe in `deviceActionResults`, whatever the case; tenants and platforms differ. */
  wipeActionNames: z.array(z.string().min(1)).min(1).default(['wipe', 'factoryReset']),
  /** The same of a retire. */
  retireActionNames: z.array(z.string().min(1)).min(1).default(['retire', 'removeCompanyData']),
  /** The same of a lock. */
  lockActionNames: z.array(z.string().min(1)).min(1).default(['remoteLock']),
  /** The same of lifting an Activation Lock. */
  activationLockActionNames: z.array(z.string().min(1)).min(1).default(['bypassActivationLock']),
  /** Whether a wiped phone keeps its eSIM plan. Said in every wipe, so that no default of Intune's decides it; a wipe's own parameters may say otherwise. */
  keepEsimPlan: z.boolean().default(false),
  /** What a Mac with a T2 chip or Apple silicon does where it cannot erase all content and settings; left out: Apple's default. */
  obliterationBehavior: z.enum(['default', 'doNotObliterate', 'obliterateWithWarning', 'always']).optional(),
});
export type IntuneSettings = z.infer<typeof IntuneSettings>;
