/** `handback pickup …`. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { fit } from '../client/pages.ts';
import type { ListOptions } from '../client/pages.ts';
import { PickupDetail, PickupHead } from '../client/shapes.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { pickupListText, pickupText } from '../output/devices.ts';
import { addDockCommands } from './dock.ts';
import { examples } from './examples.ts';
import { addImportCommands } from './imports.ts';
import { listOptionsOf, session, withListOptions } from './session.ts';

const STATES = ['draft', 'booked', 'confirmed', 'received', 'certified', 'cancelled'];

interface PickupListOptions extends GlobalOptions, ListOptions {
  readonly state?: string;
  readonly vendor?: string;
}

interface CreateOptions extends GlobalOptions {
  readonly vendor: string;
  readonly site: string;
  readonly device?: readonly string[];
}

export function addPickupCommands(program: Command, io: Io, done: (code: number) => void): void {
  const group = program.command('pickup').description('Collections by a disposal vendor.');
  withListOptions(group.command('list'))
    .description('Lists pickups, newest first.')
    .addOption(new Option('--state <state>', 'only those').choices(STATES))
    .option('--vendor <connector>', "only this disposal vendor's, by the name of its connector")
    .addHelpText('after', examples(['handback pickup list --state draft']))
    .action(async (_options: object, command: Command) => listPickups(command.optsWithGlobals(), io));

  group
    .command('show')
    .description('Shows a pickup: its manifest, what was scanned, and what does not add up.')
    .argument('<pickup>', 'id of the pickup (pick_…)')
    .addHelpText('after', examples(['handback pickup show pick_01k…']))
    .action(async (id: string, _options: object, command: Command) =>
      showPickup(id, command.optsWithGlobals(), io),
    );

  group
    .command('create')
    .description('Makes a pickup of the named devices, or of all that are wiped, back, and on no pickup.')
    .requiredOption('--vendor <connector>', 'the disposal vendor, by the name of its connector')
    .requiredOption('--site <site>', 'the dock where it is collected')
    .option('--device <id...>', 'these devices only (dev_…)')
    .addHelpText('after', examples(['handback pickup create --vendor recycler --site berlin-1']))
    .action(async (_options: object, command: Command) => createPickup(command.optsWithGlobals(), io));

  addDockCommands(group, io, done);
  addImportCommands(group, io, done);
}

async function listPickups(options: PickupListOptions, io: Io): Promise<void> {
  const { list, paint } = session(options, io);
  await list({
    path: '/pickups',
    item: PickupHead,
    query: { state: options.state, connector: options.vendor },
    options: listOptionsOf(options),
    text: (items) => pickupListText(items, paint),
    none: 'No pickups.',
  });
}

async function showPickup(id: string, options: GlobalOptions, io: Io): Promise<void> {
  const { api, show, now, paint } = session(options, io);
  const found = fit(PickupDetail, await api.get(pathOf(id)), pathOf(id));
  show(found, () => pickupText(found, now, paint));
}

async function createPickup(options: CreateOptions, io: Io): Promise<void> {
  const { api, show, now, paint } = session(options, io);
  const { vendor: connector, site, device: deviceIds } = options;
  const body = { connector, site, ...(deviceIds === undefined ? {} : { deviceIds }) };
  const made = fit(PickupDetail, await api.post('/pickups', body), '/pickups');
  show(made, () => pickupText(made, now, paint));
}

function pathOf(id: string): string {
  return `/pickups/${encodeURIComponent(id)}`;
}
