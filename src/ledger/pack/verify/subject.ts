/** Check `subject`: the streams are the subject's and what it leads to, and nothing that must be there is missing. */
import type { PackFiles } from '../layout.ts';
import { CHECKPOINT } from '../layout.ts';
import type { Manifest } from '../manifest.ts';
import { relatedStreams, subjectStream } from '../related-streams.ts';
import type { Streams } from '../related-streams.ts';
import type { Given } from './given.ts';
import { Findings } from './report.ts';
import type { CheckResult } from './report.ts';

export function checkSubject(
  manifest: Manifest,
  streams: Streams,
  given: Given,
  files: PackFiles,
  sampled: readonly string[],
): CheckResult {
  const found = new Findings();
  const { subject } = manifest;
  found.looked = `${subject.kind} ${subject.id}`;
  if (given.subject !== null && given.subject !== subject.id)
    found.wrong(`It is about ${subject.id}, and you asked for ${given.subject}.`);
  if (!files.has(CHECKPOINT)) found.wrong('It has no checkpoint.');
  if (!streams.has(subjectStream(subject))) found.wrong(`Not one fact of ${subject.id} is in it.`);
  const related = relatedStreams(subject, streams, sampled);
  for (const stream of streams.keys())
    if (!related.has(stream)) found.wrong(`${stream} has nothing to do with ${subject.id}.`);
  for (const stream of related)
    if (!streams.has(stream) && MUST_HAVE.test(stream))
      found.wrong(`${stream} is named by the facts and is not in the pack.`);
  return found.result('subject');
}

/** A pickup that a device was put on has facts. Devices are asked for by the rules, persons may have none. */
const MUST_HAVE = /^pickup:/u;
