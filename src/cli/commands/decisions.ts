/** `handback approve`, `refuse`, `withdraw` and `handback decisions …`: what two people decide. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { DECISION_KINDS, DECISION_STATES } from '../../domain/decisions.ts';
import type { ApiClient } from '../client/api-client.ts';
import { Decision, HeldWipes, PolicyInForce } from '../client/decision-shapes.ts';
import { fit } from '../client/pages.ts';
import type { ListOptions } from '../client/pages.ts';
import { CliError } from '../errors.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { decisionListText, decisionText, subjectLine } from '../output/decisions.ts';
import type { InView } from '../output/decisions.ts';
import { examples } from './examples.ts';
import { listOptionsOf, session, withListOptions } from './session.ts';

interface ApproveOptions extends GlobalOptions, ListOptions {
  readonly yes?: boolean;
}

interface DecisionListOptions extends GlobalOptions, ListOptions {
  readonly state: string;
  readonly kind?: string;
  readonly case?: string;
  readonly device?: string;
}

type Verb = 'approve' | 'refuse' | 'withdraw';

export function addDecisionCommands(program: Command, io: Io): void {
  withListOptions(program.command('approve'))
    .summary('show what waits for a second person, or approve it')
    .description(
      'Without a decision: shows what waits for a second person, oldest first. With one: shows exactly what is decided, asks, ' +
        'and approves it. Whoever asked for it cannot; what has changed since it was asked for is void.',
    )
    .argument('[decision]', 'id of the decision (dcn_…)')
    .option('-y, --yes', 'approve without asking; needed where nobody is at the terminal')
    .addHelpText(
      'after',
      examples(['handback approve', 'handback approve dcn_01k…', 'handback approve dcn_01k… --yes --json']),
    )
    .action(async (id: string | undefined, _options: object, command: Command) => {
      const options: ApproveOptions = command.optsWithGlobals();
      if (id === undefined) await listDecisions({ ...options, state: 'requested' }, io);
      else await approve(id, options, io);
    });

  addVerdict(program, io, 'refuse', 'Refuses what another person asked for; nothing of it happens.');
  addVerdict(program, io, 'withdraw', 'Withdraws what you asked for yourself.');

  const group = program
    .command('decisions')
    .alias('decision')
    .description('What two people decide, and have decided.');
  withListOptions(group.command('list'))
    .description('Lists decisions, oldest first.')
    .addOption(
      new Option('--state <state>', 'which')
        .choices([...DECISION_STATES, 'expired', 'all'])
        .default('requested'),
    )
    .addOption(new Option('--kind <kind>', 'only those of this kind').choices(DECISION_KINDS))
    .option('--case <id>', 'only those of this case and its devices (case_…)')
    .option('--device <id>', 'only those of this device (dev_…)')
    .addHelpText(
      'after',
      examples(['handback decisions list', 'handback decisions list --state all --case case_01k…']),
    )
    .action(async (_options: object, command: Command) => listDecisions(command.optsWithGlobals(), io));
  group
    .command('show')
    .description('Shows exactly what a decision is about, who asked and who decided.')
    .argument('<decision>', 'id of the decision (dcn_…)')
    .addHelpText('after', examples(['handback decisions show dcn_01k…']))
    .action(async (id: string, _options: object, command: Command) =>
      showDecision(id, command.optsWithGlobals(), io),
    );
}

function addVerdict(program: Command, io: Io, verb: 'refuse' | 'withdraw', description: string): void {
  program
    .command(verb)
    .description(description)
    .argument('<decision>', 'id of the decision (dcn_…)')
    .addHelpText('after', examples([`handback ${verb} dcn_01k…`]))
    .action(async (id: string, _options: object, command: Command) => {
      const { api, show } = session(command.optsWithGlobals(), io);
      const made = await decide(api, await read(api, id), verb);
      show(made, () => madeText(made));
    });
}

async function listDecisions(options: DecisionListOptions, io: Io): Promise<void> {
  const { list, now, paint } = session(options, io);
  const { state, kind } = options;
  await list({
    path: '/decisions',
    item: Decision,
    query: { state, kind, caseId: options.case, deviceId: options.device },
    options: listOptionsOf(options),
    text: (items) => decisionListText(items, now, paint),
    none: state === 'requested' ? 'Nothing waits for a second person.' : 'No decisions.',
  });
}

async function showDecision(id: string, options: GlobalOptions, io: Io): Promise<void> {
  const { api, show, now, paint } = session(options, io);
  const found = await read(api, id);
  const inView = await viewFor(api, found);
  show(found, () => decisionText(found, inView, now, paint));
}

async function approve(id: string, options: ApproveOptions, io: Io): Promise<void> {
  const isSure = options.yes === true;
  if (!isSure && io.ask === null)
    throw new CliError('nobody is at the terminal to be asked: say --yes to approve without being asked', {
      exitCode: 2,
    });
  const { api, show, now, paint } = session(options, io);
  const found = await read(api, id);
  if (!isSure && io.ask !== null) {
    // What cannot be approved any more is not asked about; the API says why.
    const text = decisionText(found, await viewFor(api, found), now, paint);
    (options.json === true ? io.err : io.out)(`${text}\n`);
    const answer = found.state === 'requested' ? await io.ask('Approve this? [y/N] ') : 'y';
    if (!/^y(es)?$/iu.test(answer)) throw new CliError('nothing was approved');
  }
  const made = await decide(api, found, 'approve');
  show(made, () => madeText(made));
}

async function read(api: ApiClient, id: string): Promise<Decision> {
  const path = `/decisions/${encodeURIComponent(id)}`;
  return fit(Decision, await api.get(path), path);
}

async function decide(api: ApiClient, { kind, id }: Decision, verb: Verb): Promise<Decision> {
  const path = `/decisions/${encodeURIComponent(kind)}/${encodeURIComponent(id)}/${verb}`;
  return fit(Decision, await api.post(path, {}), path);
}

/** What else somebody has to see who decides about it. */
async function viewFor(api: ApiClient, { kind, state }: Decision): Promise<InView> {
  const isOpen = state === 'requested';
  return {
    held:
      isOpen && kind === 'release-wipe-limit'
        ? fit(HeldWipes, await api.get('/wipe-limit/held'), '/wipe-limit/held').items
        : null,
    policy:
      isOpen && kind === 'change-policy' ? fit(PolicyInForce, await api.get('/policy'), '/policy') : null,
  };
}

function madeText({ id, state, subject }: Decision): string {
  return `${state.charAt(0).toUpperCase()}${state.slice(1)} ${id}: ${subjectLine(subject)}.\n`;
}
