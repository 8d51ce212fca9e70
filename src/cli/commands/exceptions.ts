/** `handback exception …`. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { fit } from '../client/pages.ts';
import type { ListOptions } from '../client/pages.ts';
import { Exception } from '../client/shapes.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { exceptionListText } from '../output/cases.ts';
import { examples } from './examples.ts';
import { listOptionsOf, session, withListOptions } from './session.ts';
import { addLinkCommand, addTicketsCommand } from './tickets.ts';

interface ExceptionListOptions extends GlobalOptions, ListOptions {
  readonly state: string;
  readonly owner?: string;
  readonly code?: string;
  readonly case?: string;
  readonly device?: string;
  readonly pickup?: string;
}

interface ResolveOptions extends GlobalOptions {
  readonly outcome: string;
  readonly reason: string;
}

export function addExceptionCommands(program: Command, io: Io): void {
  const group = program.command('exception').description('What does not add up, and how it was decided.');
  withListOptions(group.command('list'))
    .description('Lists exceptions, oldest first.')
    .addOption(new Option('--state <state>', 'which').choices(['open', 'resolved', 'all']).default('open'))
    .option('--owner <role>', 'only those of this role')
    .option('--code <code>', 'only those of this kind')
    .option('--case <id>', 'only those of this case (case_…)')
    .option('--device <id>', 'only those of this device (dev_…)')
    .option('--pickup <id>', 'only those of this pickup (pick_…)')
    .addHelpText(
      'after',
      examples([
        'handback exception list --owner operator',
        'handback exception list --state all --all --json',
      ]),
    )
    .action(async (_options: object, command: Command) => listExceptions(command.optsWithGlobals(), io));

  group
    .command('resolve')
    .description('Decides an exception; whatever waited for it goes on.')
    .argument('<exception>', 'id of the exception (exc_…)')
    .requiredOption('--outcome <token>', 'what was decided, such as retry or accepted')
    .requiredOption('--reason <text>', 'why, in a sentence; kept beside the record')
    .addHelpText(
      'after',
      examples([
        "handback exception resolve exc_01k… --outcome accepted --reason 'board was swapped, ticket 4711'",
      ]),
    )
    .action(async (id: string, _options: object, command: Command) =>
      resolve(id, command.optsWithGlobals(), io),
    );

  addLinkCommand(group, 'exception', io);
  addTicketsCommand(group, io);
}

async function listExceptions(options: ExceptionListOptions, io: Io): Promise<void> {
  const { list, now, paint } = session(options, io);
  const { state, owner, code } = options;
  await list({
    path: '/exceptions',
    item: Exception,
    query: { state, owner, code, caseId: options.case, deviceId: options.device, pickupId: options.pickup },
    options: listOptionsOf(options),
    text: (items) => exceptionListText(items, now, paint),
    none: state === 'open' ? 'No open exceptions.' : 'No exceptions.',
  });
}

async function resolve(id: string, options: ResolveOptions, io: Io): Promise<void> {
  const { api, show } = session(options, io);
  const path = `/exceptions/${encodeURIComponent(id)}/resolve`;
  const { outcome, reason } = options;
  const answer = fit(Exception, await api.post(path, { outcome, reason }), path);
  show(answer, () => `Resolved ${answer.id} (${answer.code}): ${answer.outcome ?? outcome}.\n`);
}
