/** The command line: which commands there are, with their options and help. What they do is in files of their own. */
import { Command, CommanderError } from 'commander';
import { addAccessCommands } from './commands/access.ts';
import { addBackfillCommand } from './commands/backfill.ts';
import { addCaseCommands } from './commands/cases.ts';
import { addDecisionCommands } from './commands/decisions.ts';
import { addDeviceCommands } from './commands/devices.ts';
import { addEvidencePackCommands } from './commands/evidence-packs.ts';
import { addExceptionCommands } from './commands/exceptions.ts';
import { addHoldCommands } from './commands/holds.ts';
import { addInstallationCommands } from './commands/installation.ts';
import { addKeyCommands } from './commands/keys.ts';
import { addLedgerCommands } from './commands/ledger.ts';
import { addLoginCommands } from './commands/login.ts';
import { addNotificationCommands } from './commands/notifications.ts';
import { addPersonCommands } from './commands/people.ts';
import { addPickupCommands } from './commands/pickups.ts';
import { addProcessCommands } from './commands/processes.ts';
import { addRequestCommands } from './commands/requests.ts';
import { addVendorCommands } from './commands/vendors.ts';
import type { Io } from './io.ts';
import { version } from './version.ts';

/** Adds commands to the program. `done` takes the exit code of the one that ran. */
export type AddCommands = (program: Command, io: Io, done: (code: number) => void) => void;

const GROUPS: readonly AddCommands[] = [
  addProcessCommands,
  addCaseCommands,
  addBackfillCommand,
  addDecisionCommands,
  addRequestCommands,
  addExceptionCommands,
  addDeviceCommands,
  addHoldCommands,
  addEvidencePackCommands,
  addInstallationCommands,
  addPersonCommands,
  addPickupCommands,
  addVendorCommands,
  addNotificationCommands,
  addLedgerCommands,
  addKeyCommands,
  addLoginCommands,
  addAccessCommands,
];

/**
 * Runs one command.
 *
 * @param args Without the program's own name.
 * @returns the exit code; 0 only on success.
 * @throws CliError, ConfigError for what a person can mend.
 */
export async function run(args: readonly string[], io: Io): Promise<number> {
  let code = 0;
  const program = createProgram(io, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // The command line was wrong (commander has said how), or help was asked for.
    return error.exitCode === 0 ? 0 : 2;
  }
}

/** The program with all its commands. */
export function createProgram(io: Io, done: (code: number) => void): Command {
  const program = new Command('handback')
    .description(
      'Offboarding that is complete only when every device is proven wiped, returned, handed over and closed.',
    )
    .version(version(), '-V, --version', 'show the version')
    .option('-c, --config <file>', 'configuration file (HANDBACK_CONFIG, handback.yaml)')
    .option('--json', 'one JSON document on standard output instead of text')
    .helpCommand('help [command]', 'show help of a command')
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .showHelpAfterError('(handback --help shows what there is)')
    .exitOverride();
  for (const add of GROUPS) add(program, io, done);
  settle(program, io);
  return program;
}

/** Settings that commander does not hand down to commands that were added whole. */
function settle(command: Command, io: Io): void {
  command.configureOutput({
    writeOut: io.out,
    writeErr: io.err,
    getOutHasColors: () => io.terminal.colours,
    getErrHasColors: () => false,
    outputError: (text, write) => write(text.replace(/^error: /u, 'handback: ')),
  });
  for (const child of command.commands) settle(child, io);
}
