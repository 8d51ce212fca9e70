/** Which policy a pack's `policy.json` is. */
import { casesOf, custodiesIn } from './claim.ts';
import type { PackSubject } from './manifest.ts';
import { subjectStream } from './related-streams.ts';
import type { Streams } from './related-streams.ts';

/** The policy that the subject is judged by at the end: of a case its own, of a device its last custody's; a pickup and a period have none. */
export function policyInForce(subject: PackSubject, streams: Streams): string | null {
  switch (subject.kind) {
    case 'case':
      return casesOf(streams.get(subjectStream(subject)) ?? []).at(-1)?.policyDigest ?? null;
    case 'device':
      return custodiesIn(subject, streams).at(-1)?.policyDigest ?? null;
    case 'pickup':
    case 'period':
      return null;
  }
}
