/** `handback case …` and `handback stuck`. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { CaseCancelled, CaseDetail, CaseOpened, CaseSummary, Stuck } from '../client/shapes.ts';
import type { ListOptions } from '../client/pages.ts';
import { holdsOn, openDecisions } from '../client/decided.ts';
import { fit } from '../client/pages.ts';
import { CliError } from '../errors.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { caseListText, caseText, stuckText } from '../output/cases.ts';
import { examples } from './examples.ts';
import { openRetirement, RETIRED_KINDS } from './retirements.ts';
import type { RetirementOptions } from './retirements.ts';
import { isoTime } from './arguments.ts';
import { listOptionsOf, session, withListOptions } from './session.ts';
import { addLinkCommand } from './tickets.ts';

const STATES = ['scheduled', 'open', 'completed', 'completed-with-waivers', 'cancelled'];
const REASONS = ['operator', 'rehired', 'withdrawn', 'not-gone'];

interface CaseListOptions extends GlobalOptions, ListOptions {
  readonly state?: string;
  readonly stuck?: boolean;
  readonly person?: string;
}

interface OpenOptions extends GlobalOptions {
  readonly person?: string;
  readonly employee?: string;
  readonly email?: string;
  readonly at?: string;
}

export function addCaseCommands(program: Command, io: Io): void {
  const group = program.command('case').description('Offboarding cases.');
  withListOptions(group.command('list'))
    .description('Lists cases, newest first.')
    .addOption(new Option('--state <state>', 'only those').choices(STATES))
    .option('--stuck', 'only those past a deadline')
    .option('--person <id>', 'only those of this person (per_…)')
    .addHelpText('after', examples(['handback case list --state open', 'handback case list --all --json']))
    .action(async (_options: object, command: Command) => listCases(command.optsWithGlobals(), io));

  group
    .command('show')
    .description('Shows a case as it stands now: gates, what blocks it and whose move it is.')
    .argument('<case>', 'id of the case (case_…)')
    .addHelpText('after', examples(['handback case show case_01k…', 'handback case show case_01k… --json']))
    .action(async (id: string, _options: object, command: Command) =>
      showCase(id, command.optsWithGlobals(), io),
    );

  addLinkCommand(group, 'case', io);

  group
    .command('open')
    .description(
      'Opens the offboarding of a person, or moves the one that is scheduled; with --kind retirement, the retirement of hardware without a person.',
    )
    .addOption(
      new Option('--kind <kind>', 'of case').choices(['offboarding', 'retirement']).default('offboarding'),
    )
    .option('--person <id>', 'the person (per_…)')
    .option('--employee <number>', 'the person by HR number')
    .option('--email <address>', 'the person by work e-mail')
    .option('--at <time>', 'when they leave, ISO 8601 (default: now)', isoTime)
    .option('--serial <serial>', 'retirement: the unit, by its serial as printed')
    .option('--drive <serial>', 'retirement: a data-bearing drive in it; once for each', gather, [])
    .addOption(new Option('--of <class>', 'retirement: what it is (default: server)').choices(RETIRED_KINDS))
    .option('--no-data', 'retirement: it holds no data')
    .option('--manufacturer <name>', 'retirement: as printed')
    .option('--model <name>', 'retirement: as printed')
    .option('--asset-tag <tag>', 'retirement: as printed')
    .option(
      '--csv <file>',
      'retirement: many units; columns serial, of, dataBearing, drives (; between), manufacturer, model, assetTag',
    )
    .addHelpText(
      'after',
      examples([
        'handback case open --employee 10023',
        'handback case open --email ada@example.com --at 2026-12-31T17:00+01:00',
        'handback case open --kind retirement --serial 7XK2M93 --drive S4XANA0K101 --drive S4XANA0K102',
        'handback case open --kind retirement --csv rack-12.csv',
      ]),
    )
    .action(async (_options: object, command: Command) => openOne(command.optsWithGlobals(), io));

  group
    .command('cancel')
    .description('Cancels what has not happened yet; what has happened stays on record.')
    .argument('<case>', 'id of the case (case_…)')
    .addOption(new Option('--reason <reason>', 'why').choices(REASONS).default('operator'))
    .addHelpText('after', examples(['handback case cancel case_01k… --reason rehired']))
    .action(async (id: string, _options: object, command: Command) =>
      cancelCase(id, command.optsWithGlobals(), io),
    );

  withListOptions(program.command('stuck'))
    .summary('show what is past its deadline')
    .description(
      'Shows what is past its deadline, and whose move it is. What waits by design until a date is not shown.',
    )
    .addHelpText('after', examples(['handback stuck', 'handback stuck --all --json']))
    .action(async (_options: object, command: Command) => listStuck(command.optsWithGlobals(), io));
}

async function listCases(options: CaseListOptions, io: Io): Promise<void> {
  const { list, now, paint } = session(options, io);
  const stuck = options.stuck === true ? 'true' : undefined;
  await list({
    path: '/cases',
    item: CaseSummary,
    query: { state: options.state, stuck, personId: options.person },
    options: listOptionsOf(options),
    text: (items) => caseListText(items, now, paint),
    none: 'No cases.',
  });
}

async function showCase(id: string, options: GlobalOptions, io: Io): Promise<void> {
  const { api, show, now, paint } = session(options, io);
  const path = `/cases/${encodeURIComponent(id)}`;
  const found = fit(CaseDetail, await api.get(path), path);
  const { personId } = found;
  const decided = {
    decisions: await openDecisions(api, { caseId: id }),
    holds: personId === null ? [] : await holdsOn(api, personId),
  };
  show({ ...found, ...decided }, () => caseText(found, decided, now, paint));
}

/** Commander keeps `--no-data` as `data: false`. */
interface AnyOpenOptions extends OpenOptions, RetirementOptions {
  readonly kind: string;
  readonly data?: boolean;
}

async function openOne(options: AnyOpenOptions, io: Io): Promise<void> {
  if (options.kind === 'retirement')
    return openRetirement({ ...options, noData: options.data === false }, io);
  return openCase(options, io);
}

function gather(one: string, before: readonly string[]): readonly string[] {
  return [...before, one];
}

async function openCase(options: OpenOptions, io: Io): Promise<void> {
  const { person, employee, email, at } = options;
  const keys = { personId: person, employeeNumber: employee, workEmail: email };
  const given = Object.entries(keys).filter(([, value]) => value !== undefined);
  if (given.length !== 1) {
    throw new CliError('say who leaves with exactly one of --person, --employee or --email', { exitCode: 2 });
  }
  const { api, show } = session(options, io);
  const body = { ...Object.fromEntries(given), ...(at === undefined ? {} : { effectiveAt: at }) };
  const answer = fit(CaseOpened, await api.post('/cases', body), '/cases');
  const said =
    { opened: 'Opened', moved: 'Moved', unchanged: 'It is as asked already:' }[answer.outcome] ??
    answer.outcome;
  show(answer, () => `${said} ${answer.caseId} of ${answer.personId}.\n`);
}

async function cancelCase(
  id: string,
  options: GlobalOptions & { readonly reason: string },
  io: Io,
): Promise<void> {
  const { api, show } = session(options, io);
  const path = `/cases/${encodeURIComponent(id)}/cancel`;
  const answer = fit(CaseCancelled, await api.post(path, { reason: options.reason }), path);
  const named = (things: readonly string[]): string => (things.length === 0 ? 'nothing' : things.join(', '));
  show(
    answer,
    () =>
      `Cancelled ${answer.caseId}. Done already: ${named(answer.done)}. Not done: ${named(answer.notDone)}.\n`,
  );
}

async function listStuck(options: GlobalOptions & ListOptions, io: Io): Promise<void> {
  const { list, now, paint } = session(options, io);
  await list({
    path: '/stuck',
    item: Stuck,
    options: listOptionsOf(options),
    text: (items) => stuckText(items, now, paint),
    none: 'Nothing is stuck.',
  });
}
