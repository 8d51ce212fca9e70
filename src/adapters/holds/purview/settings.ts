import { z } from 'zod';
import { graphConnection } from '../../clients/graph/settings.ts';

/** Settings of Purview eDiscovery in one tenant. */
export const PurviewSettings = z.strictObject({
  ...graphConnection,
  /** Microsoft documents five requests a minute for eDiscovery, one application in one tenant: 0.05 × 60 + 2 = 5. */
  requestsPerSecond: z.number().positive().default(0.05),
  burst: z.int().min(1).default(2),
  /**
   * How long ago a whole reading may have begun that still says that somebody is on no hold. Reading takes minutes, so nobody
   * is asked about while a device waits: keep it above `sweeps.holds` and the time that one reading takes together.
   */
  answerLifeMs: z.int().min(60_000).default(7_200_000),
  /**
   * Id of a case that the application is no member of, kept for good; it needs no hold, and may be closed. An application with
   * too small a role is shown fewer cases and no error: an answer without this one is not believed.
   */
  sentinelCaseId: z.string().trim().min(1),
});
export type PurviewSettings = z.infer<typeof PurviewSettings>;
