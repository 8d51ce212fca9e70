/** Which streams belong to a pack: found by following what the facts themselves name. */
import {
  ACCESS_STREAM,
  ACTORS_STREAM,
  AUDITS_STREAM,
  caseStream,
  deviceStream,
  IMPORTS_STREAM,
  INSTALLATION_STREAM,
  personStream,
  pickupStream,
  SYSTEM_STREAM,
  VENDORS_STREAM,
} from '../../domain/fact.ts';
import type { AnyFact } from '../../domain/fact.ts';
import type { PackSubject } from './manifest.ts';

export type Streams = ReadonlyMap<string, readonly AnyFact[]>;

/** The stream that a pack is about. */
export function subjectStream({ kind, id }: PackSubject): string {
  switch (kind) {
    case 'case':
      return caseStream(id);
    case 'device':
      return deviceStream(id);
    case 'pickup':
      return pickupStream(id);
    case 'period':
      return AUDITS_STREAM;
  }
}

/** Whole in every period's pack: what concerns the installation and no single case. */
export const PERIOD_STREAMS: readonly string[] = [
  AUDITS_STREAM,
  SYSTEM_STREAM,
  INSTALLATION_STREAM,
  ACTORS_STREAM,
  ACCESS_STREAM,
  IMPORTS_STREAM,
  VENDORS_STREAM,
];

/**
 * A case has its person's stream, its devices' and those of the pickups that took them; a device those of its pickups; a pickup
 * its devices'; a period those of the installation, and those of the cases of its sample. A stream of these may be empty, and then
 * has no place in a pack.
 *
 * @param known What has been read so far: asked again with more, it may name more.
 * @param sampled Of a period: the ids of the cases of its sample.
 */
export function relatedStreams(
  subject: PackSubject,
  known: Streams,
  sampled: readonly string[] = [],
): ReadonlySet<string> {
  const own = subjectStream(subject);
  const related = new Set([own]);
  const facts = known.get(own) ?? [];
  switch (subject.kind) {
    case 'case':
      for (const stream of ofCase(facts)) related.add(stream);
      for (const device of deviceIds(facts))
        for (const pickup of pickupsOf(known.get(deviceStream(device)) ?? [], subject.id))
          related.add(pickup);
      return related;
    case 'device':
      for (const pickup of pickupsOf(facts, null)) related.add(pickup);
      return related;
    case 'pickup':
      for (const fact of facts)
        if (fact.type === 'pickup.created')
          for (const line of fact.data.lines) related.add(deviceStream(line.deviceId));
      return related;
    case 'period':
      return new Set([
        ...PERIOD_STREAMS,
        ...sampled.flatMap((id) => [...relatedStreams({ kind: 'case', id }, known)]),
      ]);
  }
}

function ofCase(facts: readonly AnyFact[]): readonly string[] {
  const persons = facts.flatMap((fact) =>
    fact.type === 'case.opened' && fact.data.personId !== null ? [personStream(fact.data.personId)] : [],
  );
  return [...persons, ...deviceIds(facts).map(deviceStream)];
}

function deviceIds(facts: readonly AnyFact[]): readonly string[] {
  return facts.flatMap((fact) =>
    fact.type === 'discovery.concluded' ? fact.data.devices.map((device) => device.deviceId) : [],
  );
}

/** @param caseId Only those of custodies of that case; `null`: all. */
function pickupsOf(facts: readonly AnyFact[], caseId: string | null): readonly string[] {
  const epochs = new Set(
    facts.flatMap((fact) =>
      fact.type === 'custody.opened' && (caseId === null || fact.data.caseId === caseId)
        ? [fact.data.epoch]
        : [],
    ),
  );
  return facts.flatMap((fact) =>
    fact.type === 'handoff.manifested' && epochs.has(fact.data.epoch)
      ? [pickupStream(fact.data.pickupId)]
      : [],
  );
}

/** Facts whose documents travel: the files that were taken in as a whole do not, with all their lines about other cases. */
export function factsWithDocuments(streams: Streams): readonly AnyFact[] {
  return [...streams].flatMap(([stream, facts]) => (stream === IMPORTS_STREAM ? [] : facts));
}

/** Digests of every document that these facts name, in the order of their first mention. */
export function namedDocuments(facts: Iterable<AnyFact>): readonly string[] {
  const found = new Set<string>();
  for (const { data } of facts) {
    if ('documentDigest' in data && typeof data.documentDigest === 'string') found.add(data.documentDigest);
    if ('answerDigest' in data && data.answerDigest !== undefined) found.add(data.answerDigest);
    if ('photos' in data) for (const digest of data.photos ?? []) found.add(digest);
  }
  return [...found];
}

/** Those of them that are a vendor's redacted answer to a read-back. */
export function namedAnswers(facts: Iterable<AnyFact>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { data } of facts)
    if ('answerDigest' in data && data.answerDigest !== undefined) found.add(data.answerDigest);
  return found;
}

/** Digests of every policy that these facts were judged by or moved to. */
export function namedPolicies(facts: Iterable<AnyFact>): readonly string[] {
  const found = new Set<string>();
  for (const { type, data } of facts) {
    if ('policyDigest' in data && typeof data.policyDigest === 'string') found.add(data.policyDigest);
    if (type === 'case.policy-moved' || type === 'custody.policy-moved' || type === 'policy.changed')
      found.add(data.to);
  }
  return [...found];
}
