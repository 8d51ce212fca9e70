import { beforeEach, describe, expect, it } from 'vitest';
import type { Carrier } from '../../src/adapters/carrier/port.ts';
import { ConnectorError } from '../../src/adapters/errors.ts';
import type { ConnectorErrorCode } from '../../src/adapters/errors.ts';
import type { EngineContext } from '../../src/activities/context.ts';
import { makeLabel } from '../../src/activities/returns.ts';
import { useWipes } from './support/wipes.ts';
import type { OpenCustody } from './support/rows.ts';

const database = useWipes();
const ADDRESS = { street1: '1 Way', city: 'Town', zip: '1', country: 'US' };

describe('a return label', () => {
  let custody: OpenCustody;
  let bought: number;
  beforeEach(async () => {
    bought = 0;
    custody = await database().custody();
    await database()
      .db.updateTable('persons')
      .set({ address: JSON.stringify(ADDRESS) })
      .where('id', '=', custody.personId)
      .execute();
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
      connectors: { carrier: new Map([['carrier', { name: 'carrier', mode: 'enforce', port }]]) },
      returns: { to: { name: 'Depot', ...ADDRESS }, weightGrams: 1 },
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
