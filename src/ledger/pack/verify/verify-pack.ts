/** Verifies an evidence pack with nothing but the pack and what the auditor brings: no network, no database, no configuration. */
import type { PackFiles } from '../layout.ts';
import type { Manifest } from '../manifest.ts';
import { checkCheckpoint } from './checkpoint.ts';
import { checkDocuments } from './documents.ts';
import { checkEvents, checkInclusion } from './events.ts';
import { checkFiles } from './files.ts';
import type { Given } from './given.ts';
import { checkJudgement } from './judgement.ts';
import { checkPolicy } from './policy.ts';
import { checkPeriod } from './period.ts';
import { CHECKS, notChecked, PERIOD_CHECKS } from './report.ts';
import type { CheckId, CheckResult, Verification } from './report.ts';
import { checkSignature } from './signature.ts';
import { checkStreams } from './streams.ts';
import { checkSubject } from './subject.ts';
import { checkTimestamp, NO_STAMP } from './timestamp.ts';
import type { StampReading } from './timestamp.ts';

/**
 * The verification, and what the pack is about (`null` when it cannot even be read). Every check runs that can.
 *
 * @param stamp What `readStamp` found of the timestamp.
 */
export function verifyPack(
  files: PackFiles,
  given: Given,
  stamp: StampReading = NO_STAMP,
): Verification & { readonly manifest: Manifest | null } {
  const { manifest, result } = checkFiles(files);
  const checks = manifest === null ? [result] : [result, ...checkContents(files, manifest, given, stamp)];
  const isPeriod = manifest?.subject.kind === 'period';
  const asked = (Object.keys(CHECKS) as CheckId[]).filter((id) => isPeriod || !PERIOD_CHECKS.has(id));
  const ordered = asked.map(
    (id) => checks.find((check) => check.id === id) ?? notChecked(id, 'The manifest cannot be read.'),
  );
  return { verdict: verdictOf(ordered, stamp), checks: ordered, manifest };
}

function checkContents(
  files: PackFiles,
  manifest: Manifest,
  given: Given,
  stamp: StampReading,
): readonly CheckResult[] {
  const signature = checkSignature(files, manifest, given);
  const { opened, results } = checkCheckpoint(files, manifest, given);
  const { events, result: read } = checkEvents(files);
  const { streams, excerpts, result: whole } = checkStreams(events, manifest);
  const { policies, result: policy } = checkPolicy(files, manifest, streams, excerpts);
  const { sampled, results: audit } = checkPeriod(files, manifest, { events, streams, excerpts, policies });
  return [
    ...signature,
    ...results,
    checkTimestamp(stamp),
    read,
    checkInclusion(events, files, opened),
    whole,
    checkSubject(manifest, streams, given, files, sampled),
    policy,
    checkDocuments(files, manifest, streams),
    checkJudgement(manifest, streams, policies),
    ...audit,
  ];
}

/** Without a key of one's own nothing is proven, however well it fits together. */
function verdictOf(checks: readonly CheckResult[], stamp: StampReading): Verification['verdict'] {
  if (checks.some(({ status }) => status === 'failed')) return 'refuted';
  const asked = checks.filter(({ id }) => id !== 'outside' && (id !== 'timestamp' || stamp.asked));
  return asked.every(({ status }) => status === 'passed') ? 'proven' : 'unproven';
}
