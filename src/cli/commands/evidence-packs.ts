/** `handback evidence export` and `handback evidence verify`. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { CliError, reasonOf } from '../errors.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { saved } from '../saved-file.ts';
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
}

const PLACES: Readonly<Record<string, string>> = { case: 'cases', dev: 'devices', pick: 'pickups' };

function addExport(group: Command, io: Io): void {
  group
    .command('export')
    .argument('<id>', 'a case (case_…), a device with its whole life (dev_…), or a pickup (pick_…)')
    .summary('export a pack of evidence')
    .description(
      'Exports everything that is recorded of a case, a device or a pickup as one zip archive, up to a checkpoint of the ' +
        'ledger that is signed for it.',
    )
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
      ]),
    )
    .action(async (id: string, _options: object, command: Command) => {
      const options: ExportOptions = command.optsWithGlobals();
      const place = PLACES[id.split('_')[0] ?? ''];
      if (place === undefined)
        throw new CliError(`${id} is no case, device or pickup (case_…, dev_…, pick_…)`, { exitCode: 2 });
      const since = options.checkpoint === undefined ? undefined : await sizeOf(options.checkpoint);
      const { api, show } = session(options, io);
      const file = options.out ?? `${id}.zip`;
      const content = await api.download(`/evidence/${place}/${encodeURIComponent(id)}`, { since });
      const bytes = await saved(file, content);
      show(
        { id, file, bytes },
        () =>
          `${file}: ${bytes} bytes.\nCheck it with: handback evidence verify ${file} --key <the key for packs>\n`,
      );
    });
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
