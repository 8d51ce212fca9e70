/** The commands that start processes, and those that work on the installation itself. */
import type { Command } from 'commander';
import type { GlobalOptions, Io } from '../io.ts';
import { addAssetReconciliation } from './asset-reconciliation.ts';
import { examples } from './examples.ts';
import { wholeNumber } from './arguments.ts';

export function addProcessCommands(program: Command, io: Io, done: (code: number) => void): void {
  program
    .command('up')
    .summary('run everything on this machine')
    .description(
      'Runs everything on this machine: PostgreSQL and Temporal (unless DATABASE_URL or TEMPORAL_ADDRESS say where they ' +
        'are), the api and the worker. What ends is started again. SIGTERM or Ctrl-C drains, a second one ends at once. ' +
        'Data is under HANDBACK_DATA (./.handback), readable by its owner only.',
    )
    .option('--temporal-ui', "start Temporal's web UI too (embedded Temporal only)")
    .addHelpText(
      'after',
      examples(['handback up', 'HANDBACK_DATA=/srv/handback handback up -c handback.yaml']),
    )
    .action(async (_options: object, command: Command) => {
      const { up } = await import('../processes/up.ts');
      done(await up(command.optsWithGlobals(), io));
    });

  program
    .command('api')
    .summary('run the API process')
    .description(
      'Takes webhooks and serves the REST interface. Needs DATABASE_URL (or `handback up` running in the same data ' +
        'directory). Any number may run side by side.',
    )
    .option(
      '--temporal-ui <origin>',
      'a Temporal UI that may have payloads decoded, such as http://127.0.0.1:8080',
    )
    .addHelpText('after', examples(['DATABASE_URL=postgres://… handback api -c handback.yaml']))
    .action(async (_options: object, command: Command) => {
      const { apiProcess } = await import('../processes/api.ts');
      done(await apiProcess(command.optsWithGlobals(), io));
    });

  program
    .command('worker')
    .summary('run the worker process')
    .description(
      'Runs workflows, activities, relays and sweeps. Needs DATABASE_URL and TEMPORAL_ADDRESS (or `handback up` running in ' +
        'the same data directory). Any number may run side by side.',
    )
    .addHelpText(
      'after',
      examples(['DATABASE_URL=postgres://… TEMPORAL_ADDRESS=temporal:7233 handback worker']),
    )
    .action(async (_options: object, command: Command) => {
      const { workerProcess } = await import('../processes/worker.ts');
      done(await workerProcess(command.optsWithGlobals(), io));
    });

  addPassedOn(program, io, done);
  addLocal(program, io, done);
}

/** Programs of their own, with options of their own. */
function addPassedOn(program: Command, io: Io, done: (code: number) => void): void {
  const others = [
    {
      name: 'sandbox',
      summary: 'run the vendor simulators',
      description: 'Runs simulators of the vendors on loopback; its options are its own.',
      file: 'sandbox/main.ts',
      shown: ['handback sandbox --help', 'handback sandbox --only okta,graph --log'],
    },
    {
      name: 'demo',
      summary: 'play a month of offboardings against simulated vendors',
      description: 'Plays a month of offboardings against simulated vendors; its options are its own.',
      file: 'demo/main.ts',
      shown: ['handback demo', 'handback demo --keep'],
    },
  ];
  for (const { name, summary, description, file, shown } of others) {
    program
      .command(name)
      .summary(summary)
      .description(description)
      .argument('[options...]', 'options of that program')
      .helpOption(false)
      .allowUnknownOption()
      .addHelpText('after', examples(shown))
      .action(async (options: string[]) => {
        const { passOn, ROOT } = await import('../processes/pass-on.ts');
        done(await passOn(`${ROOT}${file}`, options, io));
      });
  }
}

function addLocal(program: Command, io: Io, done: (code: number) => void): void {
  program
    .command('migrate')
    .summary('bring the database to the newest schema')
    .description(
      'Brings the database to the newest schema. Safe to repeat, and to run from several machines at once.',
    )
    .option('--wait <seconds>', 'wait for a database that does not answer yet', wholeNumber, 0)
    .addHelpText(
      'after',
      examples(['DATABASE_URL=postgres://… handback migrate', 'handback migrate --wait 60']),
    )
    .action(async (_options: object, command: Command) => {
      const { migrate } = await import('../local/migrate.ts');
      done(await migrate(command.optsWithGlobals<GlobalOptions & { wait: number }>(), io));
    });

  program
    .command('doctor')
    .summary('check everything this installation relies on')
    .description(
      'Reaches the database, Temporal and every configured connector, read-only, and lists missing permissions, missing ' +
        'migrations and clocks that differ. What a permission lets somebody change shows only in changing, so that is not tried.',
    )
    .addHelpText('after', examples(['handback doctor -c handback.yaml', 'handback doctor --json']))
    .action(async (_options: object, command: Command) => {
      const { doctor } = await import('../local/doctor.ts');
      done(await doctor(command.optsWithGlobals(), io));
    });

  const reconcile = program
    .command('reconcile')
    .description('Holds against each other what should agree: what runs, and what the books say.');
  addAssetReconciliation(reconcile, io, done);
  reconcile
    .command('workflows')
    .description(
      'Wakes the workflow of every open case, custody and pickup, and starts those that have none: after Temporal lost state ' +
        'or was replaced. Harmless to repeat. Needs a running worker.',
    )
    .addHelpText('after', examples(['handback reconcile workflows']))
    .action(async (_options: object, command: Command) => {
      const { reconcileWorkflows } = await import('../local/reconcile.ts');
      done(await reconcileWorkflows(command.optsWithGlobals(), io));
    });
}
