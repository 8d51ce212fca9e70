/** The command line: every command explains itself, and a wrong call is told apart from a failure. */
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { ENGINE_QUEUE } from '../../src/cli/local/engine-queue.ts';
import { createProgram } from '../../src/cli/program.ts';
import { ENGINE_QUEUE as THEIRS } from '../../src/workflows/task-queues.ts';
import { handback } from './support/command.ts';

const io = {
  env: {},
  out: () => {},
  err: () => {},
  terminal: { isTty: false, colours: false, columns: 120 },
  now: () => new Date(),
};

/** Every command that does something, by its words. */
function leaves(command: Command, words: readonly string[] = []): readonly (readonly string[])[] {
  if (command.commands.length === 0) return [words];
  return command.commands.flatMap((each) => leaves(each, [...words, each.name()]));
}

const COMMANDS = leaves(createProgram(io, () => {})).map((words) => words.join(' '));

test('the commands are those that work, and no others', () => {
  expect(COMMANDS.toSorted()).toEqual([
    'access erase',
    'access list',
    'access restore',
    'access revoke',
    'api',
    'case cancel',
    'case list',
    'case open',
    'case show',
    'demo',
    'device scan',
    'device show',
    'doctor',
    'exception list',
    'exception resolve',
    'ledger head',
    'login',
    'logout',
    'migrate',
    'pickup confirm',
    'pickup create',
    'pickup list',
    'pickup scan',
    'pickup show',
    'reconcile workflows',
    'sandbox',
    'stuck',
    'up',
    'whoami',
    'worker',
  ]);
});

describe.each(COMMANDS.filter((name) => !['sandbox', 'demo'].includes(name)))('handback %s', (name) => {
  test('--help describes it with an example, and the options that all commands take', async () => {
    const { code, out, err } = await handback([...name.split(' '), '--help']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(new RegExp(`Examples:\\n(  \\$ .*\\n)*  \\$ .*handback ${name}`, 'u'));
    expect(out).toContain('--json');
    expect(out).toContain('--config <file>');
  });
});

test.each([
  [['nope'], "unknown command 'nope'"],
  [['case', 'show'], "missing required argument 'case'"],
  [['case', 'list', '--state', 'weird'], 'Allowed choices are scheduled, open'],
  [['case', 'list', '--limit', 'many'], 'a whole number is expected'],
  [['case', 'open', '--employee', '1', '--at', '2026-12-31'], 'a time with its zone is expected'],
  [['case', 'open'], 'exactly one of --person, --employee or --email'],
  [['exception', 'resolve', 'exc_1', '--outcome', 'x'], "required option '--reason <text>' not specified"],
])('a wrong call (%j) ends with exit code 2 and says what is wrong', async (args, said) => {
  const { code, out, err } = await handback(args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(/^handback: /u);
  expect(err).toContain(said);
});

test('the queue that commands look at is the one that workers serve', () => {
  expect(ENGINE_QUEUE).toBe(THEIRS);
});
