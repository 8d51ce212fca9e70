/** Pickups whose every line waits on the dock: the rows alone that a scan is held against. */
import type pg from 'pg';
import { deviceStream } from '../../src/domain/fact.ts';
import type { NewFact } from '../../src/domain/fact.ts';
import type { Database } from '../../src/store/database.ts';
import { appendFacts } from '../../src/store/facts.ts';
import { inTransaction } from '../../src/store/transactions.ts';

/** Serial of a line, as a manifest of that name has it. */
export function serialOf(name: string, line: number): string {
  return `${name}${String(line).padStart(6, '0')}`;
}

/** A manifest of so many lines, half of them of one model. @returns The pickup's id. */
export async function seedPickup(pool: pg.Pool, name: string, lines: number): Promise<string> {
  const pickupId = `pick_${name.toLowerCase().padEnd(26, '0')}`;
  await pool.query("insert into policies (digest, body) values ('dock', '{}') on conflict do nothing");
  await pool.query("insert into persons (id) values ('per_' || $1)", [name]);
  await pool.query(
    "insert into cases (id, kind, person_id, state, source, effective_at, policy_digest) values ('case_' || $1, 'offboarding', 'per_' || $1, 'open', 'okta', now(), 'dock')",
    [name],
  );
  const numbers = Array.from({ length: lines }, (_, index) => index + 1);
  const serials = numbers.map((line) => serialOf(name, line));
  const models = numbers.map((line) => (line % 2 === 0 ? 'ThinkPad T14' : `Model ${line}`));
  await pool.query(
    `insert into devices (id, serial, manufacturer, model, platform, ownership)
     select 'dev_' || serial, serial, 'Lenovo', model, 'windows', 'corporate' from unnest($1::text[], $2::text[]) as given (serial, model)`,
    [serials, models],
  );
  await pool.query(
    `insert into custodies (device_id, epoch, case_id, generation, route, state)
     select 'dev_' || serial, 1, 'case_' || $2, 1, 'dispose', 'open' from unnest($1::text[]) as given (serial)`,
    [serials, name],
  );
  await pool.query(
    "insert into pickups (id, connector, site, state, created_by) values ($1, 'itad', 'HQ', 'booked', 'bench')",
    [pickupId],
  );
  await pool.query(
    `insert into pickup_lines (pickup_id, line, device_id, epoch, serial, manufacturer, model, asset_tag, model_key)
     select $1, line, 'dev_' || serial, 1, serial, 'Lenovo', model, '', lower(replace(model, ' ', ''))
     from unnest($2::int[], $3::text[], $4::text[]) as given (line, serial, model)`,
    [pickupId, numbers, serials, models],
  );
  await pool.query('analyze');
  return pickupId;
}

/** The first fact of each custody, by which an inventory's answer is judged. */
export async function seedCustodies(db: Database, name: string, lines: number): Promise<void> {
  const facts = Array.from({ length: lines }, (_, index): NewFact => {
    const serial = serialOf(name, index + 1);
    const deviceId = `dev_${serial}`;
    const data = {
      epoch: 1,
      caseId: `case_${name}`,
      generation: 1,
      personId: `per_${name}`,
      route: 'dispose',
      serial,
      platform: 'windows',
      ownership: 'corporate',
      records: [],
      policyDigest: 'dock',
    } as const;
    return {
      stream: deviceStream(deviceId),
      key: `custody.opened:${deviceId}:1`,
      type: 'custody.opened',
      actor: 'handback',
      data,
    };
  });
  for (let from = 0; from < facts.length; from += 500)
    await inTransaction(db, (tx) => appendFacts(tx, facts.slice(from, from + 500), new Date()));
}
