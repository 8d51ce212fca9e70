/** How long a long certificate file takes and what memory, against a straightforward program with the same file. */
import { openAsBlob } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { openDatabase } from '../../src/store/database.ts';
import { migrateToLatest } from '../../src/store/migrate.ts';
import { startChild } from '../harness/child.ts';
import { writeConfigFile } from '../harness/config-file.ts';
import { freePort } from '../harness/free-port.ts';
import { SECRETS } from '../harness/secrets.ts';
import type { Servers } from '../harness/servers.ts';
import { peakMiB } from '../harness/usage.ts';
import { seedHandedOver, serialOf } from './seed.ts';

const CLI = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const STRAIGHT = fileURLToPath(new URL('straightforward.ts', import.meta.url));
const LIMIT_MS = 1_200_000;

export interface ImportResult {
  readonly lines: number;
  readonly ours: number;
  readonly fileMiB: number;
  readonly matched: number;
  readonly seconds: number;
  /** The longest that the API's memory was resident, start-up included. */
  readonly peakMiB: number | null;
  readonly straightforward: { readonly seconds: number; readonly peakMiB: number | null };
  readonly ratio: number;
  /** The same file again. */
  readonly againSeconds: number;
}

/** @param ours How many of the file's lines are of devices that were handed over; the others match nothing. */
export async function measureImports(
  { lines, ours }: { readonly lines: number; readonly ours: number },
  servers: Servers,
  say: (line: string) => void,
): Promise<ImportResult> {
  const file = join(servers.directory, 'certificates.csv');
  const text = certificates(lines);
  await writeFile(file, text);
  const straightforward = await runStraightforward(ours, file, servers);
  say(`imports: straightforward program ${straightforward.seconds.toFixed(1)} s; seeding ${ours} devices`);
  const database = await servers.createDatabase('imports');
  await migrateToLatest(database);
  const db = openDatabase(database, { connections: 2 });
  try {
    await seedHandedOver(db, ours);
  } finally {
    await db.destroy();
  }
  await analyze(database);
  const port = await freePort();
  const config = await writeConfigFile({ directory: servers.directory, urls: servers.sandbox.urls, port });
  const api = await startChild({
    name: 'api',
    program: CLI,
    args: ['api', '--config', config],
    env: { ...process.env, DATABASE_URL: database },
  });
  try {
    const first = await send(api.url ?? '', file);
    const again = await send(api.url ?? '', file);
    const peak = peakMiB(api.pid);
    say(`imports: ${first.seconds.toFixed(1)} s, ${peak?.toFixed(0) ?? '?'} MiB`);
    return {
      lines,
      ours,
      fileMiB: Buffer.byteLength(text) / 1_048_576,
      matched: first.matched,
      seconds: first.seconds,
      peakMiB: peak,
      straightforward,
      ratio: first.seconds / straightforward.seconds,
      againSeconds: again.seconds,
    };
  } finally {
    await api.stop();
  }
}

function certificates(lines: number): string {
  const header =
    'certificateId,serial,manufacturer,model,mediaType,method,level,tool,toolVersion,status,outcome,date,sanitizedByName,sanitizedByTitle,sanitizedByLocation';
  const rows = Array.from(
    { length: lines },
    (_one, index) =>
      `CERT-${index},${serialOf(index)},Dell,Latitude 7440,NVMe SSD,NVMe sanitize,purge,Eraser,7.1,issued,erased,2026-01-02,A Technician,Technician,Plant 1`,
  );
  return [header, ...rows, ''].join('\n');
}

async function runStraightforward(devices: number, file: string, servers: Servers) {
  const database = await servers.createDatabase('imports_straightforward');
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  await client.query(
    'create table devices (id text primary key, serial text not null unique, certified boolean not null default false)',
  );
  await client.query(
    'create table certificates (id text, serial text, device_id text, line jsonb, primary key (id, serial))',
  );
  await client.query(
    "insert into devices (id, serial) select 'dev_' || n, 'BX' || lpad(n::text, 7, '0') from generate_series(0, $1::int - 1) as n",
    [devices],
  );
  await client.query('analyze');
  await client.end();
  // It says that it is ready when it is done.
  const child = await startChild({
    name: 'straightforward import',
    program: STRAIGHT,
    args: [],
    env: { ...process.env, DATABASE_URL: database, BENCH_FILE: file },
    readyMs: LIMIT_MS,
  });
  try {
    return { seconds: Number(child.url?.slice('took:'.length)) / 1_000, peakMiB: peakMiB(child.pid) };
  } finally {
    await child.stop();
  }
}

async function analyze(database: string): Promise<void> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  await client.query('analyze');
  await client.end();
}

async function send(
  url: string,
  file: string,
): Promise<{ readonly seconds: number; readonly matched: number }> {
  const begun = performance.now();
  const response = await fetch(`${url}/api/v1/imports?connector=itad&list=certificate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SECRETS.apiToken}`, 'content-type': 'text/csv' },
    body: await openAsBlob(file),
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`the import answered ${response.status}: ${text.slice(0, 500)}`);
  const { matched } = JSON.parse(text) as { matched: number };
  return { seconds: (performance.now() - begun) / 1_000, matched };
}
