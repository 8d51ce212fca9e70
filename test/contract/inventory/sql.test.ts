import { createServer, connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSql, SqlSettings } from '../../../src/adapters/inventory/sql/index.ts';
import { deserted } from '../support/sandbox.ts';
import { ada, closure, company } from './fixtures.ts';
import { startSqlBooks } from './sql-books.ts';
import type { SqlBooks } from './sql-books.ts';
import { describeInventory } from './suite.ts';

const columns = {
  id: 'id',
  serial: 'serial_no',
  state: 'status',
  holder: { employeeNumber: 'person_no', workEmail: 'person_mail' },
  reference: 'Certificate',
  closedOn: 'gone_on',
  disposition: 'outcome',
  removed: 'removed_at',
  manufacturer: 'maker',
  model: 'model',
  assetTag: 'tag',
  platform: 'platform',
  ownership: 'owner',
};

const states = {
  disposed: 'GONE',
  inStock: 'STOCK',
  lost: 'LOST',
  returnedToLessor: 'LEASE_END',
  sold: 'SOLD',
  found: 'FOUND',
  retained: 'KEPT',
  inUse: 'IN_USE',
  pending: ['CAGE'],
};

function open(url: string, more: Readonly<Record<string, unknown>> = {}) {
  const settings = SqlSettings.parse({
    url,
    table: 'books.Assets',
    columns,
    states,
    depreciation: { column: 'written_off', stopped: 'true' },
    licences: { table: 'books.licences', asset: 'asset', released: 'released_on' },
    platforms: { PC: 'windows' },
    ownerships: { company: 'corporate', employee: 'personal' },
    pageSize: 3,
    timeLimitMs: 5000,
    ...more,
  });
  return createSql('books', settings);
}

describeInventory(
  'sql',
  async () => {
    const sandbox = await startSqlBooks();
    return {
      sandbox,
      inventory: open(sandbox.url, { states: { ...states, pending: [], left: 'CAGE' } }),
      unreachable: open((await deserted()).replace('http', 'postgres')),
      readOne: { method: 'SELECT', path: '' },
      writes: [],
      sendsRetryAfter: false,
      releases: ({ kind }) => kind === 'release',
      resumeDepreciation: async (device) =>
        void (await sandbox.query('update books."Assets" set written_off = false where key = $1', [device])),
      allocate: async (device) =>
        void (await sandbox.query(
          'insert into books.licences (asset) select id from books."Assets" where key = $1',
          [device],
        )),
      unassigns: ({ params }) => params['from'] !== null && params['to'] === null,
      minds: 'every change',
      keepsDisposition: true,
      change: (device, change, soon) => sandbox.change(device, change, soon),
    };
  },
  { over: 'sql' },
);

describe('sql', () => {
  let books: SqlBooks;

  beforeAll(async () => {
    books = await startSqlBooks();
  });
  afterAll(() => books.stop());
  beforeEach(async () => {
    await books.reset();
    await books.seed(company);
  });

  const idOf = async (key: string): Promise<string> =>
    String((await books.query('select id from books."Assets" where key = $1', [key]))[0]?.['id']);

  it('writes outcome, date, certificate and depreciation and releases licences, in one transaction', async () => {
    const id = await idOf('ada-1');
    await books.query('insert into books.licences (asset) values ($1), ($1), (999)', [id]);
    const inventory = open(books.url);
    const before = await inventory.readAsset(id);
    expect(before?.books).toEqual({ closedOn: null, licences: 2, depreciating: true, disposition: null });
    await inventory.closeAsset(id, closure);
    expect(
      await books.query(`select *, gone_on::text from books."Assets" where id = $1`, [id]),
    ).toMatchObject([
      {
        status: 'GONE',
        person_no: null,
        person_mail: null,
        Certificate: closure.reference,
        gone_on: '2026-03-01',
        outcome: 'disposed',
        written_off: true,
      },
    ]);
    const after = await inventory.readAsset(id);
    expect(after?.books).toEqual({
      closedOn: '2026-03-01',
      licences: 0,
      depreciating: false,
      disposition: 'disposed',
    });
    expect(await books.query('select count(*)::int from books.licences where released_on is null')).toEqual([
      { count: 1 },
    ]);
  });

  it('writes nothing at all when a part is refused', async () => {
    const id = await idOf('ada-1');
    await books.query('insert into books.licences (asset) values ($1)', [id]);
    await books.query('alter table books.licences add constraint frozen check (released_on is null)');
    const inventory = open(books.url);
    await expect(inventory.closeAsset(id, closure)).rejects.toMatchObject({
      code: 'refused',
      vendorCode: '23514',
    });
    await books.query('alter table books.licences drop constraint frozen');
    expect(await inventory.readAsset(id)).toMatchObject({ state: 'in-use', disposalReference: null });
  });

  it('does not call closed what has a licence left, another date, or is still written off', async () => {
    const id = await idOf('ada-1');
    const inventory = open(books.url);
    await inventory.closeAsset(id, closure);
    for (const hand of [
      'insert into books.licences (asset) values ($1)',
      `update books."Assets" set gone_on = '2020-01-01' where id = $1`,
      'update books."Assets" set written_off = false where id = $1',
    ]) {
      await books.query(hand, [id]);
      const asset = await inventory.readAsset(id);
      expect(asset !== null && inventory.isClosed(asset, closure)).toBe(false);
      await inventory.closeAsset(id, closure);
      const again = await inventory.readAsset(id);
      expect(again !== null && inventory.isClosed(again, closure)).toBe(true);
    }
  });

  it('sees a change meanwhile by a version column of the company too', async () => {
    await books.query('alter table books."Assets" add column rev integer not null default 1');
    const inventory = open(books.url, { columns: { ...columns, version: 'rev' } });
    const id = await idOf('ada-1');
    await books.query(`create or replace function books.rev() returns trigger language plpgsql as
      $$ begin new.rev := old.rev + 1; return new; end $$`);
    await books.query(
      'create trigger rev before update on books."Assets" for each row execute function books.rev()',
    );
    await books.change('ada-1', { holder: 'bob' }, true);
    await expect(inventory.closeAsset(id, closure)).rejects.toMatchObject({ code: 'conflict' });
    expect(await inventory.readAsset(id)).toMatchObject({ state: 'in-use' });
    await books.query('drop trigger rev on books."Assets"; alter table books."Assets" drop column rev');
  });

  it('takes values for values, whatever they look like', async () => {
    const inventory = open(books.url);
    const evil = `x'); drop table books."Assets"; --`;
    expect(await inventory.listAssetsOf({ externalIds: [], workEmail: evil, employeeNumber: evil })).toEqual(
      [],
    );
    expect(await inventory.readAsset(evil)).toBeNull();
    const id = await idOf('ada-1');
    await inventory.closeAsset(id, { ...closure, reference: evil });
    expect(await inventory.readAsset(id)).toMatchObject({ disposalReference: evil });
    expect(await inventory.listAssets(null)).toMatchObject({ items: [{}, {}, {}] });
  });

  it.each([
    ['table', { table: 'books.assets; drop table x' }],
    ['table', { table: 'a.b.c' }],
    ['columns.id', { columns: { ...columns, id: 'id" from x --' } }],
    ['columns.holder', { columns: { ...columns, holder: {} } }],
    ['depreciation.column', { depreciation: { column: 'a b', stopped: 'true' } }],
  ])('refuses a name that is none: %s', (path, more) => {
    expect(() => open(books.url, more)).toThrow(path.split('.').at(-1) ?? path);
  });

  it('keeps an address out of what it tells: a digest stands for it', async () => {
    const inventory = open(books.url, { columns: { ...columns, holder: { workEmail: 'person_mail' } } });
    const assets = await inventory.listAssetsOf(ada);
    expect(assets).toHaveLength(7);
    expect(JSON.stringify(assets)).not.toMatch(/neill/iu);
    expect(new Set(assets.map((asset) => asset.holderExternalId)).size).toBe(1);
  });

  it('is content with the rights that are documented, and names those that are missing', async () => {
    expect(await open(books.url).probe()).toEqual({ missing: [] });
    const written = await open(books.url, { columns: { ...columns, disposition: 'tag' } }).probe();
    expect(written).toEqual({ missing: ['update books.Assets.tag'] });
    expect(await open(books.url, { table: 'books.log' }).probe()).toEqual({ missing: ['select books.log'] });
    const licences = { table: 'books.log', asset: 'target', released: 'kind' };
    expect(await open(books.url, { licences }).probe()).toEqual({ missing: ['select books.log'] });
    const inventory = open(books.url, { columns: { ...columns, disposition: 'tag' } });
    await expect(inventory.closeAsset(await idOf('ada-1'), closure)).rejects.toMatchObject({
      code: 'refused',
      vendorCode: '42501',
    });
    expect(await books.effects()).toEqual([]);
  });

  it('refuses an outcome that the database has no word for', async () => {
    const { lost: _lost, ...without } = states;
    const inventory = open(books.url, { states: without });
    await expect(
      inventory.closeAsset(await idOf('ada-1'), { ...closure, state: 'lost' }),
    ).rejects.toMatchObject({ code: 'refused', vendorCode: 'STATE_MISSING' });
    const unknown = open(books.url, { states: { ...states, disposed: 'NO_SUCH' } });
    await expect(unknown.closeAsset(await idOf('ada-1'), closure)).rejects.toMatchObject({
      code: 'refused',
      vendorCode: '23514',
    });
    expect(await books.effects()).toEqual([]);
  });

  it('calls it passing when the database is out of reach or a row stays locked: nothing was written', async () => {
    const nobody = open((await deserted()).replace('http', 'postgres'));
    await expect(nobody.readAsset('1')).rejects.toMatchObject({ code: 'retryable' });
    await expect(nobody.closeAsset('1', closure)).rejects.toMatchObject({ code: 'retryable' });
    await expect(open(books.url).readAsset('1', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'retryable',
    });
    const id = await idOf('ada-1');
    await books.query(
      'begin; lock table books."Assets" in access exclusive mode; select pg_sleep(0); commit',
    );
    const slow = open(books.url, { timeLimitMs: 200 });
    await books.change('ada-1', { holder: null });
    const locked = books.query(
      `do $$ begin lock table books."Assets" in access exclusive mode; perform pg_sleep(1.5); end $$`,
    );
    await expect
      .poll(
        () =>
          slow.closeAsset(id, closure).then(
            () => 'done',
            (error: { code: string }) => error.code,
          ),
        {
          timeout: 5000,
          interval: 1,
        },
      )
      .toBe('retryable');
    await locked;
  });

  it('says refused for a wrong password, and shows neither it nor the address in any error', async () => {
    const wrong = new URL(books.url);
    wrong.password = 'not-the-password';
    const error: unknown = await open(wrong.href)
      .readAsset('1')
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'refused', vendorCode: '28P01' });
    expect(String(error)).not.toMatch(/not-the-password|127\.0\.0\.1/u);
  });

  it('does not know the outcome when the answer to the commit is lost, and finds out by reading back', async () => {
    const { url, stop } = await losingCommits(books.url);
    try {
      const inventory = open(url);
      const id = await idOf('ada-1');
      await expect(inventory.closeAsset(id, closure)).rejects.toMatchObject({ code: 'outcome-unknown' });
      const direct = open(books.url);
      await expect
        .poll(async () => (await direct.readAsset(id))?.state, { timeout: 10_000 })
        .toBe('disposed');
      await direct.closeAsset(id, closure);
      expect(await books.effects()).toHaveLength(1);
    } finally {
      await stop();
    }
  });
});

/** A way to the database that is cut when a write's commit has been passed on. */
async function losingCommits(to: string): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const target = new URL(to);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    let writes = false;
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    near.on('data', (bytes) => {
      const text = bytes.toString('latin1');
      writes ||= text.includes('read write');
      far.write(bytes);
      if (writes && text.includes('commit\0')) near.destroy();
    });
    far.on('data', (bytes) => near.writable && near.write(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(to);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
