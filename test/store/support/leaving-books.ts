/** Devices on their way out, and books that a test keeps, for tests of the sweep over an inventory. */
import { sql } from 'kysely';
import type { EngineContext } from '../../../src/activities/context.ts';
import type { ConnectorMode } from '../../../src/adapters/connectors.ts';
import type { Inventory } from '../../../src/adapters/inventory/port.ts';
import { createSql, SqlSettings } from '../../../src/adapters/inventory/sql/index.ts';
import { deviceStream } from '../../../src/domain/fact.ts';
import type { Database } from '../../../src/store/database.ts';
import { newId } from '../../../src/store/ids.ts';
import { append, leaverWith, returned, wiped } from '../../api/support/facts.ts';
import type { Held } from '../../api/support/facts.ts';

export function contextOf(
  db: Database,
  name: string,
  port: Inventory,
  mode: ConnectorMode = 'enforce',
): EngineContext {
  // What else a context holds, the sweep does not touch.
  return {
    db,
    connectors: { inventory: new Map([[name, { name, mode, port, reader: null }]]) },
    clock: () => new Date(),
    crash: () => undefined,
    retryCapMs: 1000,
    peopleModes: [],
  } as unknown as EngineContext;
}

/** Wiped, back, and handed over on a confirmed pickup. */
export async function handedOver(db: Database, serial: string): Promise<Held> {
  const [held] = (await leaverWith(db, serial)).devices;
  if (held === undefined) throw new Error('no device');
  await wiped(db, held);
  await returned(db, held);
  const { deviceId, epoch } = held;
  const pickupId = newId('pickup');
  await db
    .insertInto('pickups')
    .values({
      id: pickupId,
      connector: 'itad',
      site: 'berlin',
      state: 'confirmed',
      reference: null,
      manifest_sent_at: null,
      created_by: 'token:t',
      confirmed_by: 'token:t',
      confirmed_at: new Date(),
    })
    .execute();
  await db
    .insertInto('pickup_lines')
    .values({
      pickup_id: pickupId,
      line: 1,
      device_id: deviceId,
      epoch,
      serial,
      manufacturer: 'Lenovo',
      model: 'T14',
      asset_tag: '',
      model_key: 't14',
      added_at: null,
      accepted_at: null,
      taken_off_at: null,
      taken_off_as: null,
    })
    .execute();
  const at = new Date().toISOString();
  const common = { stream: deviceStream(deviceId), actor: 'token:t' } as const;
  const key = (type: string) => `${type}:${deviceId}:${epoch}`;
  await append(db, [
    { ...common, key: key('m'), type: 'handoff.manifested', data: { epoch, pickupId, line: 1 } },
    {
      ...common,
      key: key('d'),
      type: 'handoff.scanned',
      data: { epoch, pickupId, by: 'dock', scannedAt: at },
    },
    {
      ...common,
      key: key('v'),
      type: 'handoff.scanned',
      data: { epoch, pickupId, by: 'vendor', scannedAt: at },
    },
    {
      ...common,
      key: key('t'),
      type: 'handoff.transferred',
      data: { epoch, pickupId, confirmedBy: 'token:t' },
    },
  ]);
  return held;
}

/** Certified, and let go of: only the books are left. */
export async function certified(db: Database, { deviceId, epoch }: Held): Promise<void> {
  const at = new Date().toISOString();
  const common = { stream: deviceStream(deviceId), actor: 'connector:itad' } as const;
  const released = (step: 'autopilot' | 'mdm-record') =>
    ({
      ...common,
      key: `release:${step}:${deviceId}`,
      type: 'release.read',
      data: { epoch, connector: 'intune', step, reading: 'released', readAt: at },
    }) as const;
  await append(db, [
    {
      ...common,
      key: `certified:${deviceId}`,
      type: 'handoff.certified',
      data: {
        epoch,
        pickupId: 'pick_one',
        certificateId: 'CERT-9',
        level: 'purge',
        method: 'crypto-erase',
        outcome: 'erased',
        status: 'issued',
        date: at,
        documentDigest: 'c'.repeat(64),
      },
    },
    released('autopilot'),
    released('mdm-record'),
  ]);
}

const TABLE =
  "create table if not exists assets_of_test (id text primary key, serial text, state text check (state <> 'BROKEN'), person text, certificate text, disposition text)";

/** The company's own table, whose ids are those that discovery recorded. */
export async function sqlBooks(
  { db, url }: { readonly db: Database; readonly url: string },
  serial: string,
  left: string,
  mode: ConnectorMode = 'enforce',
) {
  await sql.raw(TABLE).execute(db);
  await sql`insert into assets_of_test values (${`snipeit-${serial}`}, ${serial}, 'IN_USE', 'E-1', null, null)`.execute(
    db,
  );
  const settings = SqlSettings.parse({
    url,
    table: 'assets_of_test',
    columns: {
      id: 'id',
      serial: 'serial',
      state: 'state',
      holder: { employeeNumber: 'person' },
      reference: 'certificate',
      disposition: 'disposition',
    },
    states: { disposed: 'GONE', inStock: 'STOCK', left },
  });
  const row = async () => {
    const { rows } = await sql<{ state: string; person: string | null }>`
      select state, person from assets_of_test where serial = ${serial}`.execute(db);
    return rows[0];
  };
  const set = (state: string) =>
    sql`update assets_of_test set state = ${state} where serial = ${serial}`.execute(db);
  const port = createSql('snipeit', settings);
  return { context: contextOf(db, 'snipeit', port, mode), port, row, set };
}
