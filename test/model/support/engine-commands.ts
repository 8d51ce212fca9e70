/** What the engine's own processes do, at whatever moment: judge, act late, act twice, sweep, die; and how time goes by. */
import fc from 'fast-check';
import type { CrashPoint } from '../../../src/activities/context.ts';
import { placeHold } from '../../../src/store/holds.ts';
import { anyCustody, command, custodyAt } from './command.ts';
import type { Weighted } from './command.ts';
import type { Town } from './town.ts';

const SOME = fc.nat(11);
const WORKER = fc.nat(1);

const judges = fc.tuple(SOME, WORKER).map(([n, worker]) =>
  command(
    `worker ${worker} judges custody ${n}`,
    async (town, book) => {
      const custody = custodyAt(book, n);
      if (custody !== null) await town.judge(custody, worker);
    },
    anyCustody,
  ),
);

const acts = fc.tuple(SOME, WORKER).map(([n, worker]) =>
  command(
    `worker ${worker} does what custody ${n} last wanted`,
    async (town, book) => {
      const custody = custodyAt(book, n);
      if (custody !== null) await town.act(custody, worker);
    },
    anyCustody,
  ),
);

const works = fc.tuple(SOME, WORKER).map(([n, worker]) =>
  command(
    `worker ${worker} works on custody ${n}`,
    async (town, book) => {
      const custody = custodyAt(book, n);
      if (custody === null) return;
      await town.judge(custody, worker);
      await town.act(custody, worker);
    },
    anyCustody,
  ),
);

const worksOnAll = WORKER.map((worker) =>
  command(
    `worker ${worker} works on every open custody`,
    async (town, book) => {
      for (const custody of book.custodies.filter(({ open }) => open)) {
        await town.judge(custody, worker);
        await town.act(custody, worker);
      }
    },
    anyCustody,
  ),
);

/** Both workers do everything that is wanted, at the same time. */
const atOnce = fc.constant(null).map(() =>
  command(
    'both workers do everything that is wanted, at once',
    async (town, book) => {
      await Promise.all(
        [0, 1].flatMap((worker) => book.custodies.slice(-4).map((custody) => town.act(custody, worker))),
      );
    },
    anyCustody,
  ),
);

/** A hold that comes while the wipe is being sent: either it is seen, or the wipe was first. */
const heldMeanwhile = SOME.map((n) =>
  command(
    `a hold is placed on custody ${n} while it is worked on`,
    async (town, book) => {
      const custody = custodyAt(book, n);
      if (custody === null) return;
      await town.judge(custody);
      const { deviceId, serial } = custody;
      const hold = { kind: 'legal', personId: null, deviceId, reason: 'a claim', by: 'token:legal' } as const;
      const [id] = await Promise.all([
        town.transact((tx, now) => placeHold(tx, hold, now)),
        town.act(custody, 1),
      ]);
      book.holds.set(id, { id, person: null, serial });
    },
    anyCustody,
  ),
);

/** Any approval that there ever was, under any custody: a stale task, or somebody who talks to the engine directly. */
const stale = fc.tuple(SOME, SOME, WORKER).map(([n, m, worker]) =>
  command(
    `worker ${worker} sends under approval ${m}, for custody ${n}`,
    async (town, book) => {
      const custody = custodyAt(book, n);
      const approvalId = await approvalAt(town, m);
      if (custody !== null && approvalId !== null) await town.order(custody, 'send-wipe', approvalId, worker);
    },
    anyCustody,
  ),
);

/** The latest approval of a custody, whatever has become of it, sent again. */
const again = fc
  .tuple(SOME, fc.constantFrom('send-wipe' as const, 'resolve-wipe' as const), WORKER)
  .map(([n, act, worker]) =>
    command(
      `worker ${worker} does ${act} again for custody ${n}`,
      async (town, book) => {
        const custody = custodyAt(book, n);
        if (custody === null) return;
        const row = await town.db
          .selectFrom('approvals')
          .select('id')
          .where('device_id', '=', custody.deviceId)
          .where('epoch', '=', custody.epoch)
          .orderBy('created_at', 'desc')
          .limit(1)
          .executeTakeFirst();
        if (row !== undefined) await town.order(custody, act, row.id, worker);
      },
      anyCustody,
    ),
  );

async function approvalAt(town: Town, n: number): Promise<string | null> {
  const rows = await town.db.selectFrom('approvals').select('id').orderBy('created_at').execute();
  return rows[n % Math.max(1, rows.length)]?.id ?? null;
}

const sweeps = fc
  .constant(null)
  .map(() => command('pending wipes are swept', (town) => town.sweep(), anyCustody));

const holdSweeps = fc
  .constant(null)
  .map(() => command('the legal department is asked whom it holds', (town) => town.sweepHolds()));

const POINTS = [
  'wipe-claimed',
  'wipe-sent',
  'assess-committing',
  'assess-committed',
  'source-answered',
  'access-cut',
] as const;
const crashes = fc
  .constantFrom<CrashPoint>(...POINTS)
  .map((point) => command(`a process is about to die at ${point}`, (town) => void (town.crashAt = point)));

const waits = fc
  .constantFrom(1, 10, 60, 600, 1_300, 7_200, 90_000)
  .map((seconds) => command(`${seconds} s go by`, (town) => void (town.time += seconds * 1_000)));

const skews = fc
  .tuple(WORKER, fc.integer({ min: -30, max: 30 }))
  .map(([worker, seconds]) =>
    command(`the clock of worker ${worker} is ${seconds} s ahead`, (town) =>
      town.skew(worker, seconds * 1_000),
    ),
  );

export const ENGINE: readonly Weighted[] = [
  { weight: 8, arbitrary: judges },
  { weight: 10, arbitrary: acts },
  { weight: 10, arbitrary: works },
  { weight: 12, arbitrary: worksOnAll },
  { weight: 3, arbitrary: atOnce },
  { weight: 2, arbitrary: heldMeanwhile },
  { weight: 3, arbitrary: stale },
  { weight: 4, arbitrary: again },
  { weight: 3, arbitrary: sweeps },
  { weight: 2, arbitrary: holdSweeps },
  { weight: 3, arbitrary: crashes },
  { weight: 8, arbitrary: waits },
  { weight: 2, arbitrary: skews },
];
