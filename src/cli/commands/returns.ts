/** The way back of a device: `handback device drop-off`, `return`, `photo`, `inspected`. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { ACCESSORIES, CONDITIONS, INSPECTION_OUTCOMES } from '../../domain/inspection.ts';
import type { ApiClient } from '../client/api-client.ts';
import { EvidenceRecorded } from '../client/decision-shapes.ts';
import { fit } from '../client/pages.ts';
import { DeviceReturn, DropOffAnswer, PhotoKept } from '../client/return-shapes.ts';
import { LARGEST_PHOTO_BYTES, readDocument } from '../document-file.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { dropOffText, returnText } from '../output/returns.ts';
import { examples } from './examples.ts';
import { session } from './session.ts';

interface DropOffOptions extends GlobalOptions {
  readonly site: string;
  readonly receivedBy: string;
  readonly handedInBy: string;
}

interface InspectedOptions extends GlobalOptions {
  readonly condition: string;
  readonly setUpScreen: string;
  readonly outcome?: string;
  readonly has: readonly string[];
  readonly misses: readonly string[];
  readonly photo: readonly string[];
}

/** Adds them to `handback device`. */
export function addReturnCommands(group: Command, io: Io, done: (code: number) => void): void {
  addDropOff(group, io, done);
  group
    .command('return')
    .description('Shows the way back of a device: labels, parcels, receipts, inspections.')
    .argument('<device>', 'id of the device (dev_…)')
    .addHelpText('after', examples(['handback device return dev_01k…']))
    .action(async (id: string, _options: object, command: Command) => {
      const { api, show, paint } = session(command.optsWithGlobals(), io);
      const path = `/devices/${encodeURIComponent(id)}/return`;
      const found = fit(DeviceReturn, await api.get(path), path);
      show(found, () => returnText(found, paint));
    });
  addInspected(group, io);
}

function addDropOff(group: Command, io: Io, done: (code: number) => void): void {
  group
    .command('drop-off')
    .description(
      'Takes a device in at an office and gives a receipt. It is returned once its serial is scanned in. Exit code 1 when nobody expects it; it then is an exception.',
    )
    .argument('<serial>', 'serial as printed or scanned')
    .requiredOption('--site <site>', 'where: an id, no name of a person')
    .requiredOption('--received-by <name>', 'who takes it, by name; kept beside the record')
    .addOption(
      new Option('--handed-in-by <who>', 'who brought it')
        .choices(['holder', 'colleague', 'courier'])
        .default('holder'),
    )
    .addHelpText(
      'after',
      examples(["handback device drop-off C02XK1ABJG5J --site berlin-1 --received-by 'J. Smith'"]),
    )
    .action(async (serial: string, _options: object, command: Command) => {
      const options: DropOffOptions = command.optsWithGlobals();
      const { api, show, paint } = session(options, io);
      const { site, receivedBy, handedInBy } = options;
      const body = { serial, site, receivedBy, handedInBy };
      const answer = fit(DropOffAnswer, await api.post('/drop-offs', body), '/drop-offs');
      show(answer, () => dropOffText(answer, paint));
      done(answer.exceptionId === null ? 0 : 1);
    });
}

function addInspected(group: Command, io: Io): void {
  group
    .command('inspected')
    .argument('<device>', 'id of the device (dev_…)')
    .description(
      'Says what somebody saw who looked at the device: its state, what was with it, and whether it shows the set-up screen.',
    )
    .addOption(
      new Option('--condition <condition>', 'its state').choices([...CONDITIONS]).makeOptionMandatory(),
    )
    .addOption(
      new Option('--set-up-screen <answer>', 'whether it asks to be set up, as after a wipe')
        .choices(['yes', 'no'])
        .makeOptionMandatory(),
    )
    .addOption(new Option('--outcome <outcome>', 'what its state allows').choices([...INSPECTION_OUTCOMES]))
    .addOption(accessory('--has <item>', 'an accessory that was with it; once for each'))
    .addOption(accessory('--misses <item>', 'an accessory that should have been; once for each'))
    .option('--photo <file>', 'a photo (JPEG, PNG, WebP; at most 6 MB); once for each', gather, [])
    .addHelpText(
      'after',
      examples([
        'handback device inspected dev_01k… --condition good --set-up-screen yes',
        'handback device inspected dev_01k… --condition damaged --set-up-screen no --outcome needs-repair \\\n' +
          '      --has charger --misses dock --photo lid.jpg',
      ]),
    )
    .action(async (id: string, _options: object, command: Command) => {
      const options: InspectedOptions = command.optsWithGlobals();
      const { api, show } = session(options, io);
      const path = `/devices/${encodeURIComponent(id)}/inspections`;
      const photos = await bringPhotos(api, id, options.photo);
      const recorded = fit(EvidenceRecorded, await api.post(path, inspectionOf(options, photos)), path);
      show(recorded, () => `Recorded for ${recorded.deviceId}, epoch ${recorded.epoch}.\n`);
    });
}

function accessory(flags: string, description: string): Option {
  return new Option(flags, description)
    .choices([...ACCESSORIES])
    .argParser(gather)
    .default([]);
}

function gather(one: string, before: unknown): readonly string[] {
  return [...(Array.isArray(before) ? before.map(String) : []), one];
}

function inspectionOf(options: InspectedOptions, photos: readonly string[]): object {
  const { condition, setUpScreen, outcome, has, misses } = options;
  const accessories = [
    ...has.map((item) => ({ item, present: true })),
    ...misses.map((item) => ({ item, present: false })),
  ];
  return {
    condition,
    setUpScreen: setUpScreen === 'yes',
    ...(outcome !== undefined && { outcome }),
    ...(accessories.length > 0 && { accessories }),
    ...(photos.length > 0 && { photos }),
  };
}

/** One by one: what the inspection names must be there before. */
async function bringPhotos(api: ApiClient, id: string, files: readonly string[]): Promise<readonly string[]> {
  const path = `/devices/${encodeURIComponent(id)}/photos`;
  const digests: string[] = [];
  for (const file of files) {
    const photo = await readDocument(file, undefined, LARGEST_PHOTO_BYTES);
    digests.push(fit(PhotoKept, await api.post(path, photo), path).digest);
  }
  return digests;
}
