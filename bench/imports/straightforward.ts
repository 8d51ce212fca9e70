/**
 * What a straightforward program does with the same file: reads it whole, and in one transaction looks up each serial, keeps
 * the certificate and marks the device. No ledger, no mapping, no judgement, no report of lines.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import pg from 'pg';

const client = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
await client.connect();
const begun = performance.now();
const rows: Record<string, string>[] = parse(readFileSync(process.env['BENCH_FILE'] ?? ''), {
  columns: true,
});
await client.query('begin');
for (const row of rows) {
  const found = await client.query<{ id: string }>({
    name: 'find',
    text: 'select id from devices where serial = $1',
    values: [row['serial']],
  });
  const id = found.rows[0]?.id ?? null;
  await client.query({
    name: 'keep',
    text: 'insert into certificates (id, serial, device_id, line) values ($1, $2, $3, $4) on conflict (id, serial) do nothing',
    values: [row['certificateId'], row['serial'], id, JSON.stringify(row)],
  });
  if (id !== null)
    await client.query({
      name: 'mark',
      text: 'update devices set certified = true where id = $1',
      values: [id],
    });
}
await client.query('commit');
await client.end();
process.send?.({ type: 'ready', url: `took:${performance.now() - begun}` });
process.on('SIGTERM', () => process.exit(0));
process.on('message', () => undefined);
