/** `handback ledger …`: head and checkpoint by the API, verification on the database itself. */
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { fit } from '../client/pages.ts';
import { Checkpoint, LedgerHead } from '../client/shapes.ts';
import type { LedgerVerifyOptions } from '../local/ledger-verify.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { pairs } from '../output/table.ts';
import { localTime } from '../output/time.ts';
import { examples } from './examples.ts';
import { session } from './session.ts';

interface CheckpointOptions extends GlobalOptions {
  readonly out?: string;
}

export function addLedgerCommands(program: Command, io: Io, done: (code: number) => void): void {
  const group = program.command('ledger').description('The log over all facts.');
  group
    .command('head')
    .description("Shows the size and the root of the log's Merkle tree, and how far it is behind.")
    .addHelpText('after', examples(['handback ledger head', 'handback ledger head --json']))
    .action(async (_options: object, command: Command) => ledgerHead(command.optsWithGlobals(), io));

  group
    .command('checkpoint')
    .summary('sign a checkpoint and show it')
    .description(
      'Signs a checkpoint over every fact that is recorded and shows it: a signed note (C2SP tlog-checkpoint). Kept by somebody ' +
        'who cannot write to the database, it shows later whether the ledger was rolled back.',
    )
    .option('-o, --out <file>', 'write it into a file, and its timestamp into <file>.tsr')
    .addHelpText(
      'after',
      examples(['handback ledger checkpoint', 'handback ledger checkpoint --out today.checkpoint']),
    )
    .action(async (_options: object, command: Command) => makeCheckpoint(command.optsWithGlobals(), io));

  group
    .command('verify')
    .summary('check every fact, the tree and all checkpoints')
    .description(
      'Reads the whole ledger from the database (DATABASE_URL, or a running `handback up`), hashes every fact again, and checks ' +
        'chains, tree, nodes and kept checkpoints. With checkpoints that were kept elsewhere it shows whether the ledger was ' +
        'rolled back or written anew; without one it says so. Ends with 1 when anything is wrong.',
    )
    .option('--checkpoint <file>', 'a checkpoint that was kept elsewhere (repeatable)', collect, [])
    .option(
      '--key <verifier>',
      'a verifier key to trust instead of the installation’s own (repeatable)',
      collect,
      [],
    )
    .addHelpText(
      'after',
      examples([
        'handback ledger verify',
        'handback ledger verify --checkpoint /mnt/elsewhere/checkpoint',
        "handback ledger verify --checkpoint c.txt --key 'handback.example.com/ledger+1f2e3d4c+AT…'",
      ]),
    )
    .action(async (_options: object, command: Command) => {
      const { verifyTheLedger } = await import('../local/ledger-verify.ts');
      done(await verifyTheLedger(command.optsWithGlobals<LedgerVerifyOptions>(), io));
    });
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

async function makeCheckpoint(options: CheckpointOptions, io: Io): Promise<void> {
  const { api, show } = session(options, io);
  const path = '/ledger/checkpoint';
  const made = fit(Checkpoint, await api.post(path, {}), path);
  if (options.out !== undefined) {
    await writeFile(options.out, made.note);
    const stamp = `${options.out}.tsr`;
    if (made.timestamp !== null) await writeFile(stamp, Buffer.from(made.timestamp, 'base64'));
    const beside = made.timestamp === null ? '' : `, its timestamp to ${stamp}`;
    io.err(`Written to ${options.out}${beside}: ${made.size} facts.\n`);
  }
  show(made, () => (options.out === undefined ? made.note : ''));
}

async function ledgerHead(options: GlobalOptions, io: Io): Promise<void> {
  const { api, show, paint } = session(options, io);
  const head = fit(LedgerHead, await api.get('/ledger/head'), '/ledger/head');
  show(head, () =>
    pairs(
      [
        ['facts', String(head.size)],
        ['root', head.root],
        ['as of', localTime(head.updatedAt)],
        [
          'not yet in it',
          `${head.pending}${head.pending === 0 ? '' : ` (the oldest for ${Math.round(head.lagSeconds)} s)`}`,
        ],
      ],
      paint,
    ),
  );
}
