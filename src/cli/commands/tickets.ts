/** `handback case link`, `handback exception link` and `handback exception tickets`. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { fit } from '../client/pages.ts';
import { TicketList } from '../client/shapes.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { ticketListText } from '../output/cases.ts';
import { examples } from './examples.ts';
import { session } from './session.ts';

const SYSTEMS = ['servicenow', 'jira'];

interface LinkOptions extends GlobalOptions {
  readonly system: string;
  readonly ticket: string;
  readonly url: string;
}

/** Adds `link` to the group of cases or of exceptions. */
export function addLinkCommand(group: Command, of: 'case' | 'exception', io: Io): void {
  const [collection, id] = of === 'case' ? ['/cases', 'case_…'] : ['/exceptions', 'exc_…'];
  group
    .command('link')
    .description(`Links a ticket of another system to ${of === 'case' ? 'a case' : 'an open exception'}.`)
    .argument(`<${of}>`, `id of the ${of} (${id})`)
    .addOption(new Option('--system <system>', 'where it is').choices(SYSTEMS).makeOptionMandatory())
    .requiredOption('--ticket <number>', 'its number, such as INC0010001 or ITSM-42')
    .requiredOption('--url <address>', 'where to read it (https)')
    .addHelpText(
      'after',
      examples([
        `handback ${of} link ${id} --system jira --ticket ITSM-42 --url https://example.atlassian.net/browse/ITSM-42`,
      ]),
    )
    .action(async (subject: string, _options: object, command: Command) =>
      link(collection, subject, command.optsWithGlobals(), io),
    );
}

/** Adds `tickets` to the group of exceptions. */
export function addTicketsCommand(group: Command, io: Io): void {
  group
    .command('tickets')
    .description('Lists the tickets that are linked to an exception.')
    .argument('<exception>', 'id of the exception (exc_…)')
    .addHelpText('after', examples(['handback exception tickets exc_01k…']))
    .action(async (id: string, _options: object, command: Command) =>
      showTickets(id, command.optsWithGlobals(), io),
    );
}

async function link(collection: string, id: string, options: LinkOptions, io: Io): Promise<void> {
  const { api, show } = session(options, io);
  const path = `${collection}/${encodeURIComponent(id)}/tickets`;
  const { system, ticket, url } = options;
  const answer = fit(TicketList, await api.post(path, { system, ticket, url }), path);
  show(answer, () => `Linked ${ticket} to ${id}.\n`);
}

async function showTickets(id: string, options: GlobalOptions, io: Io): Promise<void> {
  const { api, show, paint } = session(options, io);
  const path = `/exceptions/${encodeURIComponent(id)}/tickets`;
  const answer = fit(TicketList, await api.get(path), path);
  show(answer, () => (answer.tickets.length === 0 ? 'No tickets.\n' : ticketListText(answer.tickets, paint)));
}
