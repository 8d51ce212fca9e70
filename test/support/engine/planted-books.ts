/** Books that do not agree with our records, planted at two inventories; custodies of long ago beside them. */
import { deviceStream } from '../../../src/domain/fact.ts';
import type { NewFact } from '../../../src/domain/fact.ts';
import { keepDocument } from '../../../src/store/documents.ts';
import { appendFacts } from '../../../src/store/facts.ts';
import { inTransaction } from '../../../src/store/transactions.ts';
import { insertOpenCustody } from '../../store/support/rows.ts';
import type { OpenCustody } from '../../store/support/rows.ts';
import type { Engine } from './start-engine.ts';

export const LONG_AGO = new Date('2026-01-05T09:00:00Z');
const DIGEST = 'f'.repeat(64);

type Inventory = 'snipeit' | 'servicenow';
type Told = Readonly<Record<string, unknown>>;

export interface PlantedBooks {
  asset(inventory: Inventory, serial: string, books?: Told): Promise<unknown>;
  /** Somebody else's hand. */
  change(inventory: Inventory, serial: string, change: Told): Promise<unknown>;
  /** A device that was destroyed then, by its custody. */
  endedCustody(serial: string): Promise<void>;
  /** A device that the facility received then. */
  receivedCustody(serial: string): Promise<OpenCustody>;
  certify(custody: OpenCustody): Promise<void>;
  /** A vendor's certificate that matches nothing. */
  strayCertificate(serial: string): Promise<void>;
  /** Gives back every licence at ServiceNow and at Snipe-IT, as somebody does by hand. */
  releaseLicences(): Promise<void>;
}

export function plantedBooks(engine: Engine): PlantedBooks {
  const { db, control, config } = engine;

  async function record(deviceId: string, fact: Pick<NewFact, 'key' | 'type' | 'data'>): Promise<void> {
    const whole = { ...fact, stream: deviceStream(deviceId), actor: 'handback' } as NewFact;
    await inTransaction(db, (tx) => appendFacts(tx, [whole], LONG_AGO));
  }

  return {
    asset: (inventory, serial, books = {}) =>
      control.post(`/instances/${inventory}/assets`, {
        key: keyOf(serial),
        serial,
        manufacturer: 'Lenovo',
        model: 'T14',
        platform: 'windows',
        behaviour: { inventory: books },
      }),
    change: (inventory, serial, change) =>
      control.post(`/instances/${inventory}/assets/${keyOf(serial)}/change`, change),
    async endedCustody(serial) {
      const { deviceId, epoch, caseId, policyDigest } = await insertOpenCustody(db, config.policy, serial);
      await record(deviceId, {
        key: `custody.closed:${deviceId}:${epoch}`,
        type: 'custody.closed',
        data: { epoch, caseId, disposition: 'destroyed', factCount: 2, rulesVersion: '1', policyDigest },
      });
      const closed = { state: 'closed', closed_at: LONG_AGO } as const;
      await db.updateTable('custodies').set(closed).where('device_id', '=', deviceId).execute();
      await db.updateTable('cases').set({ state: 'completed' }).where('id', '=', caseId).execute();
    },
    async receivedCustody(serial) {
      const custody = await insertOpenCustody(db, config.policy, serial);
      const receivedAt = LONG_AGO.toISOString();
      await record(custody.deviceId, {
        key: `handoff.received:${custody.deviceId}:1:pick_1`,
        type: 'handoff.received',
        data: { epoch: 1, pickupId: 'pick_1', receivedAt, documentDigest: DIGEST },
      });
      return custody;
    },
    certify: ({ deviceId }) =>
      record(deviceId, {
        key: `handoff.certified:${deviceId}:1:pick_1:CERT-1`,
        type: 'handoff.certified',
        data: {
          epoch: 1,
          pickupId: 'pick_1',
          certificateId: 'CERT-1',
          level: 'destroy',
          method: 'shred',
          outcome: 'erased',
          status: 'issued',
          date: '2026-01-06',
          documentDigest: DIGEST,
        },
      }),
    strayCertificate: (serial) =>
      inTransaction(db, async (tx) => {
        const digest = await keepDocument(tx, Buffer.from(`certificate of ${serial}`), 'text/plain');
        await tx
          .insertInto('certificates')
          .values({
            connector: 'itad',
            certificate_id: `CERT-${serial}`,
            serial,
            pickup_id: null,
            document_digest: digest,
            matched: false,
            line: JSON.stringify({ serial }),
            imported_at: LONG_AGO,
          })
          .execute();
      }),
    async releaseLicences() {
      const authorization = `Basic ${Buffer.from('handback:servicenow-sandbox-password').toString('base64')}`;
      const table = `${engine.urls['servicenow']}/api/now/table/alm_entitlement_asset`;
      const listed = await fetch(table, { headers: { authorization, accept: 'application/json' } });
      const { result } = (await listed.json()) as { result: readonly { sys_id: string }[] };
      for (const { sys_id: id } of result)
        await fetch(`${table}/${id}`, { method: 'DELETE', headers: { authorization } });
      const { seats } = await control.get<{ seats: readonly { id: number; licenceId: number }[] }>(
        '/instances/snipeit/seats',
      );
      for (const { id, licenceId } of seats)
        await fetch(`${engine.urls['snipeit']}/api/v1/licenses/${licenceId}/seats/${id}`, {
          method: 'PATCH',
          headers: { authorization: 'Bearer snipeit-sandbox-token', 'content-type': 'application/json' },
          body: JSON.stringify({ asset_id: null, assigned_to: null }),
        });
    },
  };
}

function keyOf(serial: string): string {
  return serial.toLowerCase().replaceAll(/\W/gu, '-');
}
