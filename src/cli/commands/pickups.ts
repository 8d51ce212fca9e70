/** `handback pickup …`. */
import { createInterface } from 'node:readline';
import { Option } from 'commander';
import type { Command } from 'commander';
import type { ApiClient } from '../client/api-client.ts';
import { fit } from '../client/pages.ts';
import type { ListOptions } from '../client/pages.ts';
import { PickupConfirmed, PickupDetail, PickupHead, PickupScans } from '../client/shapes.ts';
import type { PickupScan } from '../client/shapes.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { pickupListText, pickupText, scanText } from '../output/devices.ts';
import { examples } from './examples.ts';
import { addImportCommands } from './imports.ts';
import { listOptionsOf, session, withListOptions } from './session.ts';

const STATES = ['draft', 'booked', 'confirmed', 'received', 'certified', 'cancelled'];
/** What the API takes at once. */
const BATCH = 500;

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

  group
    .command('scan')
    .description(
      'Scans units on the dock; each is answered at once. Without serials they are read from standard input, one a line, as a ' +
        'hand scanner types them. Exit code 1 when a unit is not as the manifest says.',
    )
    .argument('<pickup>', 'id of the pickup (pick_…)')
    .argument('[serials...]', 'as scanned')
    .addHelpText(
      'after',
      examples([
        'handback pickup scan pick_01k… C02XK1ABJG5J',
        'handback pickup scan pick_01k… < serials.txt',
      ]),
    )
    .action(async (id: string, serials: string[], _options: object, command: Command) => {
      done(await scanPickup(id, serials, command.optsWithGlobals(), io));
    });

  group
    .command('confirm')
    .description('Confirms what leaves; refused, with the list, while anything does not add up.')
    .argument('<pickup>', 'id of the pickup (pick_…)')
    .addHelpText('after', examples(['handback pickup confirm pick_01k…']))
    .action(async (id: string, _options: object, command: Command) =>
      confirmPickup(id, command.optsWithGlobals(), io),
    );

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

async function scanPickup(
  id: string,
  serials: readonly string[],
  options: GlobalOptions,
  io: Io,
): Promise<number> {
  const { api, show, paint } = session(options, io);
  const scans: PickupScan[] = [];
  const asText = options.json !== true;
  for await (const batch of serials.length > 0 ? batches(serials) : typed()) {
    const answered = await scan(api, id, batch);
    scans.push(...answered);
    if (asText) io.out(answered.map((one) => scanText(one, paint)).join(''));
  }
  if (!asText) show({ scans }, () => '');
  const fine = scans.every(({ verdict }) => verdict === 'match' || verdict === 'duplicate');
  return fine && scans.length > 0 ? 0 : 1;
}

async function scan(api: ApiClient, id: string, serials: readonly string[]): Promise<readonly PickupScan[]> {
  const path = `${pathOf(id)}/scans`;
  return fit(PickupScans, await api.post(path, { scans: serials.map((serial) => ({ serial })) }), path).scans;
}

function* batches(serials: readonly string[]): Generator<readonly string[]> {
  for (let start = 0; start < serials.length; start += BATCH) yield serials.slice(start, start + BATCH);
}

/** Line by line: who scans wants to hear of each unit before the next. */
async function* typed(): AsyncGenerator<readonly string[]> {
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() !== '') yield [line.trim()];
  }
}

async function confirmPickup(id: string, options: GlobalOptions, io: Io): Promise<void> {
  const { api, show } = session(options, io);
  const path = `${pathOf(id)}/confirm`;
  const answer = fit(PickupConfirmed, await api.post(path, {}), path);
  show(answer, () => `Confirmed ${answer.pickupId}: ${answer.lines} units leave.\n`);
}

function pathOf(id: string): string {
  return `/pickups/${encodeURIComponent(id)}`;
}
