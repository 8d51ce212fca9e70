/** `handback keys …`: works on files, without the API. */
import { Option } from 'commander';
import type { Command } from 'commander';
import type { KeysOptions } from '../local/keys.ts';
import type { Io } from '../io.ts';
import { examples } from './examples.ts';

export function addKeyCommands(program: Command, io: Io, done: (code: number) => void): void {
  const group = program
    .command('keys')
    .description('The keys that sign checkpoints (Ed25519) and evidence packs (ECDSA P-256).');
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
}
