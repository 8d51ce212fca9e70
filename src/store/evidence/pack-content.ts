/** Everything that a pack is made of, read out of the ledger as of one signed checkpoint. */
import { sql } from 'kysely';
import type { AnyFact } from '../../domain/fact.ts';
import type { Policy } from '../../domain/policy.ts';
import { readCheckpointUnverified } from '../../ledger/checkpoint.ts';
import type { PackContent, ProvenEvent } from '../../ledger/pack/build.ts';
import type { PackSubject } from '../../ledger/pack/manifest.ts';
import {
  namedDocuments,
  namedPolicies,
  relatedStreams,
  subjectStream,
} from '../../ledger/pack/related-streams.ts';
import type { Streams } from '../../ledger/pack/related-streams.ts';
import { consistencyProof, inclusionProof } from '../../ledger/proofs.ts';
import type { NodeReader } from '../../ledger/proofs.ts';
import { noteVerifier } from '../../ledger/signed-note.ts';
import { makeCheckpoint } from '../checkpoints.ts';
import type { CheckpointSigning, StoredCheckpoint } from '../checkpoints.ts';
import type { Database, Reader } from '../database.ts';
import type { DocumentPlace } from '../document-place.ts';
import { storedNodes } from '../ledger-nodes.ts';
import { snapshot } from '../read/snapshot.ts';
import { readPolicy } from '../rule-facts.ts';
import { stampOf } from '../stamps.ts';
import { batched } from './batched-nodes.ts';
import { documentsOf } from './pack-documents.ts';

export interface PackRequest {
  readonly subject: PackSubject;
  readonly signing: CheckpointSigning;
  /** Size of a checkpoint that somebody keeps outside: the pack then proves that the ledger grew out of it. */
  readonly since: number | null;
  readonly now: Date;
  /** Where documents lie that are not in the database. */
  readonly documents?: DocumentPlace | null;
  /** Tries to have the checkpoint stamped, in a time that an export may take. */
  readonly stamp?: (checkpoint: StoredCheckpoint) => Promise<void>;
}

/** As many of the latest checkpoints have their proofs in every pack, whichever of them an auditor holds. */
const EARLIER_CHECKPOINTS = 16;

/**
 * Takes a checkpoint over everything that was committed before the call, and reads the subject's streams whole up to it.
 *
 * @returns `null` when there is no fact of the subject.
 * @throws LedgerInconsistent, SequencerBusy as `makeCheckpoint` does.
 */
export async function readPackContent(
  db: Database,
  request: PackRequest,
): Promise<Omit<PackContent, 'report'> | null> {
  const { subject, signing, now } = request;
  const checkpoint = await makeCheckpoint(db, signing, now);
  const { id, note } = checkpoint;
  await request.stamp?.(checkpoint);
  const head = readCheckpointUnverified(note);
  return snapshot(db, async (tx) => {
    const leaves = await readWhole(tx, [subjectStream(subject)], head.size, (known) =>
      relatedStreams(subject, known),
    );
    if (leaves.length === 0) return null;
    const nodes = batched(storedNodes(tx));
    const facts = leaves.map(({ fact }) => fact);
    return {
      subject,
      exportedAt: now,
      checkpoint: { note, head },
      timestamp: await timestampOf(tx, id),
      ledgerKeys: signing.signers.map(({ publicKey }) => noteVerifier(head.origin, publicKey.key)),
      events: await proven(leaves, head.size, nodes),
      policies: await policiesOf(tx, namedPolicies(facts)),
      consistency: await consistencies(tx, request, head.size, nodes),
      ...(await documentsOf(tx, db, namedDocuments(facts), request.documents ?? null)),
    };
  });
}

export async function timestampOf(
  db: Reader,
  checkpointId: number,
): Promise<NonNullable<PackContent['timestamp']> | null> {
  const stamp = await stampOf(db, checkpointId);
  return stamp === null ? null : { response: stamp.response, at: new Date(stamp.stamped_at) };
}

export type Leaf = Omit<ProvenEvent, 'hashes'>;

/** Whole streams: follows what the facts name until nothing new is named. */
export async function readWhole(
  db: Reader,
  first: readonly string[],
  size: number,
  related: (known: Streams) => ReadonlySet<string>,
): Promise<readonly Leaf[]> {
  const leaves: Leaf[] = [];
  const known = new Map<string, readonly AnyFact[]>();
  for (let wanted = [...first]; wanted.length > 0;) {
    const found = await leavesOf(db, wanted, size);
    leaves.push(...found);
    const facts = Map.groupBy(found, ({ fact }) => fact.stream);
    for (const stream of wanted)
      known.set(
        stream,
        (facts.get(stream) ?? []).map(({ fact }) => fact),
      );
    wanted = [...related(known)].filter((stream) => !known.has(stream));
  }
  return leaves;
}

async function leavesOf(db: Reader, streams: readonly string[], size: number): Promise<readonly Leaf[]> {
  const { rows } = await sql<{ leaf_index: number; canonical: string }>`
    select ledger_leaves.leaf_index, facts.canonical
    from facts join ledger_leaves on ledger_leaves.fact_id = facts.id
    where facts.stream = any(${[...streams]}::text[]) and ledger_leaves.leaf_index < ${size}::bigint
    order by facts.stream, facts.seq`.execute(db);
  return rows.map(leafOf);
}

/** A leaf out of its row. */
export function leafOf({ leaf_index: index, canonical }: { leaf_index: number; canonical: string }): Leaf {
  return { index, canonical, fact: JSON.parse(canonical) as AnyFact };
}

/** As many at once as one statement should look for nodes of. */
const AT_ONCE = 2_000;

/** The leaves with their proofs in the tree of that size. */
export async function proven(
  leaves: readonly Leaf[],
  size: number,
  nodes: NodeReader,
): Promise<readonly ProvenEvent[]> {
  const events: ProvenEvent[] = [];
  for (let at = 0; at < leaves.length; at += AT_ONCE)
    events.push(
      ...(await Promise.all(
        leaves
          .slice(at, at + AT_ONCE)
          .map(async (leaf) => ({ ...leaf, hashes: await inclusionProof(leaf.index, size, nodes) })),
      )),
    );
  return events;
}

export async function policiesOf(
  db: Reader,
  digests: readonly string[],
): Promise<ReadonlyMap<string, Policy>> {
  const policies = new Map<string, Policy>();
  for (const digest of digests) policies.set(digest, await readPolicy(db, digest));
  return policies;
}

export async function consistencies(
  db: Reader,
  { since }: Pick<PackRequest, 'since'>,
  size: number,
  nodes: NodeReader,
): Promise<PackContent['consistency']> {
  const rows = await db
    .selectFrom('ledger_checkpoints')
    .select('size')
    .where('size', '<', size)
    .orderBy('id', 'desc')
    .limit(EARLIER_CHECKPOINTS)
    .execute();
  const sizes = new Set(rows.map((row) => row.size));
  if (since !== null && since < size) sizes.add(since);
  return Promise.all(
    [...sizes]
      .toSorted((a, b) => a - b)
      .map(async (earlier) => ({ size: earlier, hashes: await consistencyProof(earlier, size, nodes) })),
  );
}
