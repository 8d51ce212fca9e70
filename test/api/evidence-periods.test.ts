/** Evidence of a period over HTTP: asked for, listed, exported, and proven by the offline verifier. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readZip } from '../../src/ledger/pack/zip-read.ts';
import { verifyPack } from '../../src/ledger/pack/verify/verify-pack.ts';
import { finishPart, keepPage, notePartFailure, openPart } from '../../src/store/audits/listing.ts';
import { beat, describeProcess, noteRecovery } from '../../src/store/audits/installation.ts';
import { holding, newKeys } from '../support/packs/make-pack.ts';
import { ORIGIN } from '../support/packs/small-ledger.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { startApi, tokenOf } from './support/api.ts';
import type { TestApi } from './support/api.ts';
import { pickupDesk } from './support/pickups.ts';

const keys = newKeys();
let database: TestDatabase;
let api: TestApi;
const desk = pickupDesk(() => api);
const day = (offset: number): string => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

beforeAll(async () => {
  database = await testDatabase();
  api = await startApi(database.url, {
    connectors: [
      { name: 'itad', kind: 'itad-generic', port: 'disposition', mode: 'enforce' },
      { name: 'okta', kind: 'okta', port: 'identity', mode: 'enforce' },
      { name: 'hr', kind: 'webhook', port: 'hr', mode: 'enforce' },
    ],
    keys: {
      checkpoints: { signers: [keys.ledger], publicKeys: [] },
      packs: { signers: [keys.pack], publicKeys: [] },
    },
    ledgerOrigin: ORIGIN,
  });
  await desk.pickupOf('PF2ABC01', 'PF2ABC02');
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

async function asked(more: object = {}) {
  const body = {
    from: day(-30),
    until: day(30),
    timeZone: 'Europe/Berlin',
    seed: 'ours',
    sample: 1,
    ...more,
  };
  const answer = await api.call('POST', '/api/v1/evidence/periods', { as: 'auditor', body });
  expect(answer.status).toBe(202);
  return String(answer.body['id']);
}

/** As the worker does it, source by source. */
async function listed(periodId: string): Promise<void> {
  for (const connector of ['okta', 'hr']) {
    const ref = { periodId, connector };
    const open = await openPart(api.db, ref);
    if (open === null) throw new Error('no such part');
    const leavers = [
      { externalId: '00u-nobody', personId: null, leftAt: new Date().toISOString(), state: 'gone' } as const,
    ];
    if (connector === 'okta')
      await api.db
        .transaction()
        .execute((tx) =>
          keepPage(tx, open.period, connector, { cursor: null, next: null, seen: 7, leavers }, new Date()),
        );
    const outcome = connector === 'okta' ? 'listed' : 'not-offered';
    await finishPart(api.db, ref, { outcome, query: 'every account' }, new Date());
  }
}

async function exported(periodId: string, query = '') {
  const response = await fetch(`${api.url}/api/v1/evidence/periods/${periodId}/pack${query}`, {
    headers: { authorization: `Bearer ${tokenOf('auditor')}` },
  });
  expect(response.status).toBe(200);
  return readZip(Buffer.from(await response.arrayBuffer()));
}

describe('the evidence of a period', () => {
  test('is exported once every source has listed its people, and proven offline', async () => {
    const id = await asked();
    const early = await api.call('GET', `/api/v1/evidence/periods/${id}/pack`, { as: 'auditor' });
    expect(early).toMatchObject({ status: 409, body: { code: 'period-not-ready' } });
    await listed(id);
    const progress = await api.call('GET', `/api/v1/evidence/periods/${id}`, { as: 'auditor' });
    expect(progress.body).toMatchObject({
      finished: true,
      sources: [
        { connector: 'hr', outcome: 'not-offered' },
        { connector: 'okta', accounts: 7, leavers: 1 },
      ],
    });
    const files = await exported(id);
    const { verdict, checks, manifest } = verifyPack(files, holding(keys, { subject: id }));
    expect(checks.flatMap(({ status, sentences }) => (status === 'failed' ? sentences : []))).toEqual([]);
    expect(verdict).toBe('proven');
    expect(manifest?.claim.period).toMatchObject({
      leaversWithoutCase: 1,
      sampled: 1,
      sourcesNotListed: ['hr'],
    });
    expect(manifest?.claim.period?.cases).toBeGreaterThan(0);
    expect([...files.values()].some((bytes) => Buffer.from(bytes).includes('00u-nobody'))).toBe(false);
  });

  test('goes without a source that does not answer only when that is accepted, and says so', async () => {
    const id = await asked();
    await notePartFailure(api.db, { periodId: id, connector: 'okta' }, 'retryable', new Date());
    const { verdict, manifest } = verifyPack(
      await exported(id, '?unfinished=accept'),
      holding(keys, { subject: id }),
    );
    expect(verdict).toBe('proven');
    expect(manifest?.claim.period?.sourcesNotListed).toEqual(['hr', 'okta']);
  });

  test('names accounts to who may know them, apart from the pack', async () => {
    const id = await asked();
    await listed(id);
    const path = `/api/v1/evidence/periods/${id}/identifiers`;
    const answer = await api.call('GET', path, { as: 'auditor' });
    expect(answer.body).toMatchObject({
      items: [{ connector: 'okta', externalId: '00u-nobody' }],
      next: null,
    });
    expect((await api.call('GET', path, { as: 'admin' })).status).toBe(403);
  });

  test.each(['viewer', 'operator', 'dock', 'vendor'] as const)('is not for the role %s', async (role) => {
    const body = { from: day(-30), until: day(0) };
    expect((await api.call('POST', '/api/v1/evidence/periods', { as: role, body })).status).toBe(403);
  });

  test.each([
    ['more than a year', { from: '2024-01-01', until: '2026-01-01' }],
    ['an end before its start', { from: '2026-02-01', until: '2026-01-01' }],
    ['a time zone that is none', { timeZone: 'Europe/Nowhere' }],
    ['too large a sample', { sample: 5_000 }],
  ])('is refused for %s', async (_what, more) => {
    const body = { from: day(-30), until: day(0), ...more };
    const answer = await api.call('POST', '/api/v1/evidence/periods', { as: 'auditor', body });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  });
});

describe('what is recorded of the installation from now on', () => {
  async function factsOf(type: string): Promise<readonly Record<string, unknown>[]> {
    const rows = await api.db
      .selectFrom('facts')
      .select('canonical')
      .where('type', '=', type)
      .orderBy('id')
      .execute();
    return rows.map(({ canonical }) => (JSON.parse(canonical) as { data: Record<string, unknown> }).data);
  }

  test('who asks for something, once for the roles that they have', async () => {
    await asked();
    const seen = await factsOf('actor.seen');
    const auditors = seen.filter(({ roles }) => JSON.stringify(roles) === '["auditor"]');
    expect(auditors).toHaveLength(1);
  });

  test('the first policy', async () => {
    expect(await factsOf('policy.changed')).toMatchObject([{ decisionId: null, from: null }]);
  });

  test('what a process runs as, when it is something else than before', async () => {
    const none = { sign: [], check: [] };
    const run = {
      process: 'api',
      version: '1.0.0',
      code: null,
      rulesVersion: '2',
      proposedPolicy: 'p'.repeat(64),
      connectors: [],
      tokens: [],
      signIn: null,
      keys: { checkpoints: none, packs: none },
      rest: 'r'.repeat(64),
    } as const;
    expect(await describeProcess(api.db, run, new Date())).toBe(true);
    expect(await describeProcess(api.db, run, new Date())).toBe(false);
    expect(await describeProcess(api.db, { ...run, version: '1.0.1' }, new Date())).toBe(true);
    expect(await factsOf('installation.described')).toHaveLength(2);
  });

  test('silence of a part that is heard of again, and none that was short', async () => {
    const start = Date.now();
    for (const minutes of [0, 4, 12]) await beat(api.db, 'worker', new Date(start + minutes * 60_000));
    expect(await factsOf('downtime.observed')).toMatchObject([
      { part: 'worker', lastSeenAt: new Date(start + 240_000).toISOString(), code: null },
    ]);
  });

  test('a connector that failed for long, once', async () => {
    const start = Date.now();
    await api.db
      .insertInto('connector_state')
      .values({
        connector: 'okta',
        fleet_size: null,
        last_ok_at: new Date(start - 900_000),
        last_error_at: new Date(start - 60_000),
        last_error_code: 'retryable',
      })
      .execute();
    await noteRecovery(api.db, 'okta', new Date(start));
    await noteRecovery(api.db, 'okta', new Date(start + 1));
    const gaps = (await factsOf('downtime.observed')).filter(({ part }) => part === 'connector:okta');
    expect(gaps).toMatchObject([{ code: 'retryable' }]);
  });
});
