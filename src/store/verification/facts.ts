/** Every fact, stream by stream: its bytes, its columns, its place in the chain, its leaf. */
import { sql } from 'kysely';
import { leafHashHex } from '../../ledger/merkle.ts';
import { factFaults } from '../../ledger/fact-bytes.ts';
import type { FactFault, FactRow, StreamPlace } from '../../ledger/fact-bytes.ts';
import type { Tx } from '../database.ts';
import { cursor } from '../cursor.ts';
import type { Findings, LedgerCheck } from './findings.ts';

interface Row extends Omit<FactRow, 'bodyDigest'> {
  readonly body_digest: string;
  /** Hex. */
  readonly leaf_hash: string | null;
  readonly waits: boolean;
}

const SELECT = `
  select facts.stream, facts.seq, facts.key, facts.type, facts.at, facts.digest, facts.body_digest, facts.canonical,
    encode(leaves.leaf_hash, 'hex') as leaf_hash, waiting.fact_id is not null as waits
  from facts
  left join ledger_leaves leaves on leaves.fact_id = facts.id
  left join ledger_pending waiting on waiting.fact_id = facts.id
  order by facts.stream, facts.seq`;

const CHECK_OF = {
  bytes: 'fact-bytes',
  chain: 'stream-chain',
  columns: 'fact-columns',
} as const satisfies Record<FactFault, LedgerCheck>;

const START: StreamPlace = { seq: 0, digest: null };

/** @returns How many facts there are. */
export async function checkFacts(
  tx: Tx,
  findings: Findings,
  onProgress: (facts: number) => void,
): Promise<number> {
  let facts = 0;
  let last: Row | null = null;
  for await (const rows of cursor<Row>(tx, 'ledger_facts', SELECT)) {
    const ends: Row[] = [];
    for (const row of rows) {
      const isFirst: boolean = row.stream !== last?.stream;
      if (isFirst && last !== null) ends.push(last);
      checkFact(row, isFirst ? START : placeOf(last), findings);
      last = row;
    }
    await checkHeads(tx, ends, findings);
    facts += rows.length;
    onProgress(facts);
  }
  if (last !== null) await checkHeads(tx, [last], findings);
  await checkLost(tx, findings);
  return facts;
}

function placeOf(row: Row | null): StreamPlace {
  return row === null ? START : { seq: row.seq, digest: row.digest };
}

function checkFact(row: Row, before: StreamPlace, findings: Findings): void {
  const at = `fact ${row.seq} of ${row.stream}`;
  for (const fault of factFaults({ ...row, bodyDigest: row.body_digest }, before))
    findings.add(CHECK_OF[fault], `${at}: ${SENTENCE[fault]}`);
  if (row.leaf_hash === null) {
    if (!row.waits) findings.add('leaf-of-fact', `${at} has no leaf in the tree and does not wait for one`);
  } else if (row.leaf_hash !== leafHashHex(row.canonical))
    findings.add('leaf-of-fact', `${at} is not what its leaf in the tree says`);
}

const SENTENCE: Readonly<Record<FactFault, string>> = {
  bytes: 'its bytes do not have its digest',
  chain: 'it does not follow the fact before it',
  columns: 'a column says something else than its bytes',
};

/** Streams whose last fact is not the one that their head names, or that have no head. */
async function checkHeads(tx: Tx, ends: readonly Row[], findings: Findings): Promise<void> {
  if (ends.length === 0) return;
  const [streams, seqs, digests] = [
    ends.map(({ stream }) => stream),
    ends.map(({ seq }) => seq),
    ends.map(({ digest }) => digest),
  ];
  const { rows } = await sql<{ stream: string }>`
    select ends.stream
    from unnest(${streams}::text[], ${seqs}::int[], ${digests}::text[]) as ends (stream, seq, digest)
    left join streams as heads on heads.stream = ends.stream
    where heads.seq is distinct from ends.seq or heads.digest is distinct from ends.digest
    order by ends.stream`.execute(tx);
  for (const { stream } of rows) endsElsewhere(stream, findings);
}

/** Heads of streams that have no fact at all, and leaves whose fact is gone. */
async function checkLost(tx: Tx, findings: Findings): Promise<void> {
  const heads = `
    select stream from streams
    where seq <> 0 and not exists (select from facts where facts.stream = streams.stream)
    order by stream`;
  for await (const rows of cursor<{ stream: string }>(tx, 'ledger_heads', heads))
    for (const { stream } of rows) endsElsewhere(stream, findings);
  const orphans = `
    select leaf_index from ledger_leaves left join facts on facts.id = ledger_leaves.fact_id where facts.id is null`;
  for await (const rows of cursor<{ leaf_index: number }>(tx, 'ledger_orphans', orphans))
    for (const row of rows) findings.add('leaf-of-fact', `the fact of leaf ${row.leaf_index} is gone`);
}

function endsElsewhere(stream: string, findings: Findings): void {
  findings.add(
    'stream-head',
    `${stream} does not end where its head says: facts at its end are missing or added`,
  );
}
