/** The handover: signed by name on both sides, to a vendor whose certifications are looked at on that day. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PolicySchema } from '../../src/config/policy-schema.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { listIn, startApi, textIn } from './support/api.ts';
import type { TestApi } from './support/api.ts';
import { lastFact } from './support/facts.ts';
import { pickupDesk } from './support/pickups.ts';

const CONNECTORS = [
  { name: 'itad', kind: 'generic', port: 'disposition', mode: 'enforce' },
  { name: 'careful', kind: 'generic', port: 'disposition', mode: 'enforce' },
  { name: 'snipeit', kind: 'snipeit', port: 'inventory', mode: 'enforce' },
] as const;

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await testDatabase();
  api = await startApi(database.url, { connectors: CONNECTORS });
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

const { pickupOf, scan, ask, count, sign, confirm, look, resolve, types } = pickupDesk(() => api);

const as = 'asset-manager';
const post = (path: string, body: object, role: 'dock' | 'asset-manager' | 'admin' = 'dock') =>
  api.call('POST', `/api/v1${path}`, { as: role, body });

async function exceptionOf(pickupId: string, kind: string, serial: string): Promise<string> {
  const { exception_id: id } = await api.db
    .selectFrom('pickup_discrepancies')
    .select('exception_id')
    .where('pickup_id', '=', pickupId)
    .where('kind', '=', kind)
    .where('serial', '=', serial)
    .executeTakeFirstOrThrow();
  return id;
}

describe('the handover', () => {
  test('is signed by name on both sides for what leaves, and again when that changes', async () => {
    const { pickupId } = await pickupOf('SIGN-01', 'SIGN-02');
    await scan(pickupId, 'SIGN-01');
    await scan(pickupId, 'SIGN-02', 'Surface');
    await sign(pickupId, 'ours', 'Robin Dockhand');
    await sign(pickupId, 'vendor', 'Vera Lorry');
    await resolve(await exceptionOf(pickupId, 'model-mismatch', 'SIGN02'), 'accepted-as-found');
    await count(pickupId, ['SIGN-01', 'SIGN-02']);
    expect(await ask(pickupId)).toMatchObject({
      status: 409,
      body: { code: 'pickup-not-signed', missing: ['ours', 'vendor'] },
    });
    await sign(pickupId, 'ours', 'Robin Dockhand');
    const signed = await sign(pickupId, 'vendor', 'Vera Lorry');
    expect(signed.body).toMatchObject({ missing: [], leaving: { units: 2 } });
    expect(listIn(signed, 'signatures').map(({ counts }) => counts)).toEqual([false, false, true, true]);
    expect(await ask(pickupId)).toMatchObject({ status: 200, body: { lines: 2 } });
    expect((await sign(pickupId, 'ours')).body['code']).toBe('pickup-confirmed');
  });

  test('names stand in no fact and in no log, and can be erased', async () => {
    const { pickupId } = await pickupOf('NAME-01');
    const signed = await sign(pickupId, 'vendor', 'Quirin Unforgettable');
    const facts = await api.db
      .selectFrom('facts')
      .select('key')
      .where('canonical', 'like', '%Unforgettable%')
      .execute();
    expect(facts).toEqual([]);
    expect(api.logged()).not.toContain('Unforgettable');
    const id = String(listIn(signed, 'signatures')[0]?.['id']);
    expect((await post(`/signatures/${id}/erase`, {}, 'admin')).status).toBe(200);
    const after = await api.call('GET', `/api/v1/pickups/${pickupId}/handover`, { as: 'viewer' });
    expect(listIn(after, 'signatures')).toMatchObject([{ id, name: null, counts: true }]);
  });

  test('records what the vendor was certified for on that day; what has run out is an exception', async () => {
    const document = Buffer.from('certificate').toString('base64');
    const record = (scheme: string, validFrom: string, validUntil: string) =>
      post(
        '/vendors/itad/certifications',
        { scheme, number: 'C-1', validFrom, validUntil, document, contentType: 'application/pdf' },
        as,
      );
    expect((await record('R2v3', '2020-01-01', '2099-12-31')).status).toBe(201);
    expect((await record('NAID AAA', '2020-01-01', '2021-12-31')).body).toMatchObject({
      lapsed: ['NAID AAA'],
    });
    expect((await record('R2v3', '2026-01-01', '2025-01-01')).status).toBe(400);
    const facility = {
      name: 'Plant 1',
      address: 'Road 1, Halle',
      country: 'DE',
      downstream: [{ name: 'Smelter', country: 'BE', purpose: 'metals' }],
    };
    const placed = await post('/vendors/itad/facilities', facility, as);
    expect(placed).toMatchObject({ status: 201, body: { facilities: [facility] } });

    const { pickupId } = await pickupOf('CERTIFIED-01');
    await scan(pickupId, 'CERTIFIED-01');
    expect((await confirm(pickupId)).status).toBe(200);
    const { data } = await lastFact(api.db, `pickup:${pickupId}`, 'pickup.vendor-checked');
    expect(data).toMatchObject({
      lapsed: ['NAID AAA'],
      certifications: [
        { scheme: 'NAID AAA', valid: false, documentDigest: expect.any(String) },
        { scheme: 'R2v3', valid: true },
      ],
      facilityId: listIn(placed, 'facilities')[0]?.['id'],
    });
    expect(listIn(await look(pickupId), 'exceptions')).toMatchObject([
      { code: 'vendor-not-certified', owner: 'asset-manager' },
    ]);
  });

  test('a policy may let nothing leave to a vendor that is not certified', async () => {
    const strict = PolicySchema.parse({
      handoff: { certifications: { required: ['e-Stewards'], onLapse: 'refuse' } },
    });
    const guarded = await startApi(database.url, { connectors: CONNECTORS, policy: strict });
    try {
      const desk = pickupDesk(() => guarded);
      const { devices } = await desk.ready('STRICT-01');
      const made = await desk.create({ connector: 'careful', deviceIds: [devices[0]?.deviceId] });
      const pickupId = textIn(made, 'id');
      await desk.scan(pickupId, 'STRICT-01');
      expect(await desk.confirm(pickupId)).toMatchObject({
        status: 409,
        body: { code: 'vendor-not-certified', lapsed: ['e-Stewards'] },
      });
      expect(await types(`device:${devices[0]?.deviceId ?? ''}`)).not.toContain('handoff.transferred');
    } finally {
      await guarded.stop();
    }
  });
});
