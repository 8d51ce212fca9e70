/** Manifest, both scans, receipt and certificate by serial, over several pickups and answers: as properties, on the real store. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importVendorDocuments } from '../../src/activities/pickup.ts';
import type { ReceiptLine } from '../../src/domain/disposition.ts';
import { testDatabase } from '../support/postgres/test-database.ts';
import type { TestDatabase } from '../support/postgres/test-database.ts';
import { SPELLINGS } from '../unit/pickups/support/dock-match.ts';
import { itemsIn, startApi } from './support/api.ts';
import type { TestApi } from './support/api.ts';
import { pickupDesk } from './support/pickups.ts';
import { TestVendor, certificate, contextWith } from './support/vendor.ts';

const RUNS = process.env['HANDBACK_TEST_LONG'] === '1' ? 100 : 6;
let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await testDatabase();
  api = await startApi(database.url, {
    connectors: [{ name: 'itad', kind: 'generic', port: 'disposition', mode: 'enforce' }],
  });
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

const { pickupOf } = pickupDesk(() => api);

/** Which of the lists name a unit; `0` and `1`: in the answer about that pickup, whichever the unit is of. */
interface Named {
  readonly dock: boolean;
  readonly vendor: boolean;
  readonly receipt: 0 | 1 | null;
  readonly certificate: 0 | 1 | 'file' | null;
  /** How it is spelled there. */
  readonly how: number;
  /** How often each list says it. */
  readonly times: 1 | 2;
}

interface World {
  /** Units of each of two pickups. */
  readonly pickups: readonly [readonly Named[], readonly Named[]];
  /** Units that nobody has handed over. */
  readonly foreign: readonly Named[];
  /** Turns every list around. */
  readonly reversed: boolean;
  /** Every answer is read a second time. */
  readonly polledTwice: boolean;
}

const most = (of: boolean) => fc.integer({ min: 0, max: 4 }).map((n) => n > 0 === of);
const named: fc.Arbitrary<Named> = fc.record({
  dock: most(true),
  vendor: most(true),
  receipt: fc.constantFrom(0, 1, 0, 1, null),
  certificate: fc.constantFrom<Named['certificate'][]>(0, 1, 'file', 0, 1, null),
  how: fc.nat({ max: SPELLINGS.length - 1 }),
  times: fc.constantFrom(1, 2),
});
const units = fc.array(named, { minLength: 1, maxLength: 3 });
const world: fc.Arbitrary<World> = fc.record({
  pickups: fc.tuple(units, units),
  foreign: fc.array(named, { maxLength: 2 }),
  reversed: fc.boolean(),
  polledTwice: fc.boolean(),
});

interface Unit extends Named {
  readonly serial: string;
}

let worlds = 0;

/** Plays a world, and says of each pickup which serials all of its lists name, and which they do not. */
async function played({ pickups, foreign, reversed, polledTwice }: World) {
  worlds += 1;
  const of = (list: readonly Named[], letter: string): readonly Unit[] =>
    list.map((one, index) => ({ ...one, serial: `W${worlds}${letter}Q${index}X7` }));
  const ours = [of(pickups[0], 'A'), of(pickups[1], 'B')] as const;
  const strangers = of(foreign, 'F');
  const made = [await pickupOf(...serialsOf(ours[0])), await pickupOf(...serialsOf(ours[1]))] as const;
  const all = [...ours[0], ...ours[1], ...strangers];
  const lines = <T>(list: readonly Unit[], line: (serial: string, unit: Unit) => T): readonly T[] => {
    const said = list.flatMap((unit) =>
      Array.from({ length: unit.times }, () => line(SPELLINGS[unit.how]?.(unit.serial) ?? unit.serial, unit)),
    );
    return reversed ? said.toReversed() : said;
  };
  const vendor = new TestVendor();
  const context = await contextWith(api.db, vendor);
  for (const [index, { pickupId }] of made.entries()) {
    const here = [...(ours[index] ?? []), ...(index === 0 ? strangers : [])];
    const scans = lines(
      here.filter(({ dock }) => dock),
      (serial) => ({ serial }),
    );
    if (scans.length > 0)
      await api.call('POST', `/api/v1/pickups/${pickupId}/scans`, { as: 'dock', body: { scans } });
    vendor.scan = lines(
      here.filter((unit) => unit.vendor),
      (serial) => ({
        pickupId,
        serial,
        model: '',
        scannedAt: '2026-01-01T10:00:00.000Z',
      }),
    );
    // A line names the pickup that it is of, or the one that was asked about.
    vendor.receipt = [
      ...lines(
        all.filter(({ receipt }) => receipt === index),
        (serial) => received(pickupId, serial),
      ),
      received(pickupId, 'N/A'),
    ];
    vendor.certificates = lines(
      all.filter((unit) => unit.certificate === index),
      (serial, unit) => certificate(pickupId, serial, { certificateId: `C-${unit.serial}` }),
    );
    for (let time = 0; time < (polledTwice ? 2 : 1); time += 1)
      for (const what of ['scanned', 'receipt', 'certificates'] as const)
        await importVendorDocuments(context, { connector: 'itad', pickupId, what });
  }
  await sendFile(
    lines(
      all.filter((unit) => unit.certificate === 'file'),
      (serial, unit) => `C-${unit.serial},${serial}`,
    ),
  );
  const told = [await reconciled(made[0].pickupId), await reconciled(made[1].pickupId)];
  return { ours, strangers, told };
}

async function sendFile(lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  const rows = lines.map((line) => `${line},wipe,purge,issued,erased,2026-01-02`);
  const answer = await api.call('POST', '/api/v1/imports?connector=itad&list=certificate', {
    as: 'asset-manager',
    body: ['certificateId,serial,method,level,status,outcome,date', ...rows].join('\n'),
    headers: { 'content-type': 'text/csv' },
  });
  expect(answer.status, answer.text).toBe(201);
}

function serialsOf(list: readonly Unit[]): readonly string[] {
  return list.map(({ serial }) => serial);
}

function received(pickupId: string, serial: string): ReceiptLine {
  const receivedAt = '2026-01-02T10:00:00.000Z';
  return { pickupId, serial, manufacturer: '', model: '', receivedAt, facility: 'Halle', condition: '' };
}

async function reconciled(pickupId: string) {
  const path = `/api/v1/pickups/${pickupId}/reconciliation?limit=100`;
  return itemsIn(await api.call('GET', path, { as: 'viewer' })).map(({ serial, line, agrees }) => ({
    serial: String(serial),
    ours: line !== null,
    agrees,
  }));
}

/** What is right, from the world alone: clean is what every list names. */
function isClean({ dock, vendor, receipt, certificate: certified }: Named): boolean {
  return dock && vendor && receipt !== null && certified !== null;
}

async function holds(given: World, believed: World = given): Promise<void> {
  const { ours, strangers, told } = await played(given);
  const known = new Set(serialsOf(strangers));
  for (const [index, list] of ours.entries()) {
    const rows = told[index] ?? [];
    // Every serial in one verdict, and no unit of the other pickup among them.
    expect(new Set(rows.map(({ serial }) => serial)).size).toBe(rows.length);
    expect(rows.filter((row) => row.ours).map(({ serial, agrees }) => [serial, agrees])).toEqual(
      list.map(({ serial }, place) => [serial, isClean(believed.pickups[index]?.[place] ?? NOWHERE)]),
    );
    for (const row of rows.filter((one) => !one.ours)) {
      expect(row.agrees).toBe(false);
      expect(known.has(row.serial) || row.serial === 'N/A').toBe(true);
    }
  }
}

const NOWHERE: Named = { dock: false, vendor: false, receipt: null, certificate: null, how: 0, times: 1 };
const EVERYWHERE: Named = { ...NOWHERE, dock: true, vendor: true, receipt: 0, certificate: 1 };

test('a unit is clean when every list names it, whichever answer, order, spelling and company it stands in', async () => {
  const property = fc.asyncProperty(world, (given) => holds(given));
  await expect(fc.assert(property, { numRuns: RUNS, endOnFailure: true })).resolves.toBeUndefined();
});

test.each([
  ['our scan', { dock: false }],
  ["the vendor's scan", { vendor: false }],
  ['the receipt', { receipt: null }],
  ['the certificate', { certificate: null }],
] as const)('a line that is lost from %s is seen', async (_list, without) => {
  const clean: World = {
    pickups: [[EVERYWHERE, EVERYWHERE], [EVERYWHERE]],
    foreign: [],
    reversed: false,
    polledTwice: false,
  };
  const lost: World = { ...clean, pickups: [[{ ...EVERYWHERE, ...without }, EVERYWHERE], [EVERYWHERE]] };
  await holds(lost);
  // Who believes that nothing was lost is told so: the property can fail.
  await expect(holds(lost, clean)).rejects.toThrow(/deeply equal/u);
});
