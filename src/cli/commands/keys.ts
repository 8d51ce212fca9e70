/** `handback keys …`: works on files, without the API. */
import { Option } from 'commander';
import type { Command } from 'commander';
import type { KeysOptions } from '../local/keys.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { examples } from './examples.ts';

const PERSON = [
  [
    'new',
    'make the key file of personal data',
    'Makes the key file, for its owner only: the key that wraps the keys of people, and the one of the commitments that people are found by. Give the same file to every api and worker, and keep it apart from the backups of the database.',
  ],
  [
    'rotate',
    'put a new wrapping key first',
    'Puts a new wrapping key first. Restart api and worker: a worker wraps the keys of all people anew when it starts. The older keys stay in the file for backups, until `handback keys person retire`.',
  ],
  [
    'retire',
    'forget the older wrapping keys',
    'Forgets every wrapping key but the one in use. Backups from before the rotation cannot be opened any more: this is what takes an erased person out of them. Refused while the database has keys that an older one wrapped.',
  ],
] as const;

function addPersonKeyCommands(keys: Command, io: Io, done: (code: number) => void): void {
  const group = keys.command('person').description('The keys of personal data (docs/personal-data.md).');
  for (const [verb, summary, description] of PERSON)
    group
      .command(verb)
      .summary(summary)
      .description(description)
      .addHelpText('after', examples([`handback keys person ${verb}`]))
      .action(async (_options: object, command: Command) => {
        const { changePersonKeys } = await import('../local/change-person-keys.ts');
        done(await changePersonKeys(verb, command.optsWithGlobals<GlobalOptions>(), io));
      });
}

export function addKeyCommands(program: Command, io: Io, done: (code: number) => void): void {
  const group = program
    .command('keys')
    .description(
      'The keys that sign checkpoints (Ed25519) and evidence packs (ECDSA P-256), and those of personal data.',
    );
  const purpose = () => new Option('--purpose <purpose>', 'only of these').choices(['checkpoints', 'packs']);

  group
    .command('new')
    .summary('make the keys of an installation')
    .description(
      'Makes the keys that are not there yet, in `keys` under the data directory (ledger.keys.directory): private parts for ' +
        'their owner only. Give the public parts to whoever will check.',
    )
    .addOption(purpose())
    .addHelpText('after', examples(['handback keys new', 'handback keys new --purpose packs']))
    .action(async (_options: object, command: Command) => {
      const { newKeys } = await import('../local/keys.ts');
      done(await newKeys(command.optsWithGlobals<KeysOptions>(), io));
    });

  group
    .command('list')
    .summary('show the keys, and which of them sign')
    .description(
      'Shows the keys in files, newest first: which sign, and which only check what they signed before.',
    )
    .addOption(purpose())
    .addHelpText('after', examples(['handback keys list', 'handback keys list --json']))
    .action(async (_options: object, command: Command) => {
      const { listKeys } = await import('../local/keys.ts');
      done(await listKeys(command.optsWithGlobals<KeysOptions>(), io));
    });

  group
    .command('rotate')
    .summary('make new keys and let the old ones run out')
    .description(
      'Makes a new key for each purpose. The key before goes on signing checkpoints beside it for ledger.keys.overlap (30d), ' +
        'so that whoever knows only the old one can still check; afterwards the next rotation deletes its private part. Its public ' +
        'part stays for ever. Restart api and worker to have the new key used.',
    )
    .addOption(purpose())
    .addHelpText('after', examples(['handback keys rotate', 'handback keys rotate --purpose checkpoints']))
    .action(async (_options: object, command: Command) => {
      const { rotateKeys } = await import('../local/keys.ts');
      done(await rotateKeys(command.optsWithGlobals<KeysOptions>(), io));
    });
  addPersonKeyCommands(group, io, done);
}
