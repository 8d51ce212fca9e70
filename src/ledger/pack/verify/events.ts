/** Checks `events` and `inclusion`: every fact is read in the only way it can be, and stands in the ledger's tree. */
import { z } from 'zod';
import type { AnyFact } from '../../../domain/fact.ts';
import { sha256Hex } from '../../canonical.ts';
import { leafHash } from '../../merkle.ts';
import { verifyInclusion } from '../../proof-checks.ts';
import { parseTlogProof, ProofProblem } from '../../tlog-proof.ts';
import { eventIndex, proofPath } from '../layout.ts';
import type { PackFiles } from '../layout.ts';
import { NotCanonical, parseCanonical } from '../strict-json.ts';
import type { OpenedCheckpoint } from './checkpoint.ts';
import { counted, Findings, notChecked } from './report.ts';
import type { CheckResult } from './report.ts';

/** A fact as the pack holds it. */
export interface PackEvent {
  readonly index: number;
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Of the bytes, hex. */
  readonly digest: string;
  readonly fact: AnyFact;
}

/** What all facts share; what is inside `data` the rules read, and a pack whose data they cannot read proves nothing. */
const Envelope = z.strictObject({
  v: z.literal(1),
  stream: z.string().min(1),
  seq: z.int().min(1),
  prev: z
    .string()
    .regex(/^[0-9a-f]{64}$/u)
    .nullable(),
  key: z.string().min(1),
  type: z.string().min(1),
  at: z.iso.datetime(),
  actor: z.string().min(1),
  data: z.record(z.string(), z.unknown()),
});

/** @returns The facts in the order of their places. */
export function checkEvents(files: PackFiles): {
  readonly events: readonly PackEvent[];
  readonly result: CheckResult;
} {
  const found = new Findings();
  const keys = new Set<string>();
  const events = [...files]
    .flatMap(([path, bytes]) => {
      const index = eventIndex(path);
      if (index === null && path.startsWith('events/')) found.wrong(`${path} is no name of an event.`);
      const fact = index === null ? null : read(path, bytes, found);
      return index === null || fact === null ? [] : [{ index, path, bytes, digest: sha256Hex(bytes), fact }];
    })
    .toSorted((a, b) => a.index - b.index);
  for (const { path, fact } of events) {
    if (keys.has(fact.key)) found.wrong(`${path} is an event that is there already, under another place.`);
    keys.add(fact.key);
  }
  if (events.length === 0) found.wrong('There is no event.');
  found.looked = counted(events.length, 'event');
  return { events, result: found.result('events') };
}

function read(path: string, bytes: Uint8Array, found: Findings): AnyFact | null {
  try {
    const value = parseCanonical(bytes);
    const parsed = Envelope.safeParse(value);
    // Its data is read by rules that take it as it is typed; see `Envelope`.
    if (parsed.success) return value as AnyFact;
    found.wrong(`${path} is no fact (${parsed.error.issues[0]?.path.join('.') ?? ''}).`);
  } catch (error) {
    if (!(error instanceof NotCanonical)) throw error;
    found.wrong(`${path} ${error.message}.`);
  }
  return null;
}

export function checkInclusion(
  events: readonly PackEvent[],
  files: PackFiles,
  opened: OpenedCheckpoint | null,
): CheckResult {
  if (opened === null) return notChecked('inclusion', 'There is no checkpoint that proofs could lead to.');
  const found = new Findings();
  found.looked = counted(events.length, 'proof');
  for (const event of events) {
    const problem = problemOf(event, files.get(proofPath(event.index)), opened);
    if (problem !== null) found.wrong(`${event.path} ${problem}.`);
  }
  const known = new Set(events.map(({ index }) => proofPath(index)));
  for (const path of files.keys())
    if (path.startsWith('proofs/') && !known.has(path)) found.wrong(`${path} is a proof of no event here.`);
  return found.result('inclusion');
}

function problemOf(
  event: PackEvent,
  bytes: Uint8Array | undefined,
  { head, note }: OpenedCheckpoint,
): string | null {
  if (bytes === undefined) return 'has no proof';
  try {
    const proof = parseTlogProof(Buffer.from(bytes).toString('utf8'));
    if (proof.extra !== undefined) return 'has a proof with something unsigned in it';
    if (proof.index !== event.index) return 'has the proof of another place';
    // Byte for byte: its signature was checked once, for all.
    if (proof.checkpoint !== note) return 'has a proof that leads to another checkpoint';
    const inclusion = { index: event.index, leafHash: leafHash(event.bytes), hashes: proof.hashes };
    return verifyInclusion(inclusion, head) ? null : 'is not in the ledger’s tree at that place';
  } catch (error) {
    if (error instanceof ProofProblem) return `has a proof that cannot be read (${error.message})`;
    throw error;
  }
}
