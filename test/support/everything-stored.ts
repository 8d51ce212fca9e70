/** All that a database holds as one text, bytes as text and as hex: where a planted word would show. */
import pg from 'pg';

export async function everythingStored(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string; bytes: string[] | null }>(`
      select c.oid::regclass::text as name,
        array_agg(quote_ident(a.attname)) filter (where a.atttypid = 'bytea'::regtype) as bytes
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
      group by c.oid`);
    const parts: string[] = [];
    for (const { name, bytes } of tables) {
      const { rows } = await client.query<{ row: string }>(`select t::text as row from ${name} as t`);
      parts.push(...rows.map(({ row }) => row));
      for (const column of bytes ?? []) {
        const raw = await client.query<{ value: Buffer | null }>(`select ${column} as value from ${name}`);
        for (const { value } of raw.rows) if (value !== null) parts.push(value.toString('utf8'));
      }
    }
    return parts.join('\n');
  } finally {
    await client.end();
  }
}
