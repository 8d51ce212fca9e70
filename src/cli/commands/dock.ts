/** `handback pickup …` on the dock: scan, count, decide, sign, confirm. */
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Option } from 'commander';
import type { Command } from 'commander';
import { DISCREPANCY_OUTCOMES } from '../../domain/discrepancy.ts';
import type { ApiClient } from '../client/api-client.ts';
import {
  AskedSerials,
  Handover,
  PickupConfirmed,
  PickupCounted,
  PickupScans,
  Reconciled,
  Staged,
} from '../client/dock-shapes.ts';
import type { AskedSerial, PickupScan } from '../client/dock-shapes.ts';
import { fit } from '../client/pages.ts';
import type { ListOptions } from '../client/pages.ts';
import { Exception } from '../client/shapes.ts';
import { readDocument } from '../document-file.ts';
import { CliError, reasonOf } from '../errors.ts';
import type { GlobalOptions, Io } from '../io.ts';
import {
  BELL,
  countText,
  handoverText,
  isTrouble,
  laterText,
  reconciliationText,
  scanText,
  stagingText,
} from '../output/dock.ts';
import { examples } from './examples.ts';
import { listOptionsOf, session, withListOptions } from './session.ts';

/** What the API takes at once. */
const BATCH = 500;

interface FileOptions extends GlobalOptions {
  readonly file?: string;
}
interface DecideOptions extends GlobalOptions {
  readonly outcome: string;
  readonly reason: string;
}
interface SignOptions extends GlobalOptions {
  readonly side: string;
  readonly name: string;
  readonly sheet?: string;
}
interface ReconciliationOptions extends GlobalOptions, ListOptions {
  readonly differing?: boolean;
}

const PICKUP = ['<pickup>', 'id of the pickup (pick_…)'] as const;

export function addDockCommands(group: Command, io: Io, done: (code: number) => void): void {
  withListOptions(group.command('staging'))
    .description(
      'Lists devices that are back and on no pickup: from when one may take them, until when one must.',
    )
    .addHelpText('after', examples(['handback pickup staging']))
    .action(async (_options: object, command: Command) => listStaging(command.optsWithGlobals(), io));

  group
    .command('scan')
    .description(
      'Scans units on the dock; each is answered at once, trouble with a bell. Without serials they are read from standard input, one a line, as a ' +
        'hand scanner types them: serial, and if wanted model and asset tag after a comma, semicolon or tab. Exit code 1 when a unit is not as the manifest says.',
    )
    .argument(...PICKUP)
    .argument('[serials...]', 'as scanned')
    .option('--file <csv>', 'lines of serial, model, asset tag')
    .addHelpText(
      'after',
      examples([
        'handback pickup scan pick_01k…',
        'handback pickup scan pick_01k… C02XK1ABJG5J',
        'handback pickup scan pick_01k… --file scans.csv',
      ]),
    )
    .action(async (id: string, serials: string[], _options: object, command: Command) => {
      done(await scanPickup(id, serials, command.optsWithGlobals(), io));
    });

  group
    .command('count')
    .description(
      'Takes in a physical count of what stands on the dock: serials, a file, or standard input, one a line. The latest counts. Exit code 1 when something differs.',
    )
    .argument(...PICKUP)
    .argument('[serials...]', 'what stands there')
    .option('--file <csv>', 'a line for each unit, the serial first')
    .addHelpText('after', examples(['handback pickup count pick_01k… --file counted.csv']))
    .action(async (id: string, serials: string[], _options: object, command: Command) => {
      done(await countPickup(id, serials, command.optsWithGlobals(), io));
    });

  group
    .command('decide')
    .description('Decides what does not add up on a dock; the manifest and the device follow.')
    .argument('<exception>', 'id of the exception (exc_…)')
    .addOption(
      new Option('--outcome <outcome>', 'what happens with the unit')
        .choices(DISCREPANCY_OUTCOMES)
        .makeOptionMandatory(),
    )
    .requiredOption('--reason <text>', 'why, in a sentence; kept beside the record')
    .addHelpText(
      'after',
      examples(["handback pickup decide exc_01k… --outcome held-back --reason 'not on the pallet'"]),
    )
    .action(async (id: string, _options: object, command: Command) =>
      decide(id, command.optsWithGlobals(), io),
    );

  group
    .command('sign')
    .description('Signs by name, for one side, for what leaves as it is scanned now.')
    .argument(...PICKUP)
    .addOption(
      new Option('--side <side>', 'who hands over, or who takes')
        .choices(['ours', 'vendor'])
        .makeOptionMandatory(),
    )
    .requiredOption('--name <name>', 'of who signs; kept beside the record')
    .option('--sheet <file>', 'a copy of the signed sheet')
    .addHelpText('after', examples(["handback pickup sign pick_01k… --side vendor --name 'Sam Driver'"]))
    .action(async (id: string, _options: object, command: Command) =>
      sign(id, command.optsWithGlobals(), io),
    );

  group
    .command('handover')
    .description('Shows what leaves, who has counted and signed, and what the vendor was certified for.')
    .argument(...PICKUP)
    .addHelpText('after', examples(['handback pickup handover pick_01k…']))
    .action(async (id: string, _options: object, command: Command) =>
      showHandover(id, command.optsWithGlobals(), io),
    );

  group
    .command('confirm')
    .description(
      'Confirms what leaves; refused while anything does not add up, is not counted or not signed for.',
    )
    .argument(...PICKUP)
    .addHelpText('after', examples(['handback pickup confirm pick_01k…']))
    .action(async (id: string, _options: object, command: Command) =>
      confirmPickup(id, command.optsWithGlobals(), io),
    );

  withListOptions(group.command('reconciliation'))
    .description('Shows serial by serial which lists name a unit, from the manifest to the certificate.')
    .argument(...PICKUP)
    .option('--differing', 'only those that some list does not name')
    .addHelpText('after', examples(['handback pickup reconciliation pick_01k… --differing --all']))
    .action(async (id: string, _options: object, command: Command) =>
      reconcile(id, command.optsWithGlobals(), io),
    );
}

async function listStaging(options: GlobalOptions & ListOptions, io: Io): Promise<void> {
  const { list, now, paint } = session(options, io);
  await list({
    path: '/staging',
    item: Staged,
    options: listOptionsOf(options),
    text: (items) => stagingText(items, now, paint),
    none: 'Nothing is staged.',
  });
}

async function scanPickup(
  id: string,
  serials: readonly string[],
  options: FileOptions,
  io: Io,
): Promise<number> {
  const { api, show, paint } = session(options, io);
  const scans: PickupScan[] = [];
  const asText = options.json !== true;
  // Who scans unit by unit hears under the next one what an inventory has said of those before.
  const later = asText && serials.length === 0 && options.file === undefined ? laterFound(api, id) : null;
  let isLater = false;
  for await (const batch of scanned(serials, options)) {
    const answered = await scan(api, id, batch);
    scans.push(...answered);
    if (asText) io.out(answered.map((one) => scanText(one, io.now(), paint)).join(''));
    // Beside the text: whoever scans looks at the unit, not at the screen.
    if (answered.some(isTrouble)) io.err(BELL);
    const found = (await later?.()) ?? [];
    if (found.length === 0) continue;
    isLater = true;
    io.out(found.map((one) => laterText(one, paint)).join(''));
    io.err(BELL);
  }
  if (!asText) show({ scans }, () => '');
  return scans.length > 0 && !isLater && !scans.some(isTrouble) ? 0 : 1;
}

/** What an inventory's live word has opened since it was looked at the last time; what stood open before is not told. */
function laterFound(api: ApiClient, id: string): () => Promise<readonly AskedSerial[]> {
  const told = new Set<string>();
  let isFirst = true;
  return async () => {
    const path = `${pathOf(id)}/inventory`;
    const { items } = fit(AskedSerials, await api.get(path, { only: 'differing', limit: 200 }), path);
    const fresh = items.flatMap((item) => {
      const differences = item.differences.filter(({ exceptionId }) => !told.has(exceptionId));
      for (const { exceptionId } of differences) told.add(exceptionId);
      return differences.length === 0 ? [] : [{ ...item, differences }];
    });
    if (!isFirst) return fresh;
    isFirst = false;
    return [];
  };
}

interface Scanned {
  readonly serial: string;
  readonly model?: string;
  readonly assetTag?: string;
}

async function scan(api: ApiClient, id: string, scans: readonly Scanned[]): Promise<readonly PickupScan[]> {
  const path = `${pathOf(id)}/scans`;
  return fit(PickupScans, await api.post(path, { scans }), path).scans;
}

/** From a file in batches; from a scanner line by line, since who scans wants to hear of each unit before the next. */
async function* scanned(
  serials: readonly string[],
  { file }: FileOptions,
): AsyncGenerator<readonly Scanned[]> {
  if (serials.length > 0) return yield* batches(serials.map((serial) => ({ serial })));
  if (file !== undefined) return yield* batches((await linesOf(file)).map(unitOf));
  for await (const line of createInterface({ input: process.stdin }))
    if (line.trim() !== '') yield [unitOf(line)];
}

function* batches(scans: readonly Scanned[]): Generator<readonly Scanned[]> {
  for (let start = 0; start < scans.length; start += BATCH) yield scans.slice(start, start + BATCH);
}

/** A scanner types what stands on a label; one that reads several codes puts a comma, semicolon or tab between them. */
function unitOf(line: string): Scanned {
  const [serial = '', model = '', assetTag = ''] = line
    .split(/[,;\t]/u)
    .map((part) => part.trim().replace(/^"(.*)"$/u, '$1'));
  return {
    serial,
    ...(model === '' ? {} : { model }),
    ...(assetTag === '' ? {} : { assetTag }),
  };
}

/** Lines with something in them, without a line of headers. */
async function linesOf(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CliError(`${file} cannot be read (${reasonOf(error)})`, { cause: error });
  });
  const lines = text
    .replace(/^\uFEFF/u, '')
    .split(/\r?\n/u)
    .filter((line) => line.trim() !== '');
  return /^"?serial"?([,;\t]|$)/iu.test(lines[0] ?? '') ? lines.slice(1) : lines;
}

async function countPickup(
  id: string,
  serials: readonly string[],
  options: FileOptions,
  io: Io,
): Promise<number> {
  const { api, show, paint } = session(options, io);
  const counted: string[] = [];
  for await (const batch of scanned(serials, options)) counted.push(...batch.map(({ serial }) => serial));
  const path = `${pathOf(id)}/counts`;
  const answer = fit(PickupCounted, await api.post(path, { serials: counted }), path);
  show(answer, () => countText(answer, paint));
  return answer.differences.length === 0 ? 0 : 1;
}

async function decide(id: string, options: DecideOptions, io: Io): Promise<void> {
  const { api, show } = session(options, io);
  const path = `/exceptions/${encodeURIComponent(id)}/resolve`;
  const { outcome, reason } = options;
  const answer = fit(Exception, await api.post(path, { outcome, reason }), path);
  show(answer, () => `Decided ${answer.id} (${answer.code}): ${answer.outcome ?? outcome}.\n`);
}

async function sign(id: string, options: SignOptions, io: Io): Promise<void> {
  const { api, show, paint } = session(options, io);
  const { side, name, sheet } = options;
  const path = `${pathOf(id)}/signatures`;
  const document = sheet === undefined ? {} : await readDocument(sheet);
  const answer = fit(Handover, await api.post(path, { side, name, ...document }), path);
  show(answer, () => handoverText(answer, paint));
}

async function showHandover(id: string, options: GlobalOptions, io: Io): Promise<void> {
  const { api, show, paint } = session(options, io);
  const path = `${pathOf(id)}/handover`;
  const answer = fit(Handover, await api.get(path), path);
  show(answer, () => handoverText(answer, paint));
}

async function confirmPickup(id: string, options: GlobalOptions, io: Io): Promise<void> {
  const { api, show } = session(options, io);
  const path = `${pathOf(id)}/confirm`;
  const answer = fit(PickupConfirmed, await api.post(path, {}), path);
  show(answer, () => {
    const unsaid =
      answer.unanswered === 0
        ? ''
        : ` Of ${answer.unanswered} the inventory has not said anything since their scan.`;
    return `Confirmed ${answer.pickupId}: ${answer.lines} units leave.${unsaid}\n`;
  });
}

async function reconcile(id: string, options: ReconciliationOptions, io: Io): Promise<void> {
  const { list, paint } = session(options, io);
  await list({
    path: `${pathOf(id)}/reconciliation`,
    item: Reconciled,
    query: { only: options.differing === true ? 'differing' : 'all' },
    options: listOptionsOf(options),
    text: (items) => reconciliationText(items, paint),
    none: options.differing === true ? 'Every list names every unit.' : 'No list names a unit.',
  });
}

function pathOf(id: string): string {
  return `/pickups/${encodeURIComponent(id)}`;
}
