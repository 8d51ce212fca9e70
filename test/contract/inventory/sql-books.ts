/** A company's own asset database for the suite: in a schema of its own, its connector a user with no more rights than needed. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { z } from 'zod';
import type { CompanyInput } from '../../../sandbox/core/company.ts';
import type { Effect } from '../../../sandbox/core/effects.ts';
import { testDatabase } from '../../support/postgres/test-database.ts';
import type { VendorSandbox } from '../support/sandbox.ts';
import { until } from '../support/hooks.ts';

const SCHEMA = `
create schema books;
create table books."Assets" (
  id integer primary key generated always as identity,
  key text not null,
  serial_no text,
  status text not null check (status in ('IN_USE', 'STOCK', 'GONE', 'LOST', 'LEASE_END', 'SOLD', 'FOUND', 'KEPT', 'CAGE')),
  person_no text,
  person_mail text,
  "Certificate" text,
  gone_on date,
  outcome text,
  written_off boolean not null default false,
  maker text,
  model text,
  tag text,
  platform text,
  owner text,
  removed_at timestamptz
);
create table books.licences (id integer primary key generated always as identity, asset integer not null, released_on date);
create table books.log (n integer generated always as identity, target integer, kind text, params jsonb);
create function books.note() returns trigger language plpgsql security definer as $$
begin
  if session_user like 'connector_%' then
    insert into books.log (target, kind, params) values (new.id, 'update', jsonb_build_object('from', old.person_no, 'to', new.person_no));
  end if;
  return new;
end $$;
create trigger note after update on books."Assets" for each row execute function books.note();
create function books.note_release() returns trigger language plpgsql security definer as $$
begin
  if session_user like 'connector_%' then
    insert into books.log (target, kind, params) values (new.asset, 'release', jsonb_build_object('licence', new.id));
  end if;
  return new;
end $$;
create trigger note after update on books.licences for each row execute function books.note_release();
`;

/** Of `behaviour.inventory` in the company document: how many licences are allocated to it. */
const Books = z.object({ licences: z.int().default(0) });

/** What a closure writes. */
const WRITTEN = 'status, person_no, person_mail, "Certificate", gone_on, outcome, written_off';

const CHANGE = ['holder', 'serial', 'disposed', 'removed'] as const;
type Change = Readonly<Partial<Record<(typeof CHANGE)[number], string | boolean | null>>>;

export interface SqlBooks extends VendorSandbox {
  /** As the company's own administrator. */
  query(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  /** Somebody else's hand; `soon`: committed when the connector waits for the row that it has just read. */
  change(key: string, change: Change, soon?: boolean): Promise<void>;
}

export async function startSqlBooks(): Promise<SqlBooks> {
  const database = await testDatabase();
  const user = `connector_${randomBytes(4).toString('hex')}`;
  const admin = new pg.Pool({ connectionString: database.url, max: 3 });
  admin.on('error', () => undefined);
  await admin.query(SCHEMA);
  await admin.query(`
    create role ${user} login password 'books';
    grant usage on schema books to ${user};
    grant select on books."Assets", books.licences to ${user};
    grant update (${WRITTEN}) on books."Assets" to ${user};
    grant update (released_on) on books.licences to ${user};`);
  const url = new URL(database.url);
  [url.username, url.password] = [user, 'books'];
  const hands: Promise<unknown>[] = [];
  let people = new Map<string, { readonly number: string; readonly mail: string }>();

  async function seed({ people: persons = [], devices = [] }: CompanyInput): Promise<void> {
    people = new Map(persons.map((each) => [each.key, { number: each.externalId, mail: each.workEmail }]));
    for (const device of devices) {
      const holder = people.get(device.assignedTo ?? '');
      const { rows } = await admin.query<{ id: number }>(
        `insert into books."Assets" (key, serial_no, status, person_no, person_mail, maker, model, tag, platform, owner)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id`,
        [
          device.key,
          device.serial,
          holder === undefined ? 'STOCK' : 'IN_USE',
          holder?.number ?? null,
          holder?.mail ?? null,
          device.manufacturer,
          device.model,
          device.assetTag ?? null,
          device.platform === 'windows' ? 'PC' : device.platform,
          device.ownership === 'personal' ? 'employee' : 'company',
        ],
      );
      for (let count = 0; count < Books.parse(device.behaviour?.['inventory'] ?? {}).licences; count += 1)
        await admin.query('insert into books.licences (asset) values ($1)', [rows[0]?.id]);
    }
  }

  function assignments({ holder, serial, disposed, removed }: Change): Record<string, unknown> {
    const person = typeof holder === 'string' ? people.get(holder) : undefined;
    return {
      ...(holder !== undefined && { person_no: person?.number ?? null, person_mail: person?.mail ?? null }),
      ...(person !== undefined && { status: 'IN_USE' }),
      ...(serial !== undefined && { serial_no: serial }),
      ...(disposed !== undefined && { status: disposed === true ? 'GONE' : 'STOCK' }),
      ...(removed === true && { removed_at: '2026-01-01T00:00:00Z' }),
    };
  }

  async function change(key: string, wanted: Change, soon = false): Promise<void> {
    const columns = Object.entries(assignments(wanted));
    const set = columns.map(([column], place) => `${column} = $${place + 2}`).join(', ');
    const hand = await admin.connect();
    await hand.query('begin');
    await hand.query(`update books."Assets" set ${set} where key = $1 or id::text = $1`, [
      key,
      ...columns.map(([, value]) => value),
    ]);
    const done = async (): Promise<void> => {
      await hand.query('commit');
      hand.release();
    };
    if (!soon) return done();
    hands.push(until(async () => ((await waiting()) ? done().then(() => true) : undefined)));
  }

  async function waiting(): Promise<boolean> {
    const { rowCount } = await admin.query(
      `select from pg_stat_activity where usename = $1 and wait_event_type = 'Lock'`,
      [user],
    );
    return (rowCount ?? 0) > 0;
  }

  async function effects(kind?: string): Promise<readonly Effect[]> {
    const { rows } = await admin.query<{ n: number; target: number; kind: string; params: object }>(
      'select * from books.log order by n',
    );
    return rows
      .filter((row) => kind === undefined || row.kind === kind)
      .map((row) => ({
        n: row.n,
        at: '',
        instance: 'sql',
        kind: row.kind,
        target: String(row.target),
        key: null,
        params: { ...row.params },
        request: { method: 'UPDATE', path: 'Assets' },
      }));
  }

  const noHttp = () => Promise.reject(new Error('a database has no such interface'));
  return {
    url: url.href,
    seed,
    effects,
    change,
    query: async (text, values = []) => (await admin.query(text, [...values])).rows,
    async reset() {
      await Promise.all(hands.splice(0));
      await admin.query('truncate books."Assets", books.licences, books.log restart identity');
    },
    async stop() {
      await Promise.all(hands);
      await admin.end();
      await database.drop();
    },
    fault: noHttp,
    act: noHttp,
    look: noHttp,
    requests: () => [],
  };
}
