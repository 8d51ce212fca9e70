/** What the ledger costs: recording and sequencing, a proof in a small and a large tree, and verifying all of it. */
import { sql } from 'kysely';
import { leafHash } from '../../src/ledger/merkle.ts';
import { inclusionProof } from '../../src/ledger/proofs.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { appendFacts } from '../../src/store/facts.ts';
import { appendNew } from '../../src/store/facts-of-many.ts';
import { completeNodes, storedNodes } from '../../src/store/ledger-nodes.ts';
import { migrateToLatest } from '../../src/store/migrate.ts';
import { sequenceBatch, sequencePending } from '../../src/store/sequencer.ts';
import { inTransaction } from '../../src/store/transactions.ts';
import { verifyLedger } from '../../src/store/verification/verify-ledger.ts';
import type { Servers } from '../harness/servers.ts';
import { median } from '../report/statistics.ts';

export interface LedgerPlan {
  readonly writers: number;
  readonly seconds: number;
  /** Leaves of the two trees that proofs are made in. */
  readonly small: number;
  readonly large: number;
  readonly proofs: number;
  /** Facts of the ledger that is verified. */
  readonly verified: number;
}

export interface LedgerResult {
  readonly plan: LedgerPlan;
  readonly factsPerSecond: number;
  /** Oldest fact without a place, seconds; the largest that was seen. */
  readonly lagSeconds: number;
  readonly smallProofMs: number;
  readonly largeProofMs: number;
  readonly verified: number;
  readonly verifiedPerSecond: number;
  /** Leaves of the same bytes hashed one by one, nothing else. */
  readonly hashedPerSecond: number;
  /** How much the process grew while verifying, MiB. */
  readonly grewMiB: number;
}

const SEQUENCE_EVERY_MS = 250;
/** Whole streams. */
const FILLED_AT_ONCE = 2_000;

export async function measureLedger(
  plan: LedgerPlan,
  servers: Pick<Servers, 'createDatabase'>,
  say: (line: string) => void,
): Promise<LedgerResult> {
  const url = await servers.createDatabase('ledger');
  await migrateToLatest(url);
  const db = openDatabase(url, { connections: plan.writers + 3 });
  try {
    const written = await write(db, plan);
    say(
      `ledger: ${written.factsPerSecond.toFixed(0)} facts a second, at most ${written.lagSeconds.toFixed(2)} s behind`,
    );
    await fill(db, plan.verified - written.facts);
    const checked = await verify(db);
    say(
      `ledger: ${checked.verifiedPerSecond.toFixed(0)} facts a second verified, ${checked.hashedPerSecond.toFixed(0)} hashed`,
    );
    const proofs = await prove(servers, plan, say);
    const { factsPerSecond, lagSeconds } = written;
    return { plan, factsPerSecond, lagSeconds, ...checked, ...proofs };
  } finally {
    await db.destroy();
  }
}

async function write(db: Database, { writers, seconds }: LedgerPlan) {
  const ending = new AbortController();
  let lagSeconds = 0;
  const sequencing = (async () => {
    while (!ending.signal.aborted) {
      while ((await sequenceBatch(db)) === 1_000);
      lagSeconds = Math.max(lagSeconds, await lagOf(db));
      await new Promise((resolve) => setTimeout(resolve, SEQUENCE_EVERY_MS));
    }
  })();
  const begun = performance.now();
  const until = begun + seconds * 1_000;
  let facts = 0;
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let n = 0; performance.now() < until; n += 1) {
        await inTransaction(db, (tx) => appendFacts(tx, [factOf(writer, n)], new Date()));
        facts += 1;
      }
    }),
  );
  const factsPerSecond = facts / ((performance.now() - begun) / 1_000);
  ending.abort();
  await sequencing;
  await sequencePending(db);
  return { facts, factsPerSecond, lagSeconds };
}

/** Streams of fifty facts, about 600 bytes each, as those of a custody are. */
function factOf(writer: number | 'filler', n: number) {
  const stream = `device:${writer}-${Math.floor(n / 50)}`;
  const data = {
    epoch: 1,
    trackingCode: `T${n}`,
    status: 'in_transit' as const,
    occurredAt: new Date(0).toISOString(),
    padding: 'x'.repeat(280),
  };
  return {
    stream,
    key: `bench:${writer}:${n}`,
    type: 'return.tracked',
    actor: 'connector:carrier',
    data,
  } as const;
}

async function lagOf(db: Database): Promise<number> {
  const { rows } = await sql<{ lag: number | null }>`
    select extract(epoch from clock_timestamp() - min(facts.at))::float8 as lag
    from ledger_pending join facts on facts.id = ledger_pending.fact_id`.execute(db);
  return rows[0]?.lag ?? 0;
}

/** The rest by sets, since how facts come in is measured already. */
async function fill(db: Database, count: number): Promise<void> {
  for (let from = 0; from < count; from += FILLED_AT_ONCE) {
    const length = Math.min(FILLED_AT_ONCE, count - from);
    const facts = Array.from({ length }, (_one, n) => factOf('filler', from + n));
    await inTransaction(db, async (tx) => {
      const names = [...new Set(facts.map((fact) => fact.stream))];
      await sql`insert into streams (stream, seq, digest) select name, 0, '' from unnest(${names}::text[]) as names (name)`.execute(
        tx,
      );
      await appendNew(tx, facts, new Date());
    });
  }
  while (((await sequenceBatch(db)) ?? 0) > 0);
}

async function verify(db: Database) {
  await sql`analyze`.execute(db);
  const before = process.memoryUsage().rss;
  let most = before;
  const begun = performance.now();
  const { ok, facts } = await verifyLedger(db, {
    verifiersOf: () => [],
    outside: [],
    onProgress: () => void (most = Math.max(most, process.memoryUsage().rss)),
  });
  const seconds = (performance.now() - begun) / 1_000;
  if (!ok) throw new Error('the ledger that was just written does not verify');
  const texts = await db.selectFrom('facts').select('canonical').limit(20_000).execute();
  const hashing = performance.now();
  for (const { canonical } of texts) leafHash(canonical);
  const hashedPerSecond = texts.length / ((performance.now() - hashing) / 1_000);
  return {
    verified: facts,
    verifiedPerSecond: facts / seconds,
    hashedPerSecond,
    grewMiB: (most - before) / 1_048_576,
  };
}

async function prove(
  servers: Pick<Servers, 'createDatabase'>,
  plan: LedgerPlan,
  say: (line: string) => void,
) {
  const [small, large] = [await proofMs(servers, plan.small, plan), await proofMs(servers, plan.large, plan)];
  say(
    `ledger: a proof takes ${small.toFixed(2)} ms among ${plan.small} facts, ${large.toFixed(2)} ms among ${plan.large}`,
  );
  return { smallProofMs: small, largeProofMs: large };
}

/** A tree of leaves alone: what the facts are makes no difference to a proof. */
async function proofMs(
  servers: Pick<Servers, 'createDatabase'>,
  leaves: number,
  { proofs }: LedgerPlan,
): Promise<number> {
  const url = await servers.createDatabase(`ledger_${leaves}`);
  await migrateToLatest(url);
  const db = openDatabase(url, { connections: 2 });
  try {
    await sql`alter table ledger_leaves drop constraint ledger_leaves_fact_id_fkey`.execute(db);
    await sql`
      insert into ledger_leaves (leaf_index, fact_id, leaf_hash)
      select place, place, sha256(place::text::bytea) from generate_series(0, ${leaves - 1}::bigint) as place`.execute(
      db,
    );
    await inTransaction(db, async (tx) => {
      await completeNodes(tx, { size: leaves, noded: 0 });
    });
    await sql`analyze`.execute(db);
    const read = storedNodes(db);
    const took: number[] = [];
    for (let n = 0; n < proofs + 20; n += 1) {
      // Spread over the whole tree, the same places in every run.
      const index = Math.floor(((n * 0.618_033_988_75) % 1) * leaves);
      const begun = performance.now();
      await inclusionProof(index, leaves, read);
      if (n >= 20) took.push(performance.now() - begun);
    }
    return median(took);
  } finally {
    await db.destroy();
  }
}
