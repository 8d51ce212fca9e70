/** `handback access …`: whose access is revoked. */
import type { Command } from 'commander';
import { fit } from '../client/pages.ts';
import type { ListOptions } from '../client/pages.ts';
import { ActorAccess } from '../client/shapes.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { accessListText } from '../output/access.ts';
import { examples } from './examples.ts';
import { listOptionsOf, session, withListOptions } from './session.ts';

interface ChangeOptions extends GlobalOptions {
  readonly reason: string;
}

const CHANGES = [
  {
    verb: 'revoke',
    description:
      "Revokes somebody's access at once, whatever tokens they have. Do it at the identity provider as well: this is for here and now.",
    done: (actor: string) => `Revoked: ${actor} is refused everything from now on.\n`,
  },
  {
    verb: 'restore',
    description: 'Gives somebody their access back. Nobody does so for themselves.',
    done: (actor: string) => `Restored: ${actor} may again do what their roles allow.\n`,
  },
] as const;

export function addAccessCommands(program: Command, io: Io): void {
  const group = program.command('access').description('Who may use the API, and whose access is revoked.');
  withListOptions(group.command('list'))
    .description('Lists everybody who has used the API, by actor.')
    .option('--revoked', 'only those whose access is revoked')
    .addHelpText('after', examples(['handback access list --all', 'handback access list --revoked --json']))
    .action(async (_options: object, command: Command) => listAccess(command.optsWithGlobals(), io));
  for (const { verb, description, done } of CHANGES) {
    group
      .command(verb)
      .description(description)
      .argument('<actor>', 'as records name it (user:…, token:…); `handback access list` shows who is who')
      .requiredOption('--reason <text>', 'why, in a sentence; kept beside the record')
      .addHelpText('after', examples([`handback access ${verb} user:… --reason 'ticket 4711'`]))
      .action(async (actor: string, _options: object, command: Command) => {
        const options = command.optsWithGlobals<ChangeOptions>();
        const { api, show } = session(options, io);
        const path = actorPath(actor, verb);
        const { reason } = options;
        const answer = fit(ActorAccess, await api.post(path, { reason }), path);
        show(answer, () => done(answer.actor));
      });
  }
  group
    .command('erase')
    .description('Forgets the name behind an actor, for good. Records keep the opaque actor.')
    .argument('<actor>', 'as records name it (user:…)')
    .addHelpText('after', examples(['handback access erase user:…']))
    .action(async (actor: string, _options: object, command: Command) => {
      const { api, show } = session(command.optsWithGlobals(), io);
      const path = actorPath(actor, 'erase');
      const answer = fit(ActorAccess, await api.post(path, {}), path);
      show(answer, () => `Erased: who ${answer.actor} was is not known here any more.\n`);
    });
}

async function listAccess(
  options: GlobalOptions & ListOptions & { readonly revoked?: boolean },
  io: Io,
): Promise<void> {
  const { list, now, paint } = session(options, io);
  await list({
    path: '/actors',
    item: ActorAccess,
    query: { state: options.revoked === true ? 'revoked' : undefined },
    options: listOptionsOf(options),
    text: (items) => accessListText(items, now, paint),
    none: options.revoked === true ? 'Nobody is revoked.' : 'Nobody has used the API.',
  });
}

function actorPath(actor: string, verb: string): string {
  return `/actors/${encodeURIComponent(actor)}/${verb}`;
}
