/** Everything that the pack of a period is made of, as of one signed checkpoint. */
import type { AnyFact } from '../../domain/fact.ts';
import { readCheckpointUnverified } from '../../ledger/checkpoint.ts';
import type { PackContent } from '../../ledger/pack/build.ts';
import { POPULATION_BASIS } from '../../ledger/pack/period/population.ts';
import type { Population, PopulationSource } from '../../ledger/pack/period/population.ts';
import { factsWithDocuments, namedDocuments, namedPolicies } from '../../ledger/pack/related-streams.ts';
import { noteVerifier } from '../../ledger/signed-note.ts';
import { readListed } from '../audits/listing.ts';
import { readPeriod } from '../audits/periods.ts';
import type { PeriodPartRow, PeriodRow } from '../audits/periods.ts';
import { makeCheckpoint } from '../checkpoints.ts';
import type { Database, Reader } from '../database.ts';
import { storedNodes } from '../ledger-nodes.ts';
import { snapshot } from '../read/snapshot.ts';
import { batched } from './batched-nodes.ts';
import { consistencies, policiesOf, proven, timestampOf } from './pack-content.ts';
import type { PackRequest } from './pack-content.ts';
import { documentsOf } from './pack-documents.ts';
import { readPeriodLeaves, readRecorded } from './period-facts.ts';
import { readStatements } from './period-statements.ts';

export interface PeriodPackRequest extends Omit<PackRequest, 'subject'> {
  readonly periodId: string;
}

/**
 * A source that has not finished stands as `not-answered`, with nothing listed.
 *
 * @returns `null` when there is no such period.
 * @throws PeriodTooLarge; LedgerInconsistent and SequencerBusy as `makeCheckpoint` does.
 */
export async function readPeriodContent(
  db: Database,
  request: PeriodPackRequest,
): Promise<Omit<PackContent, 'report'> | null> {
  const { periodId, signing, now } = request;
  if ((await readPeriod(db, periodId)) === null) return null;
  const checkpoint = await makeCheckpoint(db, signing, now);
  const { id, note } = checkpoint;
  await request.stamp?.(checkpoint);
  const head = readCheckpointUnverified(note);
  return snapshot(db, async (tx) => {
    const period = await readPeriod(tx, periodId);
    if (period === null) return null;
    const sources = await Promise.all(period.parts.map((part) => sourceOf(tx, period, part, head.size)));
    const { leaves, excerpts } = await readPeriodLeaves(tx, period, sources, head.size);
    const facts = leaves.map(({ fact }) => fact);
    const whole = Map.groupBy(
      facts.filter(({ stream }) => !excerpts.has(stream)),
      ({ stream }) => stream,
    );
    const casePeople = new Set(
      facts.flatMap((fact) => (fact.type === 'case.opened' ? (fact.data.personId ?? []) : [])),
    );
    const nodes = batched(storedNodes(tx));
    return {
      subject: { kind: 'period', id: periodId },
      exportedAt: now,
      checkpoint: { note, head },
      timestamp: await timestampOf(tx, id),
      ledgerKeys: signing.signers.map(({ publicKey }) => noteVerifier(head.origin, publicKey.key)),
      events: await proven(leaves, head.size, nodes),
      policies: await policiesOf(tx, namedPolicies(facts)),
      consistency: await consistencies(tx, request, head.size, nodes),
      ...(await documentsOf(tx, db, namedDocuments(factsWithDocuments(whole)), request.documents ?? null)),
      period: {
        population: populationOf(period, sources),
        statements: await readStatements(tx, period, sources, casePeople),
        excerpts,
      },
    };
  });
}

async function sourceOf(
  db: Reader,
  period: PeriodRow,
  part: PeriodPartRow,
  size: number,
): Promise<PopulationSource> {
  const { connector, kind, outcome } = part;
  const recorded = [...(await readRecorded(db, period, connector, size))];
  const fact = outcome === null ? null : await extractedIn(db, period.id, connector, size);
  if (fact === null)
    return {
      connector,
      kind,
      outcome: 'not-answered',
      query: part.failure ?? 'not finished',
      startedAt: null,
      finishedAt: null,
      accounts: 0,
      listDigest: null,
      live: [],
      recorded,
    };
  const { query, startedAt, finishedAt, accounts, listDigest } = fact;
  return {
    connector,
    kind,
    outcome: fact.outcome,
    query,
    startedAt,
    finishedAt,
    accounts,
    listDigest,
    live: [...(await readListed(db, { periodId: period.id, connector }))],
    recorded,
  };
}

/** What the ledger says of the list, when that is within the checkpoint. */
async function extractedIn(db: Reader, periodId: string, connector: string, size: number) {
  const row = await db
    .selectFrom('facts')
    .innerJoin('ledger_leaves', 'ledger_leaves.fact_id', 'facts.id')
    .select('facts.canonical')
    .where('facts.key', '=', `population.extracted:${periodId}:${connector}`)
    .where('ledger_leaves.leaf_index', '<', size)
    .executeTakeFirst();
  if (row === undefined) return null;
  const fact = JSON.parse(row.canonical) as AnyFact;
  return fact.type === 'population.extracted' ? fact.data : null;
}

function populationOf(period: PeriodRow, sources: readonly PopulationSource[]): Population {
  return {
    basis: POPULATION_BASIS,
    period: {
      id: period.id,
      from: period.from_date,
      until: period.until_date,
      timeZone: period.time_zone,
      start: period.start_at,
      end: period.end_at,
      seed: period.seed,
      seedBy: period.seed_by,
      sample: period.sample,
    },
    sources: [...sources],
  };
}
