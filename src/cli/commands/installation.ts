/** `handback kill-switch …`, `handback wipe-limit` and `handback policy`. */
import type { Command } from 'commander';
import { HeldWipes, KillSwitch, PolicyInForce, WipeLimit } from '../client/decision-shapes.ts';
import { fit } from '../client/pages.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { killSwitchText, policyText, wipeLimitText } from '../output/installation.ts';
import { examples } from './examples.ts';
import { session } from './session.ts';

export function addInstallationCommands(program: Command, io: Io): void {
  const group = program.command('kill-switch').description('Stops everything destructive.');
  group
    .command('on')
    .description(
      'Stops everything destructive at once. Off again takes two people: handback request kill-switch-off.',
    )
    .addHelpText('after', examples(['handback kill-switch on']))
    .action(async (_options: object, command: Command) => {
      const { api, show, paint } = session(command.optsWithGlobals<GlobalOptions>(), io);
      const answer = fit(KillSwitch, await api.post('/switches/kill/on', {}), '/switches/kill/on');
      show(answer, () => killSwitchText(answer, paint));
    });
  group
    .command('status')
    .description('Shows whether the kill switch is on, since when and by whom.')
    .addHelpText('after', examples(['handback kill-switch status']))
    .action(async (_options: object, command: Command) => {
      const { api, show, paint } = session(command.optsWithGlobals<GlobalOptions>(), io);
      const answer = fit(KillSwitch, await api.get('/switches/kill'), '/switches/kill');
      show(answer, () => killSwitchText(answer, paint));
    });

  program
    .command('wipe-limit')
    .summary('show how much of the wipe limit is used, and what it holds')
    .description(
      'Shows how much of the wipe limit is used, and each wipe that is held: the list to look at before two people release it.',
    )
    .addHelpText('after', examples(['handback wipe-limit', 'handback wipe-limit --json']))
    .action(async (_options: object, command: Command) => {
      const { api, show, paint } = session(command.optsWithGlobals<GlobalOptions>(), io);
      const limit = fit(WipeLimit, await api.get('/wipe-limit'), '/wipe-limit');
      const { items } = fit(HeldWipes, await api.get('/wipe-limit/held'), '/wipe-limit/held');
      show({ ...limit, heldWipes: items }, () => wipeLimitText(limit, items, paint));
    });

  program
    .command('policy')
    .summary('show the policy in force, and the proposed one')
    .description(
      'Shows the policy that new cases are opened under, and what the configuration proposes instead.',
    )
    .addHelpText('after', examples(['handback policy', 'handback policy --json']))
    .action(async (_options: object, command: Command) => {
      const { api, show, paint } = session(command.optsWithGlobals<GlobalOptions>(), io);
      const answer = fit(PolicyInForce, await api.get('/policy'), '/policy');
      show(answer, () => policyText(answer, paint));
    });
}
