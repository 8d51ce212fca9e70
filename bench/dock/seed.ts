/** Pickups whose every line waits on the dock: the rows alone that a scan is held against. */
import type pg from 'pg';

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
