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
  ask: null,
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
    'approve',
    'backfill',
    'case cancel',
    'case link',
    'case list',
    'case open',
    'case show',
    'deadlines',
    'decisions list',
    'decisions show',
    'demo',
    'device document',
    'device drop-off',
    'device handover',
    'device handover-not-required',
    'device inspected',
    'device lost',
    'device return',
    'device sanitised',
    'device scan',
    'device show',
    'doctor',
    'evidence export',
    'evidence verify',
    'exception link',
    'exception list',
    'exception resolve',
    'exception tickets',
    'hold lift',
    'hold list',
    'hold place',
    'keys list',
    'keys new',
    'keys person new',
    'keys person retire',
    'keys person rotate',
    'keys rotate',
    'kill-switch on',
    'kill-switch status',
    'ledger checkpoint',
    'ledger head',
    'ledger verify',
    'login',
    'logout',
    'migrate',
    'notification list',
    'notification resend',
    'person erase',
    'person show',
    'pickup confirm',
    'pickup count',
    'pickup create',
    'pickup decide',
    'pickup dismiss',
    'pickup handover',
    'pickup import',
    'pickup imports',
    'pickup lines',
    'pickup link',
    'pickup list',
    'pickup mapping list',
    'pickup mapping save',
    'pickup preview',
    'pickup reconciliation',
    'pickup scan',
    'pickup show',
    'pickup sign',
    'pickup staging',
    'pickup unmatched',
    'policy',
    'reconcile assets',
    'reconcile workflows',
    'refuse',
    'request kill-switch-off',
    'request limit-release',
    'request lost',
    'request mismatch',
    'request policy-change',
    'request policy-move',
    'request route',
    'request vendor-sanitises',
    'request waiver',
    'request wipe',
    'sandbox',
    'stuck',
    'up',
    'vendor certify',
    'vendor facility',
    'vendor show',
    'whoami',
    'wipe-limit',
    'withdraw',
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
  [['approve', 'dcn_1'], 'say --yes'],
  [['request', 'wipe', 'dev_1'], "required option '--reason <text>' not specified"],
  [['request', 'route', 'dev_1', 'elsewhere', '--reason', 'x'], 'Allowed choices are dispose, redeploy'],
  [['request', 'route', 'dev_1', 'legal-retention', '--reason', 'x'], 'legal-retention needs --review-at'],
  [
    ['request', 'waiver', 'dev_1', 'discovery', '--until', '2030-01-01T00:00Z', '--reason', 'x'],
    'a device has data-handover, wipe',
  ],
  [['hold', 'place', '--person', 'per_1', '--reason', 'x'], 'exactly one of --legal or --data-handover'],
  [['hold', 'place', '--legal', '--reason', 'x'], 'exactly one of --person or --device'],
  [
    ['device', 'handover', 'dev_1', '--mailbox', 'Ada', '--drive', 'none', '--local-data', 'none'],
    'the id of a person (per_…) or none is expected',
  ],
  [['device', 'inspected', 'dev_1', '--condition', 'good'], "required option '--set-up-screen"],
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
