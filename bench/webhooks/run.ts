/** How fast webhooks are acknowledged: the real API against a bare handler, in turns, on the same durable PostgreSQL. */
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startChild } from '../harness/child.ts';
import { writeConfigFile } from '../harness/config-file.ts';
import { freePort } from '../harness/free-port.ts';
import type { Servers } from '../harness/servers.ts';
import { processorMs, residentMiB } from '../harness/usage.ts';
import { percentile } from '../report/statistics.ts';
import { migrateToLatest } from '../../src/store/migrate.ts';
import { load } from './load.ts';
import type { Loaded } from './load.ts';

const CLI = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const BARE = fileURLToPath(new URL('bare-handler.ts', import.meta.url));
const WARM_UP_SECONDS = 3;

export interface WebhookPlan {
  readonly perSecond: number;
  /** Seconds for each of the two, cut into `turns`. */
  readonly seconds: number;
  readonly turns: number;
}

export interface Acknowledgement {
  readonly requests: number;
  readonly refused: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Of the receiving process; `null` where the system does not tell. Moves less than times do with what else runs. */
  readonly processorMsPerRequest: number | null;
}

export interface WebhookResult {
  readonly plan: WebhookPlan;
  readonly api: Acknowledgement;
  readonly control: Acknowledgement;
  readonly p50Ratio: number;
  readonly p99Ratio: number;
  /** Rows of the inbox beside the requests acknowledged to it: nothing acknowledged may be missing. */
  readonly stored: { readonly acknowledged: number; readonly rows: number };
  readonly apiMemory: { readonly atRest: number | null; readonly underLoad: number | null };
}

export async function measureWebhooks(
  plan: WebhookPlan,
  servers: Servers,
  say: (line: string) => void,
): Promise<WebhookResult> {
  const databases = {
    api: await servers.createDatabase('webhooks'),
    control: await servers.createDatabase('webhooks_control'),
  };
  await migrateToLatest(databases.api);
  const port = await freePort();
  const config = await writeConfigFile({ directory: servers.directory, urls: servers.sandbox.urls, port });
  const control = await startChild({
    name: 'bare handler',
    program: BARE,
    args: [],
    env: { ...process.env, DATABASE_URL: databases.control },
  });
  const api = await startChild({
    name: 'api',
    program: CLI,
    args: ['api', '--config', config],
    env: { ...process.env, DATABASE_URL: databases.api },
  });
  try {
    const { perSecond, seconds, turns } = plan;
    const once = (url: string | null, length: number): Promise<Loaded> =>
      load({ url: url ?? '', perSecond, seconds: length });
    const atRest = residentMiB(api.pid);
    const warm = await once(api.url, WARM_UP_SECONDS);
    await once(control.url, WARM_UP_SECONDS);
    const before = { api: spent(api.pid), control: spent(control.pid) };
    const parts: Record<'api' | 'control', Loaded[]> = { api: [], control: [] };
    for (let turn = 0; turn < turns; turn += 1) {
      parts.control.push(await once(control.url, seconds / turns));
      parts.api.push(await once(api.url, seconds / turns));
    }
    const [of, than] = [
      summary(parts.api, spent(api.pid) - before.api),
      summary(parts.control, spent(control.pid) - before.control),
    ];
    say(
      `webhooks: p50 ${of.p50.toFixed(1)} ms, p99 ${of.p99.toFixed(1)} ms; bare handler p50 ${than.p50.toFixed(1)} ms, p99 ${than.p99.toFixed(1)} ms`,
    );
    return {
      plan,
      api: of,
      control: than,
      p50Ratio: of.p50 / than.p50,
      p99Ratio: of.p99 / than.p99,
      stored: {
        acknowledged: of.requests - of.refused + warm.times.length - warm.refused,
        rows: await rowsOf(databases.api),
      },
      apiMemory: { atRest, underLoad: residentMiB(api.pid) },
    };
  } finally {
    await api.stop();
    await control.stop();
  }
}

function spent(pid: number): number {
  return processorMs(pid, false) ?? Number.NaN;
}

function summary(parts: readonly Loaded[], processor: number): Acknowledgement {
  const times = parts.flatMap((part) => part.times);
  return {
    requests: times.length,
    refused: parts.reduce((sum, part) => sum + part.refused, 0),
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    max: percentile(times, 1),
    processorMsPerRequest: Number.isNaN(processor) ? null : processor / times.length,
  };
}

async function rowsOf(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: string }>('select count(*) as count from inbox');
    return Number(rows[0]?.count);
  } finally {
    await client.end();
  }
}
