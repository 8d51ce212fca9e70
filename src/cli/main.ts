#!/usr/bin/env node
/** The `handback` command. */
import { ConfigError } from '../config/config-error.ts';
import { cliEnvironment } from '../config/cli-environment.ts';
import { askTerminal } from './ask.ts';
import { CliError, reasonOf } from './errors.ts';
import type { Io } from './io.ts';
import { tellParent } from './processes/messages.ts';
import { run } from './program.ts';

const { env } = process;
const isTty = process.stdout.isTTY;
const io: Io = {
  env,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  terminal: {
    isTty,
    colours: isTty && !cliEnvironment(env).noColour,
    columns: process.stdout.columns,
  },
  ask: process.stdin.isTTY && process.stderr.isTTY ? askTerminal : null,
  now: () => new Date(),
};

// A reader that went away (`| head`) is no failure of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const code = await run(process.argv.slice(2), io).catch(async (error: unknown) => {
  io.err(`handback: ${told(error)}\n`);
  await tellParent({ type: 'failed', reason: reasonOf(error) });
  return error instanceof CliError ? error.exitCode : 1;
});
// What a library left open must not keep a finished command waiting; what was written goes out first.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));

/** Expected failures as a sentence; a defect with its stack. */
function told(error: unknown): string {
  if (error instanceof CliError) return error.message;
  if (error instanceof ConfigError)
    return `the configuration does not fit, nothing was started\n${error.message}`;
  if (error instanceof Error && 'server' in error && 'code' in error) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
