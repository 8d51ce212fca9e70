/** The books of three inventories held against our records: what was planted is found, mended, and found healed. */
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RECONCILIATION_STREAM } from '../../src/domain/fact.ts';
import { readStream } from '../../src/store/streams.ts';
import { runWorker } from '../../src/worker/main.ts';
import type { RunningWorker } from '../../src/worker/main.ts';
import { startApi, tokenOf } from '../api/support/api.ts';
import type { TestApi } from '../api/support/api.ts';
import { handback, json } from '../cli/support/command.ts';
import type { OpenCustody } from '../store/support/rows.ts';
import { eventually } from '../support/engine/eventually.ts';
import { ledgerTroubles } from '../support/engine/ledger-check.ts';
import { LONG_AGO, plantedBooks } from '../support/engine/planted-books.ts';
import type { PlantedBooks } from '../support/engine/planted-books.ts';
import { startSqlInventory } from '../support/engine/sql-inventory.ts';
import type { SqlInventory } from '../support/engine/sql-inventory.ts';
import { startEngine, temporalClient } from '../support/engine/start-engine.ts';
import type { Engine } from '../support/engine/start-engine.ts';
import { describeLocalTemporal } from '../support/temporal/describe-with.ts';

interface Found {
  readonly kind: string;
  readonly reason: string;
  readonly serial: string;
  readonly connector: string | null;
  readonly exceptionId: string;
}
interface Answer {
  readonly run: Readonly<Record<string, unknown>> & { readonly id: string };
  readonly findings: readonly Found[];
}

/** In the words of the list. */
const wordsOf = ({ findings }: Answer) =>
  findings.map(({ serial, kind, reason, connector }) => `${serial} ${kind}: ${reason} (${connector ?? '–'})`);

const PLANTED = [
  'PFDRIFTED ghost: custody-ended (snipeit)',
  'PFDRIFTED still-licensed: gone (snipeit)',
  'PFLATE overdue: no-certificate (–)',
  'PFPAIDFOR still-depreciating: ended-in-books (servicenow)',
  'PFPAIDFOR still-licensed: ended-in-books (servicenow)',
  'PFPAIDFOR2 still-licensed: ended-in-books (snipeit)',
  'PFPAIDFOR3 still-depreciating: ended-in-books (sql)',
  'PFPAIDFOR3 still-licensed: ended-in-books (sql)',
  'PFSOMEWHERE unrecorded: in-neither (–)',
  'PFUNPROVEN unproven: no-evidence (servicenow)',
];

describeLocalTemporal('the reconciliation of the books', () => {
  let engine: Engine;
  let worker: RunningWorker;
  let api: TestApi;
  let books: PlantedBooks;
  let late: OpenCustody;
  let sql: SqlInventory;

  beforeAll(async () => {
    sql = await startSqlInventory();
    engine = await startEngine({
      worker: false,
      serviceNow: true,
      connectors: {
        okta: null,
        entra: null,
        intune: null,
        snipeit: { mode: 'observe' },
        servicenow: { mode: 'observe', pageSize: 2 },
        sql: sql.connector,
      },
      policy: {
        closure: { due: '1d' },
        handoff: { certificateDue: '30d' },
        reconciliation: { provenSince: '2026-01-01', owners: { unproven: 'auditor' } },
      },
    });
    books = plantedBooks(engine);
    await plant();
    api = await startApi(engine.databaseUrl, {
      policy: engine.config.policy,
      connectors: ['snipeit', 'servicenow', 'sql'].map((name) => ({
        name,
        kind: name,
        port: 'inventory',
        mode: 'observe' as const,
      })),
    });
    worker = await startWorker();
  });
  afterAll(async () => {
    await worker?.stop();
    await api?.stop();
    await engine?.stop();
    await sql?.drop();
  });

  const startWorker = () =>
    runWorker(engine.config, {
      databaseUrl: engine.databaseUrl,
      temporalAddress: engine.temporalAddress,
      env: {},
    });

  async function plant(): Promise<void> {
    await books.asset('snipeit', 'PFINUSE1');
    await books.asset('snipeit', 'PFDRIFTED', { licences: 1 });
    await books.asset('snipeit', 'PFPAIDFOR2', { status: 'Disposed', licences: 2 });
    await books.asset('snipeit', 'PFLATE');
    await books.asset('snipeit', 'To be filled by O.E.M.');
    await books.asset('servicenow', 'PFINUSE2');
    await books.asset('servicenow', 'PFPAIDFOR', { status: 'Retired/Disposed', licences: 2 });
    await books.asset('servicenow', 'PFUNPROVEN', { status: 'Retired/Disposed' });
    await books.change('servicenow', 'PFUNPROVEN', { columns: { retired: '2026-01-07', depreciation: '' } });
    await books.endedCustody('PFDRIFTED');
    await sql.plant('PFINUSE3', { gone: false, writtenOff: false, licences: 2 });
    await sql.plant('PFPAIDFOR3', { gone: true, writtenOff: false, licences: 1 });
    for (const serial of ['PFPAIDFOR', 'PFPAIDFOR2', 'PFPAIDFOR3']) await books.endedCustody(serial);
    late = await books.receivedCustody('PFLATE');
    await books.strayCertificate('PFSOMEWHERE');
  }

  const as = (role: 'asset-manager' | 'auditor' | 'viewer', ...args: readonly string[]) =>
    handback(['reconcile', 'assets', ...args], {
      env: { HANDBACK_URL: api.url, HANDBACK_TOKEN: tokenOf(role) },
    });
  const reconcile = async (...args: readonly string[]): Promise<Answer> => {
    const ran = await as('asset-manager', '--json', ...args);
    expect([ran.code, ran.err]).toEqual([0, '']);
    return json(ran) as unknown as Answer;
  };
  const exceptions = () =>
    engine.db
      .selectFrom('exceptions')
      .select(['id', 'code', 'owner', 'blocking', 'device_id', 'outcome'])
      .where('stream', '=', RECONCILIATION_STREAM)
      .orderBy('code')
      .execute();

  let first: Answer;

  it('finds each kind that was planted, at both inventories and in our records, and nothing else', async () => {
    first = await reconcile();
    expect(wordsOf(first).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(PLANTED);
    expect(first.run).toMatchObject({
      state: 'judged',
      assets: 10,
      withoutSerial: 1,
      agreeing: 3,
      counts: {
        ghost: 1,
        unrecorded: 1,
        overdue: 1,
        'still-licensed': 4,
        'still-depreciating': 2,
        unproven: 1,
      },
      opened: 10,
      healed: 0,
    });
    const opened = await exceptions();
    expect(opened.map(({ code, owner, blocking }) => [code, owner, blocking])).toEqual([
      ['asset-ghost', 'asset-manager', false],
      ['asset-overdue', 'asset-manager', false],
      ...Array.from({ length: 2 }, () => ['asset-still-depreciating', 'finance', false]),
      ...Array.from({ length: 4 }, () => ['asset-still-licensed', 'asset-manager', false]),
      ['asset-unproven', 'auditor', false],
      ['asset-unrecorded', 'asset-manager', false],
    ]);
    expect(opened.find(({ code }) => code === 'asset-overdue')?.device_id).toBe(late.deviceId);
    expect(await engine.db.selectFrom('asset_records').selectAll().execute()).toEqual([]);
  });

  it('opens nothing twice, asks again what was decided and is still so, and lets the accepted be', async () => {
    const idOf = (code: string) => first.findings.find(({ kind }) => kind === code)?.exceptionId ?? '';
    for (const [kind, outcome] of [
      ['unproven', 'accepted'],
      ['ghost', 'mended'],
    ] as const) {
      const path = `/api/v1/exceptions/${idOf(kind)}/resolve`;
      const body = { outcome, reason: 'looked at' };
      expect((await api.call('POST', path, { as: 'asset-manager', body })).status).toBe(200);
    }
    const second = await reconcile();
    expect(wordsOf(second)).toEqual(wordsOf(first));
    expect(second.run).toMatchObject({ opened: 1, healed: 0 });
    const changed = second.findings.filter(
      ({ exceptionId }, index) => exceptionId !== first.findings[index]?.exceptionId,
    );
    expect(changed.map(({ kind }) => kind)).toEqual(['ghost']);
    expect(await exceptions()).toHaveLength(11);
  });

  it('prints the same as a table and as CSV, in which nothing is calculated', async () => {
    await engine.db
      .updateTable('asset_findings')
      .set({ label: '=HYPERLINK("http://evil.example","x")' })
      .where('kind', '=', 'ghost')
      .execute();
    const file = join(tmpdir(), `findings-${process.pid}.csv`);
    const ran = await as('auditor', '--run', first.run.id, '--csv', file);
    const csv = await readFile(file, 'utf8');
    await rm(file);
    expect(ran.out).toMatch(/agree +33\.3 %/u);
    expect(ran.out).toMatch(/ghost +its custody has ended +PFDRIFTED +snipeit \d+/u);
    const lines = csv.trim().split('\r\n');
    expect(lines).toHaveLength(PLANTED.length + 1);
    expect(lines[0]).toMatch(/^"?kind"?,"?reason"?,"?serial/u);
    expect(csv).toContain(`"'=HYPERLINK(""http://evil.example"",""x"")"`);
    const answered = await api.call(
      'GET',
      `/api/v1/reconciliations/${first.run.id}/findings.csv?kind=ghost`,
      {
        as: 'viewer',
      },
    );
    expect(answered.headers.get('content-type')).toContain('text/csv');
    expect(answered.text.trim().split('\r\n')).toHaveLength(2);
    expect((await as('viewer')).err).toContain('no role');
  });

  it('goes through findings page by page', async () => {
    const seen: unknown[] = [];
    let cursor = '';
    do {
      const page = await api.call(
        'GET',
        `/api/v1/reconciliations/${first.run.id}/findings?limit=2${cursor}`,
        {
          as: 'viewer',
        },
      );
      expect(page.status).toBe(200);
      seen.push(...(page.body['items'] as unknown[]));
      cursor = typeof page.body['next'] === 'string' ? `&cursor=${page.body['next']}` : '';
    } while (cursor !== '');
    expect(seen).toMatchObject(first.findings.map(({ kind, serial }) => ({ kind, serial })));
  });

  it('closes what was mended, and keeps it counted', async () => {
    await books.change('snipeit', 'PFDRIFTED', { status: 'Disposed' });
    await books.change('servicenow', 'PFPAIDFOR', { columns: { depreciation: '' } });
    await books.releaseLicences();
    await sql.mend();
    await books.change('servicenow', 'PFUNPROVEN', { status: 'In stock/Available' });
    await books.certify(late);
    await engine.db.updateTable('certificates').set({ matched: true }).execute();
    const third = await reconcile();
    // Certified long ago by the fact's time, and not closed: one delay has given way to the next, under the same exception.
    expect(wordsOf(third)).toEqual(['PFLATE overdue: no-closure (–)']);
    expect(third.run).toMatchObject({ agreeing: 8, opened: 0, healed: 9 });
    const outcomes = (await exceptions()).map(({ code, outcome }) => `${code}: ${outcome}`);
    expect(outcomes.toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      'asset-ghost: healed',
      'asset-ghost: mended',
      'asset-overdue: null',
      ...Array.from({ length: 2 }, () => 'asset-still-depreciating: healed'),
      ...Array.from({ length: 4 }, () => 'asset-still-licensed: healed'),
      // Whoever accepted it said so: that stays.
      'asset-unproven: accepted',
      'asset-unrecorded: healed',
    ]);
    const metrics = await api.call('GET', '/metrics', { as: 'viewer' });
    expect(metrics.text).toContain('handback_asset_findings{kind="ghost",state="open"} 0');
    expect(metrics.text).toContain('handback_asset_findings{kind="ghost",state="healed"} 1');
    expect(metrics.text).toMatch(/handback_asset_records_agreeing_ratio 0\.88/u);
  });

  it('tells the figure over time, and leaves it in the ledger', async () => {
    const ran = await as('viewer', '--history', '--json');
    expect(json(ran)['items']).toMatchObject([
      { agreeing: 8, counts: { overdue: 1, ghost: 0 } },
      { agreeing: 3, counts: { ghost: 1 } },
      { agreeing: 3, counts: { ghost: 1 } },
    ]);
    expect((await as('viewer', '--history')).out).toMatch(/88\.8 %/u);
    const facts = await readStream(engine.db, RECONCILIATION_STREAM);
    const finished = facts.filter(({ type }) => type === 'reconciliation.finished');
    expect(finished.map(({ data }) => data)).toMatchObject([
      { assets: 10, agreeing: 3, opened: 10, healed: 0 },
      { opened: 1 },
      { agreeing: 8, healed: 9, counts: { ghost: 0, overdue: 1 } },
    ]);
    expect(await ledgerTroubles(engine)).toEqual([]);
  });

  it('is run by a schedule of the policy’s place and days', async () => {
    const client = await temporalClient(engine);
    const { spec } = await client.schedule.getHandle('sweep:assets').describe();
    expect(spec).toMatchObject({
      timezone: 'UTC',
      calendars: [{ hour: [{ start: 3 }], dayOfMonth: [{ start: 1 }] }],
    });
    await client.schedule.getHandle('sweep:assets').trigger();
    await eventually('the scheduled run', async () => {
      const runs = await engine.db.selectFrom('asset_reconciliations').selectAll().execute();
      return runs.some((run) => run.asked_by === 'handback' && run.outcome === 'judged');
    });
  });

  it('judges nothing while an inventory does not answer, says so in the end, and goes on from there', async () => {
    await worker.stop();
    const down = { instance: 'snipeit', match: {}, fault: { type: 'down' } };
    const { id: fault } = await engine.control.post<{ id: string }>('/faults', down);
    const { run } = await reconcile('--no-wait');
    await engine.db
      .updateTable('asset_reconciliations')
      .set({ started_at: LONG_AGO })
      .where('id', '=', run.id)
      .execute();
    worker = await startWorker();
    const ended = await eventually('the run to end', async () => {
      const row = await engine.db
        .selectFrom('asset_reconciliations')
        .selectAll()
        .where('id', '=', run.id)
        .executeTakeFirstOrThrow();
      return row.outcome !== null && row;
    });
    expect(ended.outcome).toBe('abandoned');
    expect((await exceptions()).filter(({ outcome }) => outcome === null).map(({ code }) => code)).toEqual([
      'asset-overdue',
      'reconciliation-abandoned',
    ]);
    expect((await as('auditor', '--run', run.id)).code).toBe(1);
    await engine.control.delete(`/faults/${fault}`);
    const next = await reconcile();
    expect(next.run).toMatchObject({ state: 'judged', opened: 0, healed: 0 });
    expect((await exceptions()).filter(({ outcome }) => outcome === null).map(({ code }) => code)).toEqual([
      'asset-overdue',
    ]);
  });
});
