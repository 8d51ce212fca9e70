/** One activity per vendor call, over the same adapters as the engine's; beside them the few writes to the database. */
import type { Client } from '@temporalio/client';
import type pg from 'pg';
import type { Connectors } from '../../src/adapters/connectors.ts';
import type { AssetClosure } from '../../src/adapters/inventory/port.ts';
import type { Policy } from '../../src/domain/policy.ts';
import { gradeReaches } from '../../src/domain/wipe.ts';
import { leaverWorkflowId, wipeEnded } from './messages.ts';
import type { Certified, VendorList } from './messages.ts';
import type { Person } from './person.ts';

const CLOCK_TOLERANCE_MS = 60_000;
const DAY_MS = 24 * 3_600_000;

export type Activities = ReturnType<typeof createActivities>;

export interface ActivityParts {
  readonly connectors: Connectors;
  readonly pool: pg.Pool;
  readonly client: Client;
  readonly policy: Policy;
}

export function createActivities(parts: ActivityParts) {
  const { connectors, pool } = parts;
  const identity = { okta: port(connectors.identity, 'okta'), entra: port(connectors.identity, 'entra') };
  const intune = port(connectors.devices, 'intune');
  const snipeit = port(connectors.inventory, 'snipeit');
  const keysOf = ({ oktaId, entraIds, workEmail, employeeNumber }: Person) => ({
    externalIds: [oktaId, ...entraIds],
    workEmail,
    employeeNumber,
  });

  return {
    readOktaPerson: (id: string) => identity.okta.readPerson(id),
    readEntraPerson: (id: string) => identity.entra.readPerson(id),
    findEntraPersons: (keys: Pick<Person, 'employeeNumber' | 'workEmail'>) =>
      identity.entra.findPersons(keys),
    listOktaDevices: (id: string) => identity.okta.listDevicesOf(id),
    listEntraDevices: (id: string) => identity.entra.listDevicesOf(id),
    listManagedDevices: (id: string) => intune.listDevicesOf(id),
    listAssets: (person: Person) => snipeit.listAssetsOf(keysOf(person)),
    findAssets: (serial: string, person: Person) => snipeit.findBySerial(serial, keysOf(person)),
    readManagedDevice: (mdmId: string) => intune.readDevice(mdmId),
    readAccess: (provider: 'okta' | 'entra', id: string, cutAt: string) =>
      identity[provider].readAccess(id, cutAt),

    async cutAccess(provider: 'okta' | 'entra', id: string) {
      const cutAt = new Date().toISOString();
      return { cutAt, items: await identity[provider].cutAccess(id) };
    },

    closeAsset: (assetId: string, closure: AssetClosure) => snipeit.closeAsset(assetId, closure),

    async isAssetClosed(assetId: string, closure: AssetClosure): Promise<boolean> {
      const asset = await snipeit.readAsset(assetId);
      return asset !== null && snipeit.isClosed(asset, closure);
    },

    async registerDevices(
      oktaId: string,
      devices: readonly { readonly serial: string; readonly mdmId: string }[],
    ): Promise<void> {
      await pool.query('insert into leavers (okta_id) values ($1) on conflict do nothing', [oktaId]);
      for (const { serial, mdmId } of devices)
        await pool.query(
          'insert into devices (serial, okta_id, mdm_id) values ($1, $2, $3) on conflict do nothing',
          [serial, oktaId, mdmId],
        );
    },

    /** Within the limit, at most once: whoever set `wipe_sent_at` sends. */
    async sendWipe(serial: string, mdmId: string): Promise<void> {
      const { count, windowMs } = parts.policy.wipeLimit;
      const { rowCount } = await pool.query(
        `update devices set wipe_sent_at = now() where serial = $1 and wipe_sent_at is null
           and (select count(*) from devices where wipe_sent_at > now() - $2 * interval '1 millisecond') < $3`,
        [serial, windowMs, count],
      );
      if (rowCount !== 1) throw new Error('sent before, or the limit is reached');
      await intune.wipe(mdmId, { keepUserData: false, keepEnrollmentData: false }, serial);
    },

    markStaged: async (serial: string) =>
      void (await pool.query("update devices set state = 'staged' where serial = $1", [serial])),

    async completeLeaver(oktaId: string): Promise<void> {
      await pool.query("update devices set state = 'closed' where okta_id = $1", [oktaId]);
      await pool.query("update leavers set state = 'completed', closed_at = now() where okta_id = $1", [
        oktaId,
      ]);
    },

    sweepWipes: () => sweepWipes(parts),
    ...pickupActivities(parts),
  };
}

async function sweepWipes({ connectors, pool, client }: ActivityParts): Promise<void> {
  const { rows } = await pool.query<{ serial: string; okta_id: string; mdm_id: string; wipe_sent_at: Date }>(
    'select serial, okta_id, mdm_id, wipe_sent_at from devices where wipe_sent_at is not null and wipe_state is null',
  );
  if (rows.length === 0) return;
  const pending = new Map(rows.map((row) => [row.mdm_id, row]));
  const intune = port(connectors.devices, 'intune');
  for (let cursor: string | null = null, more = true; more;) {
    const page: Awaited<ReturnType<typeof intune.listDevices>> = await intune.listDevices(cursor);
    for (const { externalId, lastWipe } of page.items) {
      const row = pending.get(externalId);
      if (
        row === undefined ||
        lastWipe === null ||
        lastWipe.state === 'pending' ||
        lastWipe.state === 'active'
      )
        continue;
      if (Date.parse(lastWipe.startedAt) < row.wipe_sent_at.getTime() - CLOCK_TOLERANCE_MS) continue;
      await client.workflow
        .getHandle(leaverWorkflowId(row.okta_id))
        .signal(wipeEnded, { serial: row.serial, state: lastWipe.state });
      await pool.query('update devices set wipe_state = $2 where serial = $1', [row.serial, lastWipe.state]);
    }
    cursor = page.next;
    more = cursor !== null;
  }
}

function pickupActivities({ connectors, pool, policy }: ActivityParts) {
  const itad = port(connectors.disposition, 'itad');
  const keep = (pickupId: string, what: VendorList, content: Buffer) =>
    pool.query('insert into documents (pickup_id, what, content) values ($1, $2, $3)', [
      pickupId,
      what,
      content,
    ]);

  return {
    async bookPickup(pickupId: string): Promise<void> {
      const from = Date.now() + DAY_MS;
      const window = {
        windowFrom: new Date(from).toISOString(),
        windowTo: new Date(from + DAY_MS).toISOString(),
      };
      const { reference } = await itad.bookPickup({ pickupId, site: 'HQ', ...window });
      await pool.query('update pickups set reference = $2 where id = $1', [pickupId, reference]);
    },

    async sendManifest(pickupId: string): Promise<void> {
      const { rows } = await pool.query<{ line: number; serial: string }>(
        'select line, serial from pickup_lines where pickup_id = $1 order by line',
        [pickupId],
      );
      await itad.sendManifest(
        pickupId,
        rows.map(({ line, serial }) => ({
          pickupId,
          line,
          serial,
          manufacturer: 'LENOVO',
          model: 'ThinkPad X1',
          assetTag: `A-${serial}`,
          dataBearing: true,
          condition: '',
        })),
      );
      await pool.query("update pickups set state = 'booked' where id = $1", [pickupId]);
    },

    async readVendorScan(pickupId: string): Promise<void> {
      const list = await itad.readVendorScan(pickupId);
      if (list === null) throw new Error('no scan yet');
      await keep(pickupId, 'scanned', list.document);
      await mark('vendor_scanned_at', pickupId, list.lines);
    },

    async readReceipt(pickupId: string): Promise<void> {
      const list = await itad.readReceipt(pickupId);
      if (list === null) throw new Error('no receipt yet');
      await keep(pickupId, 'receipt', list.document);
      await mark('received_at', pickupId, list.lines);
    },

    async readCertificates(
      pickupId: string,
    ): Promise<{ certificates: readonly (Certified & { readonly workflowId: string })[]; missing: number }> {
      const list = await itad.readCertificates(pickupId);
      if (list === null) throw new Error('no certificates yet');
      await keep(pickupId, 'certificates', list.document);
      const good = list.lines.filter(
        ({ status, outcome, level }) =>
          (status === 'issued' || status === 'verified') &&
          outcome === 'erased' &&
          gradeReaches(level, policy.handoff.minimumGrade),
      );
      const certificates = [];
      for (const { serial, certificateId, date } of good) {
        const { rows } = await pool.query<{ okta_id: string }>(
          `update pickup_lines set certificate_id = $3 from devices
           where pickup_id = $1 and pickup_lines.serial = $2 and devices.serial = $2 and dock_scanned_at is not null
             and vendor_scanned_at is not null and received_at is not null and certificate_id is null
           returning devices.okta_id`,
          [pickupId, serial, certificateId],
        );
        certificates.push(
          ...rows.map((row) => ({ serial, certificateId, date, workflowId: leaverWorkflowId(row.okta_id) })),
        );
      }
      const { rows } = await pool.query<{ missing: string }>(
        'select count(*) as missing from pickup_lines where pickup_id = $1 and certificate_id is null',
        [pickupId],
      );
      return { certificates, missing: Number(rows[0]?.missing) };
    },
  };

  async function mark(
    column: 'vendor_scanned_at' | 'received_at',
    pickupId: string,
    lines: readonly { readonly serial: string }[],
  ): Promise<void> {
    const serials = lines.map(({ serial }) => serial);
    await pool.query(`update pickup_lines set ${column} = now() where pickup_id = $1 and serial = any($2)`, [
      pickupId,
      serials,
    ]);
  }
}

function port<P>(connectors: ReadonlyMap<string, { readonly port: P }>, name: string): P {
  const found = connectors.get(name);
  if (found === undefined) throw new Error(`no connector ${name}`);
  return found.port;
}
