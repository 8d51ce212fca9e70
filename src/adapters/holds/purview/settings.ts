import { z } from 'zod';
import { graphConnection } from '../../clients/graph/settings.ts';

/** Settings of Purview eDiscovery in one tenant. */
export const PurviewSettings = z.strictObject({
  ...graphConnection,
  /** Microsoft documents five requests a minute for eDiscovery, one application in one tenant: 0.05 × 60 + 2 = 5. */
  requestsPerSecond: z.number().positive().default(0.05),
  burst: z.int().min(1).default(2),
  /**
   * Id of a case that the application is no member of, kept for good; it needs no hold, and may be closed. An application with
   * too small a role is shown fewer cases and no error: an answer without this one is not believed.
   */
  sentinelCaseId: z.string().trim().min(1),
});
export type PurviewSettings = z.infer<typeof PurviewSettings>;
