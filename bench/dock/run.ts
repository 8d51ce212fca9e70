/** How fast a scan on the dock is answered at a long manifest, beside a short one, in turns, by the same API. */
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startChild } from '../harness/child.ts';
import type { Child } from '../harness/child.ts';
import { writeConfigFile } from '../harness/config-file.ts';
import { freePort } from '../harness/free-port.ts';
import { SECRETS } from '../harness/secrets.ts';
import type { Servers } from '../harness/servers.ts';
import { percentile } from '../report/statistics.ts';
import { migrateToLatest } from '../../src/store/migrate.ts';
import { PolicySchema } from '../../src/config/policy-schema.ts';
import { offerPolicy } from '../../src/store/policy-in-force.ts';
import { inTransaction } from '../../src/store/transactions.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { seedCustodies, seedPickup, serialOf } from './seed.ts';

const CLI = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const ASKING = fileURLToPath(new URL('asking.ts', import.meta.url));
const SHORT_LINES = 50;
const WARM_UP = 30;

export interface DockPlan {
  readonly lines: number;
  /** Scans at each of the two. */
  readonly scans: number;
}

/** Milliseconds from request to answer, one scan at a time, as a scanner sends them. */
export interface Answered {
  readonly lines: number;
  readonly scans: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface Asking {
  readonly seconds: number;
  readonly requests: number;
  /** Serials that were to be asked about, and those that were answered by the last scan. */
  readonly scanned: number;
  readonly answered: number;
}

export interface DockResult {
  readonly plan: DockPlan;
  readonly long: Answered;
  readonly short: Answered;
  readonly p50Ratio: number;
  readonly p99Ratio: number;
  /** What the inventory was asked meanwhile, at its vendor's default limit. */
  readonly asking: Asking;
  /** Answers that were not the verdict that the unit has. */
  readonly wrong: number;
}

export async function measureDock(
  plan: DockPlan,
  servers: Servers,
  say: (line: string) => void,
): Promise<DockResult> {
  const database = await servers.createDatabase('dock');
  await migrateToLatest(database);
  const pool = new pg.Pool({ connectionString: database, max: 2 });
  const port = await freePort();
  const db = openDatabase(database, { connections: 2 });
  await inTransaction(db, (tx) => offerPolicy(tx, PolicySchema.parse({})));
  const config = await writeConfigFile({
    directory: servers.directory,
    urls: servers.sandbox.urls,
    port,
    slowInventory: true,
  });
  const seed = async (name: string, lines: number) => {
    const id = await seedPickup(pool, name, lines);
    await seedCustodies(db, name, lines);
    return id;
  };
  const long = { name: 'LONG', lines: plan.lines, id: await seed('LONG', plan.lines) };
  // Renewed when it is used up, so that every scan of it meets a short manifest.
  let shorts = 0;
  const shortOne = async () => {
    shorts += 1;
    const name = `S${String.fromCharCode(64 + (shorts % 26))}${shorts}`;
    return { name, lines: SHORT_LINES, id: await seed(name, SHORT_LINES) };
  };
  say(`dock: a manifest of ${plan.lines} lines is in place`);
  const api = await startChild({
    name: 'api',
    program: CLI,
    args: ['api', '--config', config],
    env: { ...process.env, DATABASE_URL: database, TEMPORAL_ADDRESS: servers.temporalAddress },
  });
  const asker = await startChild({
    name: 'asking',
    program: ASKING,
    args: [config],
    env: { ...process.env, DATABASE_URL: database },
  });
  const url = `http://127.0.0.1:${port}/api/v1/pickups`;
  const times = { long: [] as number[], short: [] as number[] };
  let wrong = 0;
  let asking: Asking;
  try {
    const started = performance.now();
    let short = await shortOne();
    let shortUsed = 0;
    for (let turn = 0; turn < WARM_UP + plan.scans; turn += 1) {
      if (shortUsed >= SHORT_LINES - 1) [short, shortUsed] = [await shortOne(), 0];
      shortUsed += 1;
      for (const [kind, manifest, line] of [
        ['long', long, 1 + ((turn * 7) % plan.lines)],
        ['short', short, shortUsed],
      ] as const) {
        // Every tenth unit is a stranger of the model that most lines have: the costliest answer.
        const isStranger = turn % 10 === 9;
        const serial = isStranger ? `X${manifest.name}${turn}` : serialOf(manifest.name, line);
        const begun = performance.now();
        const verdict = await scan(url, manifest.id, serial, isStranger ? 'ThinkPad T14' : null);
        if (turn >= WARM_UP) times[kind].push(performance.now() - begun);
        const wanted = isStranger ? ['unexpected', 'substituted'] : ['match'];
        if (!wanted.includes(verdict)) wrong += 1;
      }
    }
    asking = await askedBy(asker, db, new URL(servers.sandbox.urls['snipeit'] ?? '').host, started);
  } finally {
    await asker.stop();
    await api.stop();
    await db.destroy();
    await pool.end();
  }
  const [atLong, atShort] = [answered(plan.lines, times.long), answered(SHORT_LINES, times.short)];
  say(
    `dock: p50 ${atLong.p50.toFixed(1)} ms at ${plan.lines} lines, ${atShort.p50.toFixed(1)} ms at ${SHORT_LINES}`,
  );
  return {
    plan,
    long: atLong,
    short: atShort,
    p50Ratio: atLong.p50 / atShort.p50,
    p99Ratio: atLong.p99 / atShort.p99,
    asking,
    wrong,
  };
}

async function askedBy(asker: Child, db: Database, host: string, started: number): Promise<Asking> {
  const seconds = (performance.now() - started) / 1000;
  const requests = (await asker.requests())[host] ?? 0;
  const asks = await db
    .selectFrom('inventory_asks')
    .select(({ fn }) => [fn.countAll<number>().as('scanned'), fn.count<number>('answered_at').as('answered')])
    .executeTakeFirstOrThrow();
  return { seconds, requests, ...asks };
}

async function scan(url: string, pickupId: string, serial: string, model: string | null): Promise<string> {
  const response = await fetch(`${url}/${pickupId}/scans`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SECRETS.apiToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ serial, ...(model === null ? {} : { model }) }),
  });
  if (!response.ok) throw new Error(`a scan was refused: ${response.status} ${await response.text()}`);
  const { scans } = (await response.json()) as { scans: readonly { verdict: string }[] };
  return scans[0]?.verdict ?? '';
}

function answered(lines: number, times: readonly number[]): Answered {
  return {
    lines,
    scans: times.length,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    max: Math.max(...times),
  };
}
