/**
 * What is signed: an in-toto Statement v1 (in-toto/attestation, spec/v1/statement.md) whose one subject is `manifest.json` by its
 * SHA-256. The predicate repeats what the pack is about, for readers of attestations.
 */
import { z } from 'zod';
import { canonicalText, sha256Hex } from '../canonical.ts';
import { MANIFEST } from './layout.ts';
import type { Manifest } from './manifest.ts';

export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
export const PREDICATE_TYPE = 'urn:handback:evidence-pack:v1';
/** The DSSE payload type of in-toto statements. */
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

const Statement = z.strictObject({
  _type: z.literal(STATEMENT_TYPE),
  subject: z
    .array(
      z.strictObject({
        name: z.string(),
        digest: z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/u) }),
      }),
    )
    .length(1),
  predicateType: z.literal(PREDICATE_TYPE),
  predicate: z.record(z.string(), z.unknown()),
});

export type Statement = z.infer<typeof Statement>;

/** @param text The exact bytes of `manifest.json`. */
export function statementText(manifest: Manifest, text: string): string {
  return canonicalText({
    _type: STATEMENT_TYPE,
    subject: [{ name: MANIFEST, digest: { sha256: sha256Hex(text) } }],
    predicateType: PREDICATE_TYPE,
    predicate: predicateOf(manifest),
  } satisfies Statement);
}

/** What the predicate says of a manifest. */
export function predicateOf({
  format,
  subject,
  exportedAt,
  checkpoint,
  claim,
}: Manifest): Statement['predicate'] {
  return { format, subject, exportedAt, checkpoint, claim };
}

/** @returns The statement, or a sentence that says what is wrong with it. */
export function parseStatement(value: unknown): Statement | string {
  const parsed = Statement.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  return `${first?.path.join('.') || 'the whole'}: ${first?.message ?? 'not as the format says'}`;
}
