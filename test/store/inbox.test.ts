import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { finishDelivery, nextDeliveries, quarantineDelivery, storeDelivery } from '../../src/store/inbox.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';

let server: TestDatabase;
let db: Database;

beforeAll(async () => {
  server = await testDatabase();
  db = openDatabase(server.url, { connections: 12 });
});

afterAll(async () => {
  await db.destroy();
  await server.drop();
});

async function wakesOf(connector: string): Promise<number> {
  return (
    await db.selectFrom('outbox').select('id').where('workflow_id', '=', `intake:${connector}`).execute()
  ).length;
}

describe('the inbox', () => {
  test('keeps the bytes as they came, unreadable ones too', async () => {
    const body = Buffer.from([0, 255, 254, 10, 0, 123]);
    expect(await storeDelivery(db, 'raw', 'd-1', body)).toBe(true);
    const [delivery] = await nextDeliveries(db, 'raw', 10);
    expect(delivery?.body.equals(body)).toBe(true);
  });

  test('stores a delivery once and wakes its intake once, however often and however many at once bring it', async () => {
    const results = await Promise.all(
      Array.from({ length: 30 }, () => storeDelivery(db, 'okta', 'd-1', Buffer.from('{}'))),
    );
    expect(results.filter((isNew) => isNew)).toHaveLength(1);
    expect(await storeDelivery(db, 'okta', 'd-1', Buffer.from('{"other": "bytes"}'))).toBe(false);
    expect(await nextDeliveries(db, 'okta', 10)).toHaveLength(1);
    expect(await wakesOf('okta')).toBe(1);
  });

  test('tells deliveries without an id apart by their bytes', async () => {
    expect(await storeDelivery(db, 'noid', null, Buffer.from('one'))).toBe(true);
    expect(await storeDelivery(db, 'noid', null, Buffer.from('two'))).toBe(true);
    expect(await storeDelivery(db, 'noid', null, Buffer.from('one'))).toBe(false);
  });

  test('one delivery id at two connectors is two deliveries', async () => {
    expect(await storeDelivery(db, 'left', 'same', Buffer.from('x'))).toBe(true);
    expect(await storeDelivery(db, 'right', 'same', Buffer.from('x'))).toBe(true);
  });

  test('gives them out oldest first, and what is finished or quarantined no more; a replay brings neither back', async () => {
    for (const id of ['a', 'b', 'c']) await storeDelivery(db, 'order', id, Buffer.from(id));
    const all = await nextDeliveries(db, 'order', 10);
    expect(all.map((one) => one.deliveryId)).toEqual(['a', 'b', 'c']);
    expect((await nextDeliveries(db, 'order', 2)).map((one) => one.deliveryId)).toEqual(['a', 'b']);
    const [a, b] = all;
    await finishDelivery(db, a?.id ?? 0);
    await quarantineDelivery(db, b?.id ?? 0, 'not JSON');
    for (const id of ['a', 'b']) expect(await storeDelivery(db, 'order', id, Buffer.from(id))).toBe(false);
    expect((await nextDeliveries(db, 'order', 10)).map((one) => one.deliveryId)).toEqual(['c']);
    const kept = await db
      .selectFrom('inbox')
      .select(['state', 'reason', 'body'])
      .where('id', '=', b?.id ?? 0)
      .executeTakeFirstOrThrow();
    expect([kept.state, kept.reason, kept.body.toString()]).toEqual(['quarantined', 'not JSON', 'b']);
  });
});
