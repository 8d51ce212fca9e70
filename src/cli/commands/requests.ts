/** `handback request …`: asks for what two people decide; another one approves it with `handback approve`. */
import { Argument } from 'commander';
import type { Command } from 'commander';
import type { DecisionKind } from '../../domain/decisions.ts';
import { CASE_GATES, DEVICE_GATES } from '../../domain/gates.ts';
import { ROUTES } from '../../domain/routes.ts';
import { Decision } from '../client/decision-shapes.ts';
import { fit } from '../client/pages.ts';
import { CliError } from '../errors.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { subjectLine } from '../output/decisions.ts';
import { dueTime } from '../output/time.ts';
import { isoTime } from './arguments.ts';
import { examples } from './examples.ts';
import { session } from './session.ts';

interface RequestOptions extends GlobalOptions {
  readonly reason: string;
}

interface RouteOptions extends RequestOptions {
  readonly reviewAt?: string;
}

interface WaiverOptions extends RequestOptions {
  readonly until: string;
}

/** What is asked for about one device, and nothing else. */
const OF_DEVICE = [
  ['wipe', 'approve-wipe', 'Asks for a wipe of one device, once. What nobody can undo takes two people.'],
  [
    'mismatch',
    'approve-mismatch',
    "Asks to say that a device is the leaver's although the sources disagree about its holder.",
  ],
  [
    'vendor-sanitises',
    'vendor-sanitises',
    "Asks to let a device leave sealed, with its data; the vendor's certificate then proves wipe and handoff.",
  ],
  [
    'lost',
    'declare-lost',
    'Asks to say that a device that was reported lost (handback device lost) will not come back.',
  ],
] as const satisfies readonly (readonly [string, DecisionKind, string])[];

/** What is asked for about the installation as a whole. */
const OF_ALL = [
  [
    'limit-release',
    'release-wipe-limit',
    'Asks to release a wipe limit that was reached; what it holds is shown by handback wipe-limit.',
  ],
  ['kill-switch-off', 'kill-switch-off', 'Asks to switch the kill switch off; what it held is judged anew.'],
  [
    'policy-change',
    'change-policy',
    'Asks to put the policy of the configuration in force for new cases; handback policy shows what changes.',
  ],
] as const satisfies readonly (readonly [string, DecisionKind, string])[];

export function addRequestCommands(program: Command, io: Io): void {
  const group = program.command('request').description('Asks for what a second person must approve.');
  for (const [name, kind, description] of OF_DEVICE)
    withReason(group.command(name), `handback request ${name} dev_01k… --reason 'ticket 4711'`)
      .description(description)
      .argument('<device>', 'id of the device (dev_…)')
      .action(async (deviceId: string, _options: object, command: Command) =>
        request(kind, { deviceId }, command.optsWithGlobals(), io),
      );
  addRoute(group, io);
  addWaiver(group, io);
  for (const [name, kind, description] of OF_ALL)
    withReason(group.command(name), `handback request ${name} --reason 'ticket 4711'`)
      .description(description)
      .action(async (_options: object, command: Command) => request(kind, {}, command.optsWithGlobals(), io));
  withReason(
    group.command('policy-move'),
    "handback request policy-move case_01k… --reason 'shorter deadlines apply'",
  )
    .description('Asks to judge an open case, with its devices, by the policy in force now.')
    .argument('<case>', 'id of the case (case_…)')
    .action(async (caseId: string, _options: object, command: Command) =>
      request('move-policy', { caseId }, command.optsWithGlobals(), io),
    );
}

function addRoute(group: Command, io: Io): void {
  withReason(
    group.command('route'),
    "handback request route dev_01k… redeploy --reason 'needed by the lab'",
    "handback request route dev_01k… legal-retention --review-at 2027-01-31T12:00+01:00 --reason 'matter 12'",
  )
    .description('Asks for another way for a device to go; the way decides which proofs are needed.')
    .argument('<device>', 'id of the device (dev_…)')
    .addArgument(new Argument('<route>', 'where it is to go').choices(ROUTES))
    .option('--review-at <time>', 'of legal-retention: when somebody looks at it again, ISO 8601', isoTime)
    .action(async (deviceId: string, to: string, _options: object, command: Command) => {
      const options: RouteOptions = command.optsWithGlobals();
      const { reviewAt = null } = options;
      if ((to === 'legal-retention') !== (reviewAt !== null))
        throw new CliError('legal-retention needs --review-at, and no other route takes it', { exitCode: 2 });
      await request('change-route', { deviceId, to, reviewAt }, options, io);
    });
}

function addWaiver(group: Command, io: Io): void {
  withReason(
    group.command('waiver'),
    "handback request waiver dev_01k… return --until 2026-12-31T17:00+01:00 --reason 'flood in Graz'",
  )
    .description(
      'Asks to let a gate through without evidence, until a date. The case then ends with waivers.',
    )
    .argument('<case-or-device>', 'id of the case or of the device (case_…, dev_…)')
    .addArgument(
      new Argument('<gate>', 'of a case: discovery, access-cut; of a device: the others').choices([
        ...CASE_GATES,
        ...DEVICE_GATES,
      ]),
    )
    .requiredOption('--until <time>', 'until when it counts, ISO 8601', isoTime)
    .action(async (id: string, gate: string, _options: object, command: Command) => {
      const options: WaiverOptions = command.optsWithGlobals();
      const isOfCase = id.startsWith('case_');
      if (isOfCase !== CASE_GATES.some((one) => one === gate))
        throw new CliError(
          `a case has the gates ${CASE_GATES.join(' and ')}; a device has ${DEVICE_GATES.join(', ')}`,
          { exitCode: 2 },
        );
      const stream = `${isOfCase ? 'case' : 'device'}:${id}`;
      await request('waive-gate', { stream, gate, expiresAt: options.until }, options, io);
    });
}

function withReason(command: Command, ...lines: readonly string[]): Command {
  return command
    .requiredOption('--reason <text>', 'why, in a sentence; shown to who decides, kept beside the record')
    .addHelpText('after', examples(lines));
}

async function request(kind: DecisionKind, body: object, options: RequestOptions, io: Io): Promise<void> {
  const { api, show, now } = session(options, io);
  const path = `/decisions/${kind}`;
  const asked = fit(Decision, await api.post(path, { ...body, reason: options.reason }), path);
  show(
    asked,
    () =>
      `Asked: ${subjectLine(asked.subject)}.\n` +
      `Another person approves it with \`handback approve ${asked.id}\`; it expires ${dueTime(asked.expiresAt, now)}.\n`,
  );
}
