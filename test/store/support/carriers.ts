/** Both carriers as they are, behind the engine's activities: EasyPost, and Shippo for Germany. Nobody is told anything. */
import { afterAll, beforeAll } from 'vitest';
import { createEasypost as easypostSimulator } from '../../../sandbox/easypost/index.ts';
import type { Effect } from '../../../sandbox/core/effects.ts';
import { startInstances } from '../../../sandbox/core/start.ts';
import { controlClient } from '../../../sandbox/core/testing.ts';
import type { ControlClient } from '../../../sandbox/core/testing.ts';
import { createShippo as shippoSimulator } from '../../../sandbox/shippo/index.ts';
import type { EngineContext } from '../../../src/activities/context.ts';
import { createEasypost, EasypostSettings } from '../../../src/adapters/carrier/easypost/index.ts';
import type { Carrier } from '../../../src/adapters/carrier/port.ts';
import { createShippo, ShippoSettings } from '../../../src/adapters/carrier/shippo/index.ts';
import type { Mode } from '../../../src/domain/modes.ts';
import type { Database } from '../../../src/store/database.ts';
import { NO_NOTICES } from '../../support/engine/no-notices.ts';
import type { OpenCustody } from './rows.ts';

export type CarrierName = 'easypost' | 'shippo';

const FAST = { requestsPerSecond: 1000, burst: 1000 };
const DEPOT = { name: 'Depot', street1: '1 Way', city: 'Town', zip: '1', country: 'US' };

export interface Carriers {
  readonly control: ControlClient;
  /** The engine at so many hours from now. */
  context(hours: number, how?: Changed): EngineContext;
  /** The carrier says so of a parcel; no webhook tells of it. */
  scans(name: CarrierName, trackingCode: string, status: 'pre_transit' | 'in_transit'): Promise<void>;
  /** Labels of that custody whose money the carrier was asked for. */
  refunds(custody: OpenCustody): Promise<readonly Effect[]>;
}

interface Changed {
  readonly mode?: Mode;
  readonly refundLabels?: boolean;
  /** What lies between the engine and a carrier. */
  readonly between?: (port: Carrier) => Carrier;
}

/** Starts the simulators for the file. */
export function useCarriers(database: () => Database): () => Carriers {
  let sandbox: Awaited<ReturnType<typeof startInstances>> | undefined;
  beforeAll(async () => {
    sandbox = await startInstances({
      controlPort: 0,
      simulators: { easypost: easypostSimulator, shippo: shippoSimulator },
      instances: [
        { kind: 'easypost', name: 'easypost', indexPerSecond: 0 },
        { kind: 'shippo', name: 'shippo', listsPerMinute: 0 },
      ],
    });
  });
  afterAll(() => sandbox?.stop());

  return () => {
    if (sandbox === undefined) throw new Error('the simulators are not there yet');
    const { urls, controlUrl } = sandbox;
    return carriersOf(
      database(),
      { easypost: urls['easypost'] ?? '', shippo: urls['shippo'] ?? '' },
      controlUrl,
    );
  };
}

function carriersOf(db: Database, urls: Record<CarrierName, string>, controlUrl: string): Carriers {
  const control = controlClient(controlUrl);
  const easypost = { baseUrl: `${urls.easypost}/v2`, apiKey: 'EZTK-sandbox', ...FAST };
  const shippo = { baseUrl: urls.shippo, apiToken: 'shippo_test_sandbox', listsPerMinute: 60_000, ...FAST };
  const ports: Readonly<Record<CarrierName, Carrier>> = {
    easypost: createEasypost('easypost', EasypostSettings.parse(easypost)),
    shippo: createShippo('shippo', ShippoSettings.parse(shippo)),
  };
  return {
    control,
    context: (hours, { mode = 'enforce', refundLabels = true, between = (port: Carrier) => port } = {}) =>
      ({
        db,
        connectors: {
          carrier: new Map(
            Object.entries(ports).map(([name, port]) => [
              name,
              { name, mode, port: between(port), reader: null },
            ]),
          ),
          notify: new Map(),
          inventory: new Map(),
          enrolment: new Map(),
        },
        peopleModes: [],
        returns: {
          to: DEPOT,
          weightGrams: 2500,
          boxWeightGrams: 900,
          carriers: { DE: 'shippo' },
          refundLabels,
        },
        notices: NO_NOTICES,
        retryCapMs: 1,
        clock: () => new Date(Date.now() + hours * 3_600_000),
        log: { info: () => {}, warn: () => {} },
        crash: () => {},
      }) as unknown as EngineContext,
    async scans(name, trackingCode, status) {
      const what = name === 'shippo' ? 'tracks' : 'trackers';
      const word = name === 'shippo' ? (status === 'in_transit' ? 'TRANSIT' : 'PRE_TRANSIT') : status;
      await control.post(`/instances/${name}/${what}/${trackingCode}/scan`, { status: word, notify: false });
    },
    async refunds({ deviceId }) {
      const intents = await db
        .selectFrom('intents')
        .select('target')
        .where('device_id', '=', deviceId)
        .execute();
      // Shippo's drafts name the shipment and the offer.
      const shipments = new Set(intents.map(({ target }) => target.split(':')[0]));
      const { effects } = await control.get<{ effects: Effect[] }>('/effects?kind=label.refunded');
      return effects.filter(({ target }) => shipments.has(target));
    },
  };
}
