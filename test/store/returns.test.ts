import { beforeEach, describe, expect, it } from 'vitest';
import type { Carrier } from '../../src/adapters/carrier/port.ts';
import { ConnectorError } from '../../src/adapters/errors.ts';
import type { ConnectorErrorCode } from '../../src/adapters/errors.ts';
import type { EngineContext } from '../../src/activities/context.ts';
import { makeLabel } from '../../src/activities/returns.ts';
import { useWipes } from './support/wipes.ts';
import { loadCustody } from '../../src/store/rule-facts.ts';
import { POLICY } from '../unit/domain/support/history.ts';
import { insertOpenCustody } from './support/rows.ts';
import type { OpenCustody } from './support/rows.ts';
import { writeValues } from '../../src/store/personal/values.ts';

const database = useWipes();
const ADDRESS = { street1: '1 Way', city: 'Town', zip: '1', country: 'US' };

describe('a return label', () => {
  let custody: OpenCustody;
  let bought: number;
  beforeEach(async () => {
    bought = 0;
    custody = await database().custody();
    await database()
      .db.transaction()
      .execute((tx) => writeValues(tx, custody.personId, { address: ADDRESS }));
  });

  /** Makes the label with a carrier whose sale ends in this error, and who shows none afterwards. */
  async function make(code: ConnectorErrorCode): Promise<void> {
    const port = {
      draftReturn: async () => ({ shipmentId: 'shp_1' }),
      buyLabel: async () => {
        bought += 1;
        throw new ConnectorError(code, 'carrier', 'buy label');
      },
      readLabel: async () => null,
    } as unknown as Carrier;
    const context = {
      db: database().db,
      connectors: {
        notify: new Map(),
        carrier: new Map([['carrier', { name: 'carrier', mode: 'enforce', port }]]),
      },
      returns: { to: { name: 'Depot', ...ADDRESS }, weightGrams: 1, boxWeightGrams: 1, carriers: {} },
      retryCapMs: 1,
      clock: () => new Date(),
      log: { info: () => {}, warn: () => {} },
      crash: () => {},
    } as unknown as EngineContext;
    await makeLabel(context, { ...custody, connector: 'carrier' });
  }

  it.each(['outcome-unknown', 'unexpected-answer'] as const)(
    'whose sale was answered %s is never bought again: it may have been sold',
    async (code) => {
      await make(code);
      await make(code);
      expect(bought).toBe(1);
    },
  );

  it('that was certainly not sold is bought by whoever tries next', async () => {
    await make('refused');
    await make('refused');
    expect(bought).toBe(2);
  });
});

describe('a box', () => {
  it('goes out with its label once both are bought, each once, where the policy of the country says so', async () => {
    const boxed = {
      ...POLICY,
      return: { ...POLICY.return, means: { default: 'label', byCountry: { US: 'box' } } },
    } as const;
    const custody = await insertOpenCustody(database().db, boxed, 'BOXED0001');
    await database()
      .db.transaction()
      .execute((tx) => writeValues(tx, custody.personId, { address: ADDRESS }));
    const ways: string[] = [];
    const bought: string[] = [];
    const draft = (way: string) => async (request: { from: { name: string }; reference: string }) => {
      ways.push(`${way} from ${request.from.name}`);
      return { shipmentId: `shp_${way}` };
    };
    const port = {
      draftReturn: draft('return'),
      draftOutbound: draft('out'),
      buyLabel: async (shipmentId: string) => {
        bought.push(shipmentId);
        return {
          shipmentId,
          trackingCode: `T-${shipmentId}`,
          trackerId: null,
          labelUrl: 'https://labels.test/1',
        };
      },
      readLabel: async () => null,
    } as unknown as Carrier;
    const context = {
      db: database().db,
      connectors: {
        notify: new Map(),
        carrier: new Map([['carrier', { name: 'carrier', mode: 'enforce', port }]]),
      },
      returns: { to: { name: 'Depot', ...ADDRESS }, weightGrams: 1, boxWeightGrams: 1, carriers: {} },
      retryCapMs: 1,
      clock: () => new Date(),
      log: { info: () => {}, warn: () => {} },
      crash: () => {},
    } as unknown as EngineContext;
    for (let time = 0; time < 3; time += 1) await makeLabel(context, { ...custody, connector: 'carrier' });
    expect(ways).toEqual(['return from Return', 'out from Depot']);
    expect(bought).toEqual(['shp_return', 'shp_out']);
    const state = await loadCustody(database().db, custody.deviceId, custody.epoch);
    expect([state.label?.data.trackingCode, state.box?.data.trackingCode]).toEqual([
      'T-shp_return',
      'T-shp_out',
    ]);
    const rows = await database()
      .db.selectFrom('trackers')
      .select(['purpose', 'label_url'])
      .where('device_id', '=', custody.deviceId)
      .orderBy('purpose')
      .execute();
    expect(rows).toEqual([
      { purpose: 'box', label_url: 'https://labels.test/1' },
      { purpose: 'return', label_url: 'https://labels.test/1' },
    ]);
  });
});
