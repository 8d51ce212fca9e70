/** `handback hold …`. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { Hold } from '../client/decision-shapes.ts';
import { fit } from '../client/pages.ts';
import type { ListOptions } from '../client/pages.ts';
import { CliError } from '../errors.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { holdListText } from '../output/installation.ts';
import { examples } from './examples.ts';
import { listOptionsOf, session, withListOptions } from './session.ts';

interface HoldListOptions extends GlobalOptions, ListOptions {
  readonly state: string;
  readonly person?: string;
  readonly device?: string;
}

interface PlaceOptions extends GlobalOptions {
  readonly legal?: boolean;
  readonly dataHandover?: boolean;
  readonly person?: string;
  readonly device?: string;
  readonly reason: string;
}

interface LiftOptions extends GlobalOptions {
  readonly reason: string;
}

export function addHoldCommands(program: Command, io: Io): void {
  const group = program
    .command('hold')
    .description('Holds: they pause the wipe and what the vendor destroys, and never the access cut.');
  withListOptions(group.command('list'))
    .description('Lists holds, oldest first.')
    .addOption(
      new Option('--state <state>', 'which').choices(['in-force', 'lifted', 'all']).default('in-force'),
    )
    .option('--person <id>', 'only those on this person (per_…)')
    .option('--device <id>', 'only those on this device (dev_…)')
    .addHelpText(
      'after',
      examples(['handback hold list', 'handback hold list --person per_01k… --state all']),
    )
    .action(async (_options: object, command: Command) => listHolds(command.optsWithGlobals(), io));

  group
    .command('place')
    .description(
      'Places a hold on a person, also before they leave, or on one device. A wipe that is on its way is called back where the ' +
        'device manager can.',
    )
    .option('--legal', 'a legal hold; the role legal places and lifts it')
    .option('--data-handover', 'until the data is taken over')
    .option('--person <id>', 'on this person, with every device they hold (per_…)')
    .option('--device <id>', 'on this device (dev_…)')
    .requiredOption('--reason <text>', 'why, in a sentence; kept beside the record')
    .addHelpText(
      'after',
      examples([
        "handback hold place --legal --person per_01k… --reason 'matter 12'",
        "handback hold place --data-handover --device dev_01k… --reason 'drawings not copied yet'",
      ]),
    )
    .action(async (_options: object, command: Command) => placeHold(command.optsWithGlobals(), io));

  group
    .command('lift')
    .description('Lifts a hold; what it paused goes on.')
    .argument('<hold>', 'id of the hold (hold_…)')
    .requiredOption('--reason <text>', 'why, in a sentence; kept beside the record')
    .addHelpText('after', examples(["handback hold lift hold_01k… --reason 'matter 12 is settled'"]))
    .action(async (id: string, _options: object, command: Command) =>
      liftHold(id, command.optsWithGlobals(), io),
    );
}

async function listHolds(options: HoldListOptions, io: Io): Promise<void> {
  const { list, paint } = session(options, io);
  const { state, person: personId, device: deviceId } = options;
  await list({
    path: '/holds',
    item: Hold,
    query: { state, personId, deviceId },
    options: listOptionsOf(options),
    text: (items) => holdListText(items, paint),
    none: state === 'in-force' ? 'No holds in force.' : 'No holds.',
  });
}

async function placeHold(options: PlaceOptions, io: Io): Promise<void> {
  const { legal, dataHandover, person: personId, device: deviceId, reason } = options;
  if ((legal === true) === (dataHandover === true))
    throw new CliError('say which hold with exactly one of --legal or --data-handover', { exitCode: 2 });
  if ((personId === undefined) === (deviceId === undefined))
    throw new CliError('say on whom with exactly one of --person or --device', { exitCode: 2 });
  const { api, show } = session(options, io);
  const path = `/holds/${legal === true ? 'legal' : 'data-handover'}`;
  const hold = fit(Hold, await api.post(path, { personId, deviceId, reason }), path);
  show(hold, () => `Placed ${hold.id}: ${hold.kind} on ${hold.personId ?? hold.deviceId ?? ''}.\n`);
}

async function liftHold(id: string, options: LiftOptions, io: Io): Promise<void> {
  const { api, show } = session(options, io);
  const { kind } = fit(Hold, await api.get(`/holds/${encodeURIComponent(id)}`), `/holds/${id}`);
  const path = `/holds/${encodeURIComponent(kind)}/${encodeURIComponent(id)}/lift`;
  const hold = fit(Hold, await api.post(path, { reason: options.reason }), path);
  show(hold, () => `Lifted ${hold.id}: ${hold.kind} on ${hold.personId ?? hold.deviceId ?? ''}.\n`);
}
