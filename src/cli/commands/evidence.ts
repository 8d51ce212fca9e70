/** Evidence that people bring about a device: `handback device handover`, `sanitised`, `document`, `lost`. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { EvidenceRecorded } from '../client/decision-shapes.ts';
import { fit } from '../client/pages.ts';
import { readDocument } from '../document-file.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { isoTime, personOrNone } from './arguments.ts';
import { examples } from './examples.ts';
import { session } from './session.ts';

interface HandoverOptions extends GlobalOptions {
  readonly mailbox: string;
  readonly drive: string;
  readonly localData: string;
}

interface ReasonOptions extends GlobalOptions {
  readonly reason: string;
  readonly stolen?: boolean;
}

interface FileOptions extends GlobalOptions {
  readonly date: string;
  readonly contentType?: string;
}

interface SanitisedOptions extends FileOptions {
  readonly level: string;
  readonly method: string;
  readonly tool: string;
  readonly outcome: string;
}

interface DocumentOptions extends FileOptions {
  readonly kind: string;
  readonly reference: string;
}

/** Adds them to `handback device`. */
export function addEvidenceCommands(group: Command, io: Io): void {
  addHandover(group, io);
  addDocuments(group, io);
  ofDevice(group, 'lost', [
    "handback device lost dev_01k… --reason 'left on a train'",
    "handback device lost dev_01k… --stolen --reason 'police report 77'",
  ])
    .description(
      'Reports a device lost or stolen: it is locked where that does not cut off its wipe. That it will not come back is for two people to say (handback request lost).',
    )
    .option('--stolen', 'it was stolen')
    .requiredOption('--reason <text>', 'what happened, in a sentence; kept beside the record')
    .action(async (id: string, _options: object, command: Command) => {
      const options: ReasonOptions = command.optsWithGlobals();
      const kind = options.stolen === true ? 'stolen' : 'lost';
      await record(id, 'loss', { kind, reason: options.reason }, options, io);
    });
}

function addHandover(group: Command, io: Io): void {
  const who = 'who took it over (per_…), or none: there was nothing to take over';
  ofDevice(group, 'handover', [
    'handback device handover dev_01k… --mailbox per_01k… --drive per_01k… --local-data none',
  ])
    .description('Says who took over mailbox, drive and local data: the proof of the gate data-handover.')
    .requiredOption('--mailbox <person>', who, personOrNone)
    .requiredOption('--drive <person>', who, personOrNone)
    .requiredOption('--local-data <person>', who, personOrNone)
    .action(async (id: string, _options: object, command: Command) => {
      const options: HandoverOptions = command.optsWithGlobals();
      const items = [
        ['mailbox', options.mailbox],
        ['drive', options.drive],
        ['local-data', options.localData],
      ].map(([what, person]) => ({ what, takenOverBy: person === 'none' ? null : person }));
      await record(id, 'handover', { items }, options, io);
    });
  ofDevice(group, 'handover-not-required', [
    "handback device handover-not-required dev_01k… --reason 'a spare that nobody used'",
  ])
    .description('Says, with a reason, that there is nothing to take over.')
    .requiredOption('--reason <text>', 'why, in a sentence; kept beside the record')
    .action(async (id: string, _options: object, command: Command) => {
      const options: ReasonOptions = command.optsWithGlobals();
      await record(id, 'handover-not-required', { reason: options.reason }, options, io);
    });
}

function addDocuments(group: Command, io: Io): void {
  ofDevice(group, 'sanitised', [
    'handback device sanitised dev_01k… report.xml --level purge --method "cryptographic erase" --tool "Eraser 7" \\\n' +
      '      --outcome erased --date 2026-03-01T10:00+01:00',
  ])
    .description(
      'Brings the report of an erasure at the bench: the proof of the wipe; a pending command is called back.',
    )
    .argument('<file>', 'the report as the tool wrote it, at most 150,000 bytes')
    .addOption(
      new Option('--level <level>', 'NIST SP 800-88')
        .choices(['clear', 'purge', 'destroy'])
        .makeOptionMandatory(),
    )
    .requiredOption('--method <text>', 'how, as the report says')
    .requiredOption('--tool <text>', 'tool and version')
    .addOption(
      new Option('--outcome <outcome>', 'what the report says')
        .choices(['erased', 'erased-with-exceptions', 'not-erased'])
        .makeOptionMandatory(),
    )
    .requiredOption('--date <time>', 'when, ISO 8601', isoTime)
    .option('--content-type <type>', 'of the file (default: by its name)')
    .action(async (id: string, file: string, _options: object, command: Command) => {
      const options: SanitisedOptions = command.optsWithGlobals();
      const { level, method, tool, outcome, date } = options;
      const document = await readDocument(file, options.contentType);
      await record(
        id,
        'sanitisation-reports',
        { level, method, tool, outcome, date, ...document },
        options,
        io,
      );
    });
  ofDevice(group, 'document', [
    'handback device document dev_01k… receipt.pdf --kind lessor-receipt --reference R-77 --date 2026-03-02T00:00Z',
  ])
    .description(
      "Brings the lessor's receipt or the bill of sale: on those routes it stands for the handoff.",
    )
    .argument('<file>', 'the document, at most 150,000 bytes')
    .addOption(
      new Option('--kind <kind>', 'what it is')
        .choices(['lessor-receipt', 'bill-of-sale'])
        .makeOptionMandatory(),
    )
    .requiredOption('--reference <text>', 'number of the document')
    .requiredOption('--date <time>', 'of the document, ISO 8601', isoTime)
    .option('--content-type <type>', 'of the file (default: by its name)')
    .action(async (id: string, file: string, _options: object, command: Command) => {
      const options: DocumentOptions = command.optsWithGlobals();
      const { kind, reference, date } = options;
      const document = await readDocument(file, options.contentType);
      await record(id, 'documents', { kind, reference, date, ...document }, options, io);
    });
}

function ofDevice(group: Command, name: string, lines: readonly string[]): Command {
  return group
    .command(name)
    .argument('<device>', 'id of the device (dev_…)')
    .addHelpText('after', examples(lines));
}

async function record(id: string, what: string, body: object, options: GlobalOptions, io: Io): Promise<void> {
  const { api, show } = session(options, io);
  const path = `/devices/${encodeURIComponent(id)}/${what}`;
  const recorded = fit(EvidenceRecorded, await api.post(path, body), path);
  show(recorded, () => `Recorded for ${recorded.deviceId}, epoch ${recorded.epoch}.\n`);
}
