/** Every fact, stream by stream: its bytes, its columns, its place in the chain, its leaf. */
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
  let stream: string | null = null;
  let place = START;
  for await (const rows of cursor<Row>(tx, 'ledger_facts', SELECT)) {
    for (const row of rows) {
      if (row.stream !== stream) [stream, place] = [row.stream, START];
      checkFact(row, place, findings);
      place = { seq: row.seq, digest: row.digest };
    }
    facts += rows.length;
    onProgress(facts);
  }
  await checkHeads(tx, findings);
  return facts;
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

interface Head {
  readonly stream: string;
}

/** Heads that do not end where their facts do, facts without a head, leaves whose fact is gone. */
async function checkHeads(tx: Tx, findings: Findings): Promise<void> {
  const heads = `
    select coalesce(heads.stream, ends.stream) as stream
    from streams heads
    full join (select distinct on (stream) stream, seq, digest from facts order by stream, seq desc) ends
      on ends.stream = heads.stream
    where (heads.stream is null or ends.stream is null or heads.seq <> ends.seq or heads.digest <> ends.digest)
      and not (ends.stream is null and heads.seq = 0)`;
  for await (const rows of cursor<Head>(tx, 'ledger_heads', heads))
    for (const { stream } of rows)
      findings.add(
        'stream-head',
        `${stream} does not end where its head says: facts at its end are missing or added`,
      );
  const orphans = `
    select leaf_index from ledger_leaves left join facts on facts.id = ledger_leaves.fact_id where facts.id is null`;
  for await (const rows of cursor<{ leaf_index: number }>(tx, 'ledger_orphans', orphans))
    for (const row of rows) findings.add('leaf-of-fact', `the fact of leaf ${row.leaf_index} is gone`);
}
