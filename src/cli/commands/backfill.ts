/** `handback backfill`. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import { fit } from '../client/pages.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { dayOrTime } from './arguments.ts';
import { examples } from './examples.ts';
import { session } from './session.ts';

const Backfill = z.object({
  id: z.string(),
  since: z.string(),
  finished: z.boolean(),
  parts: z.array(
    z.object({
      connector: z.string(),
      accounts: z.number(),
      leavers: z.number(),
      opened: z.number(),
      unclear: z.number(),
      finishedAt: z.string().nullable(),
    }),
  ),
});
type Backfill = z.infer<typeof Backfill>;

interface BackfillOptions extends GlobalOptions {
  readonly since: string;
  readonly wait: boolean;
}

const PAUSE_MS = 1_000;

export function addBackfillCommand(program: Command, io: Io): void {
  program
    .command('backfill')
    .description('Finds who left since a date and still holds devices, and opens their cases.')
    .requiredOption('--since <date>', 'who left since then, such as 2026-06-01', dayOrTime)
    .option('--no-wait', 'do not wait for its end')
    .addHelpText(
      'after',
      `\nClocks run from today, and no wipe goes out without the approval of two people.\n${examples([
        'handback backfill --since 2026-06-01',
        'handback backfill --since 2026-06-01 --no-wait --json',
      ])}`,
    )
    .action(async (_options: object, command: Command) => backfill(command.optsWithGlobals(), io));
}

async function backfill(options: BackfillOptions, io: Io): Promise<void> {
  const { api, show } = session(options, io);
  const { since } = options;
  let run = fit(Backfill, await api.post('/backfills', { since }), '/backfills');
  let told = '';
  while (options.wait && !run.finished) {
    await sleep(PAUSE_MS);
    const path = `/backfills/${run.id}`;
    run = fit(Backfill, await api.get(path), path);
    const line = progress(run);
    if (options.json !== true && line !== told) io.err(`${line}\n`);
    told = line;
  }
  show(run, () => `${run.finished ? 'Done' : 'Under way'} (${run.id}): ${progress(run)}\n`);
}

function progress({ parts }: Backfill): string {
  const total = (pick: (part: Backfill['parts'][number]) => number) =>
    parts.reduce((sum, part) => sum + pick(part), 0);
  const unclear = total((part) => part.unclear);
  return [
    `${total((part) => part.accounts)} accounts looked at`,
    `${total((part) => part.leavers)} gone since then`,
    `${total((part) => part.opened)} cases opened`,
    ...(unclear === 0 ? [] : [`${unclear} unclear`]),
  ].join(', ');
}
