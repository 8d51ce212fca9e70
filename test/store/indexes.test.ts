import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';

let server: TestDatabase;
let db: Database;

/** Enough rows for the planner to mind; of the open ones a tenth is due. */
beforeAll(async () => {
  server = await testDatabase();
  db = openDatabase(server.url, { connections: 2 });
  for (const statement of [
    sql`insert into policies (digest, body) values ('p', '{}')`,
    sql`insert into persons (id) select 'per_' || n from generate_series(1, 10000) as n`,
    sql`insert into cases (id, kind, person_id, state, source, effective_at, policy_digest, due_at, next_at)
      select 'case_' || n, 'offboarding', 'per_' || n, case when n % 10 = 0 then 'open' else 'completed' end, 'hr', now(), 'p',
        now() + n * interval '1 minute' - interval '10 hours', now() + n * interval '1 minute' - interval '10 hours'
      from generate_series(1, 10000) as n`,
    sql`insert into devices (id, serial, platform, ownership)
      select 'dev_' || n, 'S' || n, 'windows', 'corporate' from generate_series(1, 10000) as n`,
    sql`insert into custodies (device_id, epoch, case_id, generation, route, state, due_at, next_at)
      select 'dev_' || n, 1, 'case_' || n, 1, 'disposal', case when n % 10 = 0 then 'open' else 'closed' end,
        now() + n * interval '1 minute' - interval '10 hours', now() + n * interval '1 minute' - interval '10 hours'
      from generate_series(1, 10000) as n`,
    sql`insert into approvals (id, kind, device_id, epoch, basis, action_hash, policy_digest, requested_by, approved_by, expires_at)
      select 'appr_' || n, 'wipe', 'dev_' || n, 1, 'policy', 'h', 'p', 'handback', 'policy', now() from generate_series(1, 10000) as n`,
    sql`insert into intents (id, kind, device_id, epoch, approval_id, connector, target, action_hash)
      select 'int_' || n, 'wipe', 'dev_' || n, 1, 'appr_' || n, 'mdm', 'm' || n, 'h' from generate_series(1, 10000) as n`,
    sql`insert into exceptions (id, stream, code, case_id, device_id, round, owner, blocking, due_at)
      select 'exc_' || n, 'device:dev_' || n, 'c', 'case_' || n, 'dev_' || n, 1, 'operator', true, now() from generate_series(1, 10000) as n`,
    sql`insert into outbox (workflow_id, workflow_type, next_attempt_at)
      select 'case:' || n, 'offboardingCase', now() + n * interval '1 second' from generate_series(1, 10000) as n`,
    sql`analyze`,
  ])
    await statement.execute(db);
});

afterAll(async () => {
  await db.destroy();
  await server.drop();
});

async function planOf(query: RawBuilder<unknown>): Promise<string> {
  const { rows } = await sql<Record<string, string>>`explain ${query}`.execute(db);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

describe('the indexes', () => {
  it.each([
    ['intents_approval', sql`select * from intents where approval_id = ${'appr_77'} and kind = 'wipe'`],
    ['cases_person', sql`select id from cases where person_id = ${'per_77'}`],
    ['exceptions_stream', sql`select id from exceptions where stream = ${'device:dev_77'} and round = 1`],
    ['exceptions_case', sql`select id from exceptions where case_id = ${'case_77'}`],
    ['cases_due', sql`select id from cases where state in ('scheduled', 'open') and due_at <= now()`],
    ['custodies_due', sql`select case_id from custodies where state = 'open' and due_at <= now()`],
    ['cases_next', sql`select id from cases where state = 'open' and next_at < now()`],
    ['custodies_next', sql`select device_id from custodies where state = 'open' and next_at < now()`],
    [
      'outbox_due',
      sql`select id from outbox where next_attempt_at <= now() order by next_attempt_at, id for update skip locked limit 200`,
    ],
  ])('%s serves what it was made for', async (name, query) => {
    expect(await planOf(query)).toContain(name);
  });
});
