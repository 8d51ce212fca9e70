/** The commands for packs, the ledger and vendors' files, from the terminal to the verdict and back, beside what doctor says. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkLedger } from '../../src/cli/local/doctor/ledger.ts';
import { ConfigSchema } from '../../src/config/schema.ts';
import { createKeyFile } from '../../src/ledger/key-files.ts';
import { loadKeyRing } from '../../src/ledger/key-ring.ts';
import { timestampAuthority } from '../../src/outside/timestamp-authority.ts';
import { startApi, tokenOf } from '../api/support/api.ts';
import type { TestApi } from '../api/support/api.ts';
import { pickupDesk } from '../api/support/pickups.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { authorityServer, localAuthority } from '../support/timestamps/authority.ts';
import type { LocalAuthority } from '../support/timestamps/authority.ts';
import { handback, json } from './support/command.ts';

let place: string;
let database: TestDatabase;
let api: TestApi;
let authority: LocalAuthority;
let http: Awaited<ReturnType<typeof authorityServer>>;
let packKey: string;
let ids: { readonly caseId: string; readonly pickupId: string };
const desk = pickupDesk(() => api);

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'handback-cli-evidence-'));
  await writeFile(join(place, 'handback.yaml'), 'connectors: {}\n');
  database = await testDatabase();
  authority = await localAuthority();
  http = await authorityServer(authority);
  const directory = join(place, 'keys');
  createKeyFile(directory, 'checkpoints', new Date());
  packKey = createKeyFile(directory, 'packs', new Date()).publicPath;
  const timestamps = { url: http.url, caFile: authority.rootFile };
  api = await startApi(database.url, {
    connectors: [{ name: 'itad', kind: 'itad-generic', port: 'disposition', mode: 'enforce' }],
    keys: loadKeyRing({ directory, given: {}, retired: [], overlapMs: 0 }, new Date()),
    stampAuthority: timestampAuthority(timestamps),
  });
  const made = await desk.pickupOf('PF2ABC01');
  await desk.scan(made.pickupId, 'PF2ABC01');
  await desk.confirm(made.pickupId);
  ids = { caseId: made.caseId, pickupId: made.pickupId };
}, 120_000);
afterAll(async () => {
  http.close();
  await authority.remove();
  await api.stop();
  await database.drop();
  await rm(place, { recursive: true, force: true });
});

/** As the auditor, or whoever else; local commands find the database and the keys in the environment. */
function as(who: Parameters<typeof tokenOf>[0], ...args: readonly string[]) {
  const env = {
    DATABASE_URL: database.url,
    HANDBACK_DATA: place,
    HANDBACK_CONFIG: join(place, 'handback.yaml'),
  };
  return handback(args, { env: { ...env, HANDBACK_URL: api.url, HANDBACK_TOKEN: tokenOf(who) } });
}

describe('handback evidence', () => {
  test('exports a pack that its own verifier proves, with the timestamp, and without a key does not', async () => {
    const file = join(place, 'case.zip');
    const exported = await as('auditor', 'evidence', 'export', ids.caseId, '--out', file);
    expect(exported.out).toContain(`${file}: `);
    const held = ['--key', packKey, '--subject', ids.caseId, '--tsa-ca', authority.rootFile];
    const proven = await handback(['evidence', 'verify', file, ...held]);
    expect([proven.code, proven.err]).toEqual([0, '']);
    expect(proven.out).toMatch(/timestamp +ok +20\d\d-/u);
    const unproven = await handback(['evidence', 'verify', file, '--json']);
    expect([unproven.code, json(unproven)['verdict']]).toEqual([3, 'unproven']);
    const other = await handback(['evidence', 'verify', file, '--key', packKey, '--subject', ids.pickupId]);
    expect([other.code, other.out]).toEqual([1, expect.stringContaining('Refuted')]);
    const bad = await handback(['evidence', 'verify', file, '--tsa-ca', packKey]);
    expect([bad.code, bad.err]).toEqual([2, expect.stringContaining('no certificate')]);
  });

  test('says what is no subject, what is not there, and what cannot be read', async () => {
    expect((await as('auditor', 'evidence', 'export', 'ticket_1')).code).toBe(2);
    const none = await as(
      'auditor',
      'evidence',
      'export',
      'case_01jzzzzzzzfzzzzzzzzzzzzzzz',
      '--out',
      join(place, 'x'),
    );
    expect([none.code, none.err]).toEqual([1, expect.stringContaining('not-found')]);
    expect((await handback(['evidence', 'verify', join(place, 'nothing.zip')])).code).toBe(1);
  });
});

describe('handback ledger', () => {
  test('signs a checkpoint into a file with its timestamp beside it, and verifies against it', async () => {
    const file = join(place, 'today.checkpoint');
    const made = await as('admin', 'ledger', 'checkpoint', '--out', file);
    expect([made.code, made.err]).toEqual([0, expect.stringContaining(`its timestamp to ${file}.tsr`)]);
    const verify = ['ts', '-verify', '-in', `${file}.tsr`, '-data', file, '-CAfile', authority.rootFile];
    expect(await authority.openssl(...verify)).toContain('Verification: OK');
    const verified = await as('admin', 'ledger', 'verify', '--checkpoint', file);
    expect([verified.code, verified.out]).toEqual([0, expect.stringContaining('Everything holds.')]);
  });

  test('finds that a checkpoint from outside is of more than is there', async () => {
    const file = join(place, 'forged.checkpoint');
    const [origin, size, ...rest] = (await readFile(join(place, 'today.checkpoint'), 'utf8')).split('\n');
    await writeFile(file, [origin, Number(size) + 1, ...rest].join('\n'));
    const verified = await as('admin', 'ledger', 'verify', '--checkpoint', file);
    expect([verified.code, verified.out]).toEqual([1, expect.stringContaining('outside-signature')]);
  });
});

describe('handback pickup import', () => {
  test('takes a file in once, shows it, and says so the second time', async () => {
    const file = join(place, 'receipt.csv');
    const received = new Date().toISOString();
    const line = `${ids.pickupId},PF2ABC01,Lenovo,T14,${received},Hall 1,used`;
    await writeFile(file, `pickupId,serial,manufacturer,model,receivedAt,facility,condition\n${line}\n`);
    const take = ['pickup', 'import', 'itad', 'receipt', file, '--mapping', 'published'];
    const taken = await as('asset-manager', ...take);
    expect([taken.code, taken.err]).toEqual([0, '']);
    const [first] = json(await as('viewer', 'pickup', 'imports', '--json'))['items'] as { id: string }[];
    expect(taken.out).toContain(first?.id);
    const again = await as('asset-manager', ...take, '--json');
    expect(json(again)).toMatchObject({ id: first?.id });
    expect((await as('viewer', ...take)).code).toBe(1);
  });
});

describe('handback doctor, of the ledger', () => {
  const standings = async (ledger: object) => {
    const parsed = ConfigSchema.parse({ ledger });
    const config = {
      ...parsed,
      connectors: [],
      dataDir: place,
      database: { ...parsed.database, url: database.url },
    };
    const found = await checkLedger(config, new Date());
    return Object.fromEntries(found.map(({ name, standing }) => [name, standing]));
  };

  test('keys that are there are well, checkpoints that go nowhere are a warning', async () => {
    expect(await standings({})).toEqual({ 'signing keys': 'ok', 'checkpoints outside': 'warning' });
    const nowhere = { keys: { directory: join(place, 'no-keys') } };
    expect(await standings(nowhere)).toMatchObject({ 'signing keys': 'warning' });
  });

  test('an authority that stamps is well; one that is away, or is a stranger, has failed', async () => {
    const timestamps = { url: http.url, caFile: authority.rootFile };
    expect(await standings({ timestamps })).toMatchObject({ timestamps: 'ok' });
    expect(await standings({ timestamps: { url: 'http://127.0.0.1:9' } })).toMatchObject({
      timestamps: 'failed',
    });
    const stranger = await localAuthority();
    expect(await standings({ timestamps: { ...timestamps, caFile: stranger.rootFile } })).toMatchObject({
      timestamps: 'failed',
    });
    await stranger.remove();
  });

  test('a place outside has what it was given, or has not yet', async () => {
    const publish = { directories: [join(place, 'outside')] };
    expect(await standings({ publish })).toMatchObject({
      [`checkpoints outside: directory:${join(place, 'outside')}`]: 'warning',
    });
  });
});
