/** Runs of the model: how many commands, from which seed, and what must hold at the end of each. */
import { sql } from 'kysely';
import fc from 'fast-check';
import { expect } from 'vitest';
import { testDatabase } from '../../support/postgres/test-database.ts';
import { Book } from './book.ts';
import { ENGINE } from './engine-commands.ts';
import { DECIDING } from './decision-commands.ts';
import { OFFICE } from './people-commands.ts';
import { scenes } from './scene-commands.ts';
import { Town } from './town.ts';
import { WORLD } from './world-commands.ts';

const OUTSIDE = [...WORLD, ...OFFICE, ...DECIDING];

/** Commands of one run, at most. */
const MOST = 200;

export interface ModelRun {
  readonly commands: number;
  readonly seed: number;
  readonly path?: string;
  readonly replay?: string;
  /** Finds a counter-example and leaves it as it is. Default: it is shrunk. */
  readonly shrink?: boolean;
}

export interface ModelResult {
  readonly failed: boolean;
  readonly report: string;
  /** Commands that ran, wipes that the device manager counted, and how often it was asked. */
  readonly ran: number;
  readonly wiped: number;
  readonly asked: number;
}

/** Whatever may happen, in whatever order. */
export function allCommands(replay?: string) {
  const weighted = [...OUTSIDE, ...ENGINE, ...scenes(OUTSIDE)];
  return fc.commands(
    weighted.flatMap(({ weight, arbitrary }) => Array.from({ length: weight }, () => arbitrary)),
    { maxCommands: MOST, size: 'max', ...(replay === undefined ? {} : { replayPath: replay }) },
  );
}

/** Plays commands against the real thing until so many have run. */
export async function playModel({
  commands,
  seed,
  path,
  replay,
  shrink = true,
}: ModelRun): Promise<ModelResult> {
  const sum = { ran: 0, wiped: 0, asked: 0 };
  const all = allCommands(replay);
  const property = fc.asyncProperty(
    fc.constantFrom('policy' as const, 'person' as const),
    all,
    async (approval, script) => {
      if (sum.ran >= commands && path === undefined) return;
      const database = await testDatabase();
      const book = new Book();
      const town = new Town(database.url, book);
      try {
        await town.found(approval);
        await fc.asyncModelRun(() => ({ model: book, real: town }), script);
        expect(await endings(town)).toEqual([]);
      } finally {
        sum.ran += book.ran;
        sum.wiped += town.estate.wiped.length;
        sum.asked += town.estate.asked;
        await town.close();
        await database.drop();
      }
    },
  );
  const details = await fc.check(property, {
    seed,
    numRuns: Math.ceil(commands / 10),
    endOnFailure: !shrink,
    includeErrorInReport: true,
    ...(path === undefined ? {} : { path }),
  });
  return {
    ...sum,
    failed: details.failed,
    report: details.failed ? (fc.defaultReportMessage(details) ?? '') : '',
  };
}

/** What must hold over a whole run: intents and effects, facts and streams. */
async function endings({ db, estate }: Town): Promise<readonly string[]> {
  const troubles: string[] = [];
  const intents = await db
    .selectFrom('intents')
    .select(['id', 'approval_id', 'send_started_at'])
    .where('kind', '=', 'wipe')
    .execute();
  const ids = new Set(intents.map(({ id }) => id));
  for (const wiped of estate.wiped)
    if (!ids.has(wiped.commandId)) troubles.push(`wipe ${wiped.n} has no intent`);
  if (new Set(estate.wiped.map((one) => one.commandId)).size !== estate.wiped.length)
    troubles.push('two wipes of one intent');
  if (new Set(intents.map((one) => one.approval_id)).size !== intents.length)
    troubles.push('two intents of one approval');
  for (const one of intents) if (one.send_started_at === null) troubles.push(`${one.id} was not claimed`);
  const facts = await db.selectFrom('facts').select('key').where('type', '=', 'wipe.intended').execute();
  const told = facts.map(({ key }) => key).toSorted();
  expect(told).toEqual([...ids].map((id) => `wipe.intended:${id}`).toSorted());
  const { rows } = await sql<{ stream: string }>`
    select stream from facts group by stream
    having min(seq) <> 1 or max(seq) <> count(*) or count(distinct seq) <> count(*)
    union all
    select facts.stream from facts join facts before on before.stream = facts.stream and before.seq = facts.seq - 1
    where facts.canonical::json ->> 'prev' is distinct from before.digest`.execute(db);
  return [...troubles, ...rows.map(({ stream }) => `${stream} has a gap or a fork`)];
}
