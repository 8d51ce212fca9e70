/** `handback pickup mapping|preview|import|imports|lines|unmatched|link|dismiss`: files of disposal vendors. */
import { Argument, Option } from 'commander';
import type { Command } from 'commander';
import { parse } from 'yaml';
import { VENDOR_LISTS } from '../../domain/vendor-lines.ts';
import { ImportHead, ImportLine, ImportPreview, MappingHead } from '../client/import-shapes.ts';
import { fit } from '../client/pages.ts';
import type { ListOptions } from '../client/pages.ts';
import { CliError } from '../errors.ts';
import type { GlobalOptions, Io } from '../io.ts';
import {
  importLinesText,
  importListText,
  importText,
  mappingListText,
  previewText,
} from '../output/imports.ts';
import { readTextFile, vendorFile } from '../vendor-file.ts';
import { wholeNumber } from './arguments.ts';
import { examples } from './examples.ts';
import { listOptionsOf, session, withListOptions } from './session.ts';

interface FileOptions extends GlobalOptions {
  readonly mapping?: string;
  readonly type?: string;
  readonly units?: number;
}

const vendor = () => new Argument('<vendor>', 'the disposal vendor, by the name of its connector');
const list = () => new Argument('<list>', 'what the file is').choices([...VENDOR_LISTS]);

export function addImportCommands(group: Command, io: Io, done: (code: number) => void): void {
  addMappingCommands(
    group.command('mapping').description('What the columns and codes of a vendor mean.'),
    io,
  );

  withFileOptions(group.command('preview'))
    .description(
      'Reads a file under a mapping and takes nothing in. Exit code 1 when anything is wrong with it.',
    )
    .option('--units <number>', 'how many lines are shown', wholeNumber, 20)
    .addHelpText('after', examples(['handback pickup preview recycler certificate certificates.xlsx']))
    .action(async (name: string, of: string, file: string, _options: object, command: Command) => {
      done(await preview(name, of, file, command.optsWithGlobals(), io));
    });

  withFileOptions(group.command('import'))
    .description('Takes a file in, everything or nothing; the same file again changes nothing.')
    .addHelpText('after', examples(['handback pickup import recycler receipt receipt.csv']))
    .action(async (name: string, of: string, file: string, _options: object, command: Command) =>
      importFile(name, of, file, command.optsWithGlobals(), io),
    );

  withListOptions(group.command('imports'))
    .description('Lists files that were taken in, newest first.')
    .addHelpText('after', examples(['handback pickup imports --limit 10']))
    .action(async (_options: object, command: Command) => {
      const options: GlobalOptions & ListOptions = command.optsWithGlobals();
      const { list: show, paint } = session(options, io);
      await show({
        path: '/imports',
        item: ImportHead,
        options: listOptionsOf(options),
        text: (items) => importListText(items, paint),
        none: 'No file was taken in.',
      });
    });

  withListOptions(group.command('lines'))
    .description('Shows what each line of a file came to.')
    .addHelpText('after', examples(['handback pickup lines imp_01k… --outcome unmatched']))
    .argument('<import>', 'id of the import (imp_…)')
    .addOption(
      new Option('--outcome <outcome>', 'only those').choices(['matched', 'unmatched', 'known', 'duplicate']),
    )
    .action(async (id: string, _options: object, command: Command) => {
      const options: GlobalOptions & ListOptions & { readonly outcome?: string } = command.optsWithGlobals();
      const { list: show, paint } = session(options, io);
      await show({
        path: `${pathOf(id)}/lines`,
        item: ImportLine,
        query: { outcome: options.outcome },
        options: listOptionsOf(options),
        text: (items) => importLinesText(items, paint),
        none: 'No such lines.',
      });
    });

  addQueueCommands(group, io);
}

function addMappingCommands(group: Command, io: Io): void {
  group
    .command('save')
    .description('Saves a mapping (YAML or JSON) as the next version; try it out with a preview.')
    .addArgument(vendor())
    .argument('<file>', 'the mapping')
    .addHelpText('after', examples(['handback pickup mapping save recycler mapping.yaml']))
    .action(async (connector: string, file: string, _options: object, command: Command) => {
      const { api, show } = session(command.optsWithGlobals(), io);
      const mapping: unknown = parseMapping(await readTextFile(file), file);
      const saved = fit(MappingHead, await api.post('/mappings', { connector, mapping }), '/mappings');
      show(saved, () => `Saved ${saved.list} of ${saved.connector}, version ${saved.version}.\n`);
    });

  withListOptions(group.command('list'))
    .description('Lists mappings, the newest version first.')
    .addHelpText('after', examples(['handback pickup mapping list']))
    .action(async (_options: object, command: Command) => {
      const options: GlobalOptions & ListOptions = command.optsWithGlobals();
      const { list: show, paint } = session(options, io);
      await show({
        path: '/mappings',
        item: MappingHead,
        options: listOptionsOf(options),
        text: (items) => mappingListText(items, paint),
        none: 'No mappings: files are read in the published format.',
      });
    });
}

function parseMapping(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new CliError(`${file} is neither YAML nor JSON`, { cause: error });
  }
}

function addQueueCommands(group: Command, io: Io): void {
  withListOptions(group.command('unmatched'))
    .description('Lists lines of files that matched no unit and that nobody has decided.')
    .addHelpText('after', examples(['handback pickup unmatched --vendor recycler']))
    .option('--vendor <connector>', "only this disposal vendor's")
    .action(async (_options: object, command: Command) => {
      const options: GlobalOptions & ListOptions & { readonly vendor?: string } = command.optsWithGlobals();
      const { list: show, paint } = session(options, io);
      await show({
        path: '/imports/unmatched',
        item: ImportLine,
        query: { connector: options.vendor },
        options: listOptionsOf(options),
        text: (items) => importLinesText(items, paint),
        none: 'Every line has matched or is decided.',
      });
    });

  group
    .command('link')
    .description('Says which device of a pickup an unmatched line is about: it counts for it, in your name.')
    .addHelpText(
      'after',
      examples([
        'handback pickup link imp_01k… 17 --pickup pick_01k… --device dev_01k… --reason "letter O for zero"',
      ]),
    )
    .argument('<import>', 'id of the import (imp_…)')
    .argument('<line>', 'number of the line', wholeNumber)
    .requiredOption('--pickup <pickup>', 'id of the pickup (pick_…)')
    .requiredOption('--device <device>', 'id of the device (dev_…)')
    .requiredOption('--reason <text>', 'why it is that device')
    .action(async (id: string, line: number, _options: object, command: Command) => {
      const options: GlobalOptions & { pickup: string; device: string; reason: string } =
        command.optsWithGlobals();
      const body = { pickupId: options.pickup, deviceId: options.device, reason: options.reason };
      await decide(`${pathOf(id)}/lines/${line}/link`, body, options, io);
    });

  group
    .command('dismiss')
    .description('Lets an unmatched line go.')
    .addHelpText('after', examples(['handback pickup dismiss imp_01k… 17 --reason "another customer’s"']))
    .argument('<import>', 'id of the import (imp_…)')
    .argument('<line>', 'number of the line', wholeNumber)
    .requiredOption('--reason <text>', 'why it is none of ours')
    .action(async (id: string, line: number, _options: object, command: Command) => {
      const options: GlobalOptions & { reason: string } = command.optsWithGlobals();
      await decide(`${pathOf(id)}/lines/${line}/dismiss`, { reason: options.reason }, options, io);
    });
}

function withFileOptions(command: Command): Command {
  return command
    .addArgument(vendor())
    .addArgument(list())
    .argument('<file>', 'CSV, JSON, XLSX or XML, told by its name')
    .option('--mapping <version>', 'this version, or `published` for the published format')
    .option('--type <content-type>', 'where the name of the file does not say what it is');
}

async function preview(
  connector: string,
  of: string,
  file: string,
  options: FileOptions,
  io: Io,
): Promise<number> {
  const { api, show, paint } = session(options, io);
  const query = { connector, list: of, mapping: options.mapping, units: options.units };
  const answer = await api.upload('/imports/preview', query, await vendorFile(file, options.type));
  const read = fit(ImportPreview, answer, '/imports/preview');
  show(read, () => previewText(read, paint));
  return read.problemCount === 0 ? 0 : 1;
}

async function importFile(
  connector: string,
  of: string,
  file: string,
  options: FileOptions,
  io: Io,
): Promise<void> {
  const { api, show } = session(options, io);
  const query = { connector, list: of, mapping: options.mapping };
  const answer = await api.upload('/imports', query, await vendorFile(file, options.type));
  const taken = fit(ImportHead, answer, '/imports');
  show(taken, () => importText(taken));
}

async function decide(path: string, body: object, options: GlobalOptions, io: Io): Promise<void> {
  const { api, show } = session(options, io);
  const line = fit(ImportLine, await api.post(path, body), path);
  show(line, () => `Line ${line.line} of ${line.importId}: ${line.decision ?? line.outcome}.\n`);
}

function pathOf(id: string): string {
  return `/imports/${encodeURIComponent(id)}`;
}
