/** What Graph answers about eDiscovery cases: only the fields we read. Names, descriptions and queries are cut off at once. */
import { z } from 'zod';

const text = z.string().nullish();
const id = z.string().min(1);

/** `ediscoveryCase`. */
export const CaseRecord = z.object({ id, status: text });
export type CaseRecord = z.infer<typeof CaseRecord>;

/** `ediscoveryCustodian`. Its `status` (active, released) says nothing of the hold, which may still be being removed. */
export const CustodianRecord = z.object({ id, email: text, holdStatus: text });
export type CustodianRecord = z.infer<typeof CustodianRecord>;

/** `ediscoveryHoldPolicy`. */
export const PolicyRecord = z.object({ id, isEnabled: z.boolean().nullish(), status: text });
export type PolicyRecord = z.infer<typeof PolicyRecord>;

/** `userSource`. */
export const SourceRecord = z.object({ id, email: text, holdStatus: text });
export type SourceRecord = z.infer<typeof SourceRecord>;
