/** `handback person …`: who somebody is, and forgetting it for good. */
import type { Command } from 'commander';
import { Decision } from '../client/decision-shapes.ts';
import { fit } from '../client/pages.ts';
import { Me } from '../client/shapes.ts';
import { PersonShown } from '../client/person-shapes.ts';
import { CliError } from '../errors.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { personText } from '../output/people.ts';
import { dueTime } from '../output/time.ts';
import { examples } from './examples.ts';
import { session } from './session.ts';
import type { Session } from './session.ts';

interface EraseOptions extends GlobalOptions {
  readonly reason: string;
  readonly yes?: boolean;
}

export function addPersonCommands(program: Command, io: Io): void {
  const group = program.command('person').description('Who somebody is, and forgetting it for good.');
  group
    .command('show')
    .description('Shows what is known of a person, and how far their erasure is.')
    .argument('<person>', 'id of the person (per_…)')
    .addHelpText('after', examples(['handback person show per_01k…']))
    .action(async (id: string, _options: object, command: Command) => {
      const { api, show, paint } = session(command.optsWithGlobals(), io);
      const path = `/people/${encodeURIComponent(id)}`;
      const person = fit(PersonShown, await api.get(path), path);
      show(person, () => personText(person, paint));
    });
  group
    .command('erase')
    .summary('have a person erased, with a second person')
    .description(
      "Erases a person for good: their key is destroyed, and nothing here tells any more who they were. Records and packs keep an opaque id and still verify. The first call asks; another person's call approves. Refused under a hold, while a case is open, while an account is active, and while the policy keeps what is known (people.retention). What it does not reach: docs/personal-data.md.",
    )
    .argument('<person>', 'id of the person (per_…)')
    .requiredOption('--reason <text>', 'why, in a sentence; emptied with the rest')
    .option('-y, --yes', 'do not ask; needed where nobody is at the terminal')
    .addHelpText('after', examples(["handback person erase per_01k… --reason 'request 4711'"]))
    .action(async (id: string, _options: object, command: Command) =>
      erase(id, command.optsWithGlobals(), io),
    );
}

async function erase(personId: string, options: EraseOptions, io: Io): Promise<void> {
  await beSure(`Erase ${personId} for good? Nobody can take that back. [y/N] `, options, io);
  const its = session(options, io);
  const path = '/decisions/erase-person';
  const asked = fit(Decision, await its.api.post(path, { personId, reason: options.reason }), path);
  const me = fit(Me, await its.api.get('/me'), '/me');
  if (asked.requestedBy !== me.actor) return approve(asked, its);
  its.show(
    asked,
    () =>
      `Asked: erase ${personId}.\n` +
      `Another person approves it with \`handback person erase\` or \`handback approve ${asked.id}\`; it expires ${dueTime(asked.expiresAt, its.now)}.\n`,
  );
}

/** What another person asked for already. */
async function approve({ id }: Decision, { api, show }: Session): Promise<void> {
  const path = `/decisions/erase-person/${encodeURIComponent(id)}/approve`;
  const made = fit(Decision, await api.post(path, {}), path);
  show(
    made,
    () =>
      `Approved ${id}, which ${made.requestedBy} asked for. A worker erases the person within seconds; ` +
      `\`handback person show\` says when it is done.\n`,
  );
}

async function beSure(question: string, { yes }: EraseOptions, { ask }: Io): Promise<void> {
  if (yes === true) return;
  if (ask === null)
    throw new CliError('nobody is at the terminal to be asked: say --yes to go on without', { exitCode: 2 });
  if (!/^y(es)?$/iu.test(await ask(question))) throw new CliError('nothing was asked for');
}
