/** `handback evidence export` and `handback evidence verify`. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { CliError, reasonOf } from '../errors.ts';
import type { ApiClient } from '../client/api-client.ts';
import { daysOf, listedPeriod } from '../client/period.ts';
import type { Days } from '../client/period.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { saved } from '../saved-file.ts';
import { wholeNumber } from './arguments.ts';
import { examples } from './examples.ts';
import { session } from './session.ts';

export function addEvidencePackCommands(program: Command, io: Io, done: (code: number) => void): void {
  const group = program
    .command('evidence')
    .description('Packs of evidence that an auditor verifies without us.');
  addExport(group, io);
  addVerify(group, io, done);
}

interface ExportOptions extends GlobalOptions {
  readonly out?: string;
  readonly checkpoint?: string;
  readonly period?: Days;
  readonly timeZone?: string;
  readonly sample?: number;
  readonly seed?: string;
  readonly unfinished?: true;
}

const PLACES: Readonly<Record<string, string>> = { case: 'cases', dev: 'devices', pick: 'pickups' };

function addExport(group: Command, io: Io): void {
  group
    .command('export')
    .argument(
      '[id]',
      'a case (case_…), a device with its whole life (dev_…), a pickup (pick_…), or a period that was asked for before (prd_…)',
    )
    .summary('export a pack of evidence')
    .description(
      'Exports everything that is recorded of a case, a device or a pickup as one zip archive, up to a checkpoint of the ' +
        'ledger that is signed for it. With --period instead, the evidence of a period for an audit: every HR system and ' +
        'identity provider is asked who left in it, a sample of the cases is drawn and travels whole.',
    )
    .option('--period <days>', 'first and last day of a period, such as 2026-01-01..2026-03-31', daysOf)
    .option('--time-zone <name>', 'where its days begin and end, such as Europe/Berlin (default: UTC)')
    .option('--sample <cases>', 'how many cases travel whole (default: 25)', wholeNumber)
    .option('--seed <text>', 'draws the sample; an auditor should bring their own')
    .option('--unfinished', 'go without sources that have not listed their people; the pack says which')
    .option('-o, --out <file>', 'where to write it (default: <id>.zip)')
    .option(
      '--checkpoint <file>',
      'a checkpoint that was kept outside: the pack then proves that the ledger grew out of it',
    )
    .addHelpText(
      'after',
      examples([
        'handback evidence export case_01k… --out pack.zip',
        'handback evidence export pick_01k… --checkpoint kept-in-march.txt',
        'handback evidence export --period 2026-01-01..2026-03-31 --time-zone Europe/Berlin --seed "our word" -o q1.zip',
      ]),
    )
    .action(async (given: string | undefined, _options: object, command: Command) => {
      const options: ExportOptions = command.optsWithGlobals();
      const since = options.checkpoint === undefined ? undefined : await sizeOf(options.checkpoint);
      const { api, show } = session(options, io);
      const { id, path, query } = await subjectOf(given, options, api, io);
      const file = options.out ?? `${id}.zip`;
      const content = await api.download(path, { ...query, since });
      const bytes = await saved(file, content);
      show(
        { id, file, bytes },
        () =>
          `${file}: ${bytes} bytes.\nCheck it with: handback evidence verify ${file} --key <the key for packs>\n`,
      );
    });
}

/** What is exported, and from where. A period is asked for first, unless it was before. @throws CliError */
async function subjectOf(given: string | undefined, options: ExportOptions, api: ApiClient, io: Io) {
  const { period } = options;
  if ((given === undefined) === (period === undefined))
    throw new CliError('either an id or --period is needed', { exitCode: 2 });
  const place = PLACES[given?.split('_')[0] ?? ''];
  if (given !== undefined && place !== undefined)
    return { id: given, path: `/evidence/${place}/${encodeURIComponent(given)}`, query: {} };
  if (given !== undefined && !given.startsWith('prd_'))
    throw new CliError(`${given} is no case, device, pickup or period (case_…, dev_…, pick_…, prd_…)`, {
      exitCode: 2,
    });
  const tell = options.json === true ? () => {} : (line: string) => io.err(`${line}\n`);
  const order = period === undefined ? null : { ...period, ...termsOf(options) };
  const id = await listedPeriod(api, order ?? given ?? '', options.unfinished === true, tell);
  const query = options.unfinished === true ? { unfinished: 'accept' } : {};
  return { id, path: `/evidence/periods/${encodeURIComponent(id)}/pack`, query };
}

function termsOf({ timeZone, sample, seed }: ExportOptions) {
  return {
    ...(timeZone !== undefined && { timeZone }),
    ...(sample !== undefined && { sample }),
    ...(seed !== undefined && { seed }),
  };
}

/** The size that a checkpoint is about: its second line. @throws CliError */
async function sizeOf(path: string): Promise<number> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new CliError(`${path} cannot be read (${reasonOf(error)})`, { exitCode: 2, cause: error });
  });
  const size = /^[^\n]+\n(\d{1,15})\n/u.exec(text)?.[1];
  if (size === undefined) throw new CliError(`${path} is no checkpoint`, { exitCode: 2 });
  return Number(size);
}

function addVerify(group: Command, io: Io, done: (code: number) => void): void {
  group
    .command('verify')
    .argument('<pack>', 'the pack, a zip archive or a directory')
    .summary('check a pack, offline')
    .description(
      'Checks a pack of evidence with nothing but the pack and what you bring: no network, no database, no configuration. ' +
        'Ends with 0 when it is proven under a key of yours, 1 when something is wrong with it, and 3 when nothing is wrong ' +
        'and no key of yours vouches for it.',
    )
    .option(
      '--key <key>',
      'who may have signed: a public key in PEM (P-256 for packs, Ed25519 for the ledger), or a verifier key, as a file or as it is; repeatable',
      collected,
      [],
    )
    .option('--checkpoint <file>', 'a checkpoint that was kept outside; repeatable', collected, [])
    .option('--proof <file>', 'a proof of consistency that is not in the pack; repeatable', collected, [])
    .option(
      '--tsa-ca <file>',
      'certificates (PEM) that vouch for the timestamp authority; repeatable',
      collected,
      [],
    )
    .option('--subject <id>', 'what it is to be about, such as case_01k…')
    .addHelpText(
      'after',
      examples([
        'handback evidence verify pack.zip --key handback-packs.pub.pem',
        'handback evidence verify pack.zip --key packs.pub.pem --key ledger.vkey --checkpoint kept-in-march.txt',
      ]),
    )
    .action(async (path: string, _options: object, command: Command) => {
      const { verifyEvidence } = await import('../local/verify-pack.ts');
      done(await verifyEvidence(path, command.optsWithGlobals(), io));
    });
}

function collected(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
