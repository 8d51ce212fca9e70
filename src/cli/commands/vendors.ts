/** `handback vendor …` and `handback deadlines`. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { MissedDeadline, Vendor } from '../client/dock-shapes.ts';
import { fit } from '../client/pages.ts';
import type { ListOptions } from '../client/pages.ts';
import { readDocument } from '../document-file.ts';
import { CliError } from '../errors.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { missedText, vendorText } from '../output/dock.ts';
import { examples } from './examples.ts';
import { listOptionsOf, session, withListOptions } from './session.ts';

interface CertifyOptions extends GlobalOptions {
  readonly scheme: string;
  readonly number: string;
  readonly from: string;
  readonly until: string;
  readonly document: string;
}
interface FacilityOptions extends GlobalOptions {
  readonly name: string;
  readonly address: string;
  readonly country: string;
  readonly downstream?: readonly string[];
}
interface MissedOptions extends GlobalOptions, ListOptions {
  readonly state: string;
  readonly trigger?: string;
}

const VENDOR = ['<vendor>', 'the disposal vendor, by the name of its connector'] as const;

export function addVendorCommands(program: Command, io: Io): void {
  const group = program
    .command('vendor')
    .description('Disposal vendors: certifications, facilities, who gets material from them.');
  group
    .command('show')
    .description(
      'Shows what a vendor is certified for and until when, where it works, and who gets material.',
    )
    .argument(...VENDOR)
    .addHelpText('after', examples(['handback vendor show recycler']))
    .action(async (vendor: string, _options: object, command: Command) =>
      tell(vendor, '', null, command.optsWithGlobals(), io),
    );

  group
    .command('certify')
    .description('Records a certification of a vendor with a copy of its document.')
    .argument(...VENDOR)
    .requiredOption('--scheme <scheme>', 'such as R2v3, NAID AAA or e-Stewards, as the policy names it')
    .requiredOption('--number <number>', 'of the certificate')
    .requiredOption('--from <date>', 'first day on which it is valid, such as 2026-01-01')
    .requiredOption('--until <date>', 'last day on which it is valid')
    .requiredOption('--document <file>', 'the certificate')
    .addHelpText(
      'after',
      examples([
        'handback vendor certify recycler --scheme R2v3 --number C-1 --from 2026-01-01 --until 2028-12-31 --document r2v3.pdf',
      ]),
    )
    .action(async (vendor: string, _options: object, command: Command) => {
      const options: CertifyOptions = command.optsWithGlobals();
      const { scheme, number, from: validFrom, until: validUntil } = options;
      const document = await readDocument(options.document);
      await tell(
        vendor,
        '/certifications',
        { scheme, number, validFrom, validUntil, ...document },
        options,
        io,
      );
    });

  group
    .command('facility')
    .description('Records a facility with its address and downstream parties; the latest is where units go.')
    .argument(...VENDOR)
    .requiredOption('--name <name>', 'of the facility')
    .requiredOption('--address <address>', 'on one line')
    .requiredOption('--country <code>', 'ISO 3166-1, two letters')
    .option('--downstream <party...>', 'who gets material from there: "name, country, what for"')
    .addHelpText(
      'after',
      examples([
        "handback vendor facility recycler --name 'Plant 1' --address 'Road 1, Halle' --country DE --downstream 'Smelter, BE, metals'",
      ]),
    )
    .action(async (vendor: string, _options: object, command: Command) => {
      const options: FacilityOptions = command.optsWithGlobals();
      const { name, address, country } = options;
      const downstream = (options.downstream ?? []).map(partyOf);
      await tell(vendor, '/facilities', { name, address, country, downstream }, options, io);
    });

  withListOptions(program.command('deadlines'))
    .description('Lists deadlines that were missed on the way to disposal, latest first; healed ones too.')
    .addOption(new Option('--state <state>', 'which').choices(['open', 'healed', 'all']).default('all'))
    .option('--trigger <trigger>', 'staged, left, counted, received, certified or closed')
    .addHelpText('after', examples(['handback deadlines --state open']))
    .action(async (_options: object, command: Command) => missed(command.optsWithGlobals(), io));
}

function partyOf(text: string): { name: string; country: string; purpose: string } {
  const [name = '', country = '', ...purpose] = text.split(',').map((part) => part.trim());
  if (name === '' || country === '' || purpose.length === 0)
    throw new CliError(`"${text}" is not as "name, country, what for"`);
  return { name, country, purpose: purpose.join(', ') };
}

/** Reads the vendor, or records something of it; either way it is shown as it is then. */
async function tell(
  vendor: string,
  what: string,
  body: object | null,
  options: GlobalOptions,
  io: Io,
): Promise<void> {
  const { api, show, paint } = session(options, io);
  const path = `/vendors/${encodeURIComponent(vendor)}${what}`;
  const answer = fit(Vendor, await (body === null ? api.get(path) : api.post(path, body)), path);
  show(answer, () => vendorText(answer, paint));
}

async function missed(options: MissedOptions, io: Io): Promise<void> {
  const { list, paint } = session(options, io);
  await list({
    path: '/deadlines/missed',
    item: MissedDeadline,
    query: { state: options.state, trigger: options.trigger },
    options: listOptionsOf(options),
    text: (items) => missedText(items, paint),
    none: 'No deadline was missed.',
  });
}
