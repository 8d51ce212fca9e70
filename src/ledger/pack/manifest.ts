/** `manifest.json`: what the pack is about, what it claims, and the SHA-256 of every other file. Canonical JSON. */
import { z } from 'zod';
import { canonicalText, sha256Hex } from '../canonical.ts';
import { PACK_FORMAT } from './layout.ts';

const Digest = z.string().regex(/^[0-9a-f]{64}$/u);
const Count = z.int().min(0);

export const PACK_KINDS = ['case', 'device', 'pickup', 'period'] as const;

const Subject = z.strictObject({ kind: z.enum(PACK_KINDS), id: z.string().min(1) });

/** One custody epoch of a device, as its facts leave it. */
const CustodyClaim = z.strictObject({
  deviceId: z.string(),
  epoch: z.int(),
  caseId: z.string(),
  serial: z.string(),
  state: z.enum(['open', 'closed', 'cancelled']),
  disposition: z.string().nullable(),
});

/** One generation of a case. */
const CaseClaim = z.strictObject({
  caseId: z.string(),
  generation: z.int(),
  state: z.enum(['scheduled', 'open', 'completed', 'completed-with-waivers', 'cancelled']),
  /** When it ended; `null` while it has not. */
  endedAt: z.string().nullable(),
});

/** What became of one line of a pickup. */
const PickupClaim = z.strictObject({
  pickupId: z.string(),
  lines: Count,
  transferred: Count,
  received: Count,
  certified: Count,
});

/** What a period comes to, in numbers: computed like the rest, out of the files under `audit/`. */
const PeriodClaim = z.strictObject({
  from: z.iso.date(),
  until: z.iso.date(),
  timeZone: z.string(),
  leavers: Count,
  cases: Count,
  sampled: Count,
  leaversWithoutCase: Count,
  leaversWithCancelledCasesOnly: Count,
  casesWithoutLeaver: Count,
  cancelled: Count,
  /** Of the leavers without a case, those of whom the operator says why. */
  excluded: Count,
  withoutDevices: Count,
  devicesUnknown: Count,
  unclear: Count,
  breaches: Count,
  waivers: Count,
  downtimes: Count,
  /** Connectors whose leavers nobody listed. */
  sourcesNotListed: z.array(z.string()),
});

/** What the pack says of its subject: computed from the facts when it is made, and again when it is verified. */
const Claim = z.strictObject({
  cases: z.array(CaseClaim),
  custodies: z.array(CustodyClaim),
  pickups: z.array(PickupClaim),
  /** Gates that were let through without evidence, in any of these streams. */
  waivers: Count,
  period: PeriodClaim.optional(),
});

const Manifest = z.strictObject({
  format: z.literal(PACK_FORMAT),
  subject: Subject,
  exportedAt: z.iso.datetime(),
  /** Version of the rules that the exporting installation judged by. */
  rulesVersion: z.string(),
  checkpoint: z.strictObject({ origin: z.string(), size: Count, root: Digest }),
  /** Every stream, whole up to the checkpoint: how many facts, and the digest of the last. */
  streams: z.array(z.strictObject({ stream: z.string(), facts: z.int().min(1), head: Digest })),
  /** Of a period: streams of which single facts are here, with how many. */
  excerpts: z.array(z.strictObject({ stream: z.string(), facts: z.int().min(1) })).optional(),
  claim: Claim,
  /** Digest of `policy.json`; `null` where nothing is judged by one. */
  policy: Digest.nullable(),
  documents: z.array(z.strictObject({ digest: Digest, path: z.string(), contentType: z.string() })),
  /** Documents that facts name and that are not kept any more. */
  absent: z.array(z.strictObject({ digest: Digest, reason: z.enum(['erased', 'not-kept']) })),
  files: z.record(z.string(), z.strictObject({ sha256: Digest, bytes: Count })),
});

export type Manifest = z.infer<typeof Manifest>;
export type PackSubject = z.infer<typeof Subject>;
export type PackClaim = z.infer<typeof Claim>;
export type PackKind = PackSubject['kind'];

export function manifestText(manifest: Manifest): string {
  return canonicalText(manifest);
}

/** @returns The manifest, or a sentence that says what is wrong with it. */
export function parseManifest(value: unknown): Manifest | string {
  const parsed = Manifest.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  return `${first?.path.join('.') || 'the whole'}: ${first?.message ?? 'not as the format says'}`;
}

/** How a file is listed. */
export function listed(bytes: Uint8Array): Manifest['files'][string] {
  return { sha256: sha256Hex(bytes), bytes: bytes.length };
}
