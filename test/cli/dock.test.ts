/** The commands of the dock, against a real API with a database: from the first scan to the handover. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApi, tokenOf } from '../api/support/api.ts';
import type { TestApi } from '../api/support/api.ts';
import { startLiveDock } from '../api/support/live-dock.ts';
import { pickupDesk } from '../api/support/pickups.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { handback, json } from './support/command.ts';
import type { Ran } from './support/command.ts';

let database: TestDatabase;
let api: TestApi;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'handback-dock-'));
  database = await testDatabase();
  api = await startApi(database.url, {
    connectors: [{ name: 'itad', kind: 'generic', port: 'disposition', mode: 'enforce' }],
  });
});
afterAll(async () => {
  await api.stop();
  await database.drop();
  await rm(directory, { recursive: true, force: true });
});

const { pickupOf } = pickupDesk(() => api);

type Role = Parameters<typeof tokenOf>[0];

function as(role: Role, ...args: readonly string[]): Promise<Ran> {
  return handback(args, { env: { HANDBACK_URL: api.url, HANDBACK_TOKEN: tokenOf(role) } });
}

test('a pickup goes from scan to confirmation on the command line', async () => {
  const { pickupId } = await pickupOf('CLI-01', 'CLI-02', 'CLI-03');
  const file = path.join(directory, 'scans.csv');
  await writeFile(file, 'serial;model\nCLI-01;ThinkPad T14\nCLI-02;Surface\nSTRANGER-1;Surface\n');
  const scanned = await as('dock', 'pickup', 'scan', pickupId, '--file', file);
  expect(scanned.code).toBe(1);
  expect(scanned.out.split('\n').map((line) => line.split('  ')[0])).toEqual([
    'OK',
    'STOP: another model',
    'STOP: not on the manifest',
    '',
  ]);
  expect(scanned.err).toBe('\u0007');
  expect(await as('dock', 'pickup', 'scan', pickupId, 'CLI-01')).toMatchObject({ code: 0, err: '' });

  const counted = await as('dock', 'pickup', 'count', pickupId, 'CLI-01', 'CLI-02');
  expect([counted.code, counted.out]).toEqual([1, expect.stringContaining('CLI03')]);
  const refused = await as('dock', 'pickup', 'confirm', pickupId);
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('pickup-discrepancies')]);

  const open = json(await as('asset-manager', 'exception', 'list', '--pickup', pickupId, '--json'));
  for (const { id, code } of open['items'] as { id: string; code: string }[]) {
    const outcome = code === 'pickup-model-mismatch' ? 'accepted-as-found' : 'held-back';
    const decided = await as(
      'asset-manager',
      'pickup',
      'decide',
      id,
      '--outcome',
      outcome,
      '--reason',
      'looked at it',
    );
    // One decision about a unit settles what scan and count both said of it.
    expect(decided.code === 0 || decided.err.includes('exception-decided')).toBe(true);
  }
  for (const [side, name] of [
    ['ours', 'Dana Dock'],
    ['vendor', 'Lou Lorry'],
  ] as const)
    expect(await as('dock', 'pickup', 'sign', pickupId, '--side', side, '--name', name)).toMatchObject({
      code: 0,
    });
  expect((await as('viewer', 'pickup', 'handover', pickupId)).out).toContain('Lou Lorry');
  expect(await as('dock', 'pickup', 'confirm', pickupId)).toMatchObject({
    code: 0,
    out: `Confirmed ${pickupId}: 2 units leave.\n`,
  });
  const lists = await as('viewer', 'pickup', 'reconciliation', pickupId, '--differing', '--all');
  expect(lists.out).toContain('STRANGER1');
  expect((await as('viewer', 'pickup', 'show', pickupId)).out).toContain('held-back');
});

test('a scanner types line by line, and each line is answered', async () => {
  const { pickupId } = await pickupOf('TYPED-01');
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url)), 'pickup', 'scan', pickupId],
    { env: { ...process.env, HANDBACK_URL: api.url, HANDBACK_TOKEN: tokenOf('dock') } },
  );
  const [out, err] = [text(child.stdout), text(child.stderr)];
  child.stdin.end('TYPED-01\r\n\r\nSOMETHING-ELSE\tSurface\r\n');
  const [code] = (await once(child, 'exit')) as [number];
  expect([code, (await out).split('\n').length, (await err).includes('\u0007')]).toEqual([1, 3, true]);
});

test('what is missed and what is staged, and a vendor with its papers', async () => {
  expect((await as('viewer', 'deadlines')).out).toBe('No deadline was missed.\n');
  expect((await as('dock', 'pickup', 'staging')).out).toContain('CLI03');
  const document = path.join(directory, 'r2.pdf');
  await writeFile(document, '%PDF-1.7');
  const certify = ['vendor', 'certify', 'itad', '--scheme', 'R2v3', '--number', 'C-1'];
  const dates = ['--from', '2026-01-01', '--until', '2099-12-31', '--document', document];
  expect(await as('asset-manager', ...certify, ...dates)).toMatchObject({ code: 0 });
  const facility = [
    'vendor',
    'facility',
    'itad',
    '--name',
    'Plant 1',
    '--address',
    'Road 1',
    '--country',
    'DE',
  ];
  expect(await as('asset-manager', ...facility, '--downstream', 'Smelter, BE, metals')).toMatchObject({
    code: 0,
  });
  const shown = (await as('viewer', 'vendor', 'show', 'itad')).out;
  for (const word of ['R2v3', 'Plant 1', 'Smelter (BE, metals)']) expect(shown).toContain(word);
});

test('what an inventory says of a unit that was scanned before is told under the next line, once, with a bell', async () => {
  const dock = await startLiveDock();
  try {
    await dock.book({ LATER01: { status: 'Lost' }, LATER02: {}, LATER03: {} });
    const { pickupId } = await dock.pickupOf('LATER-01', 'LATER-02', 'LATER-03');
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url)), 'pickup', 'scan', pickupId],
      { env: { ...process.env, HANDBACK_URL: dock.api.url, HANDBACK_TOKEN: tokenOf('dock') } },
    );
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async (): Promise<string> => String((await lines.next()).value);
    const err = text(child.stderr);
    child.stdin.write('LATER01\n');
    expect(await next()).toMatch(/^OK {2}LATER01, line \d, inventory: as of .*, being asked$/u);
    child.stdin.write('LATER02\n');
    expect(await next()).toMatch(/^OK {2}LATER02/u);
    await dock.live();
    child.stdin.write('LATER03\n');
    // It may be told while the answer to the next one is on its way.
    const [told, answered] = [await next(), await next()].toSorted((one) =>
      one.startsWith('STOP') ? -1 : 1,
    );
    expect(answered).toMatch(/^OK {2}LATER03/u);
    expect(told).toMatch(
      /^STOP: the inventory says that it is gone {2}LATER01, scanned before, exception exc_/u,
    );
    child.stdin.end('LATER02\n');
    expect(await next()).toMatch(/^AGAIN {2}LATER02/u);
    const [code] = (await once(child, 'exit')) as [number];
    expect([code, await err]).toEqual([1, '\u0007']);
    const shown = await handback(['pickup', 'show', pickupId], {
      env: { HANDBACK_URL: dock.api.url, HANDBACK_TOKEN: tokenOf('dock') },
    });
    expect(shown.out).toMatch(
      /inventory +asked .* ago, 2 of 3 scanned serials answered; 1 being asked about, 1 not answered/u,
    );
  } finally {
    await dock.stop();
  }
});
