/** `handback notification …`. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { fit } from '../client/pages.ts';
import type { ListOptions } from '../client/pages.ts';
import { Notification } from '../client/shapes.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { notificationListText } from '../output/notifications.ts';
import { examples } from './examples.ts';
import { listOptionsOf, session, withListOptions } from './session.ts';

const STATES = ['queued', 'sending', 'sent', 'failed', 'unknown', 'suppressed'];

interface NotificationListOptions extends GlobalOptions, ListOptions {
  readonly state?: string;
  readonly role?: string;
  readonly case?: string;
  readonly device?: string;
}

export function addNotificationCommands(program: Command, io: Io): void {
  const group = program
    .command('notification')
    .alias('notifications')
    .description('Messages to leavers, managers and desks.');
  withListOptions(group.command('list'))
    .description('Lists messages, newest first: what was sent, and what was not and why.')
    .addOption(new Option('--state <state>', 'only those in this state').choices(STATES))
    .option('--role <role>', 'only those to this role')
    .option('--case <id>', 'only those about this case (case_…)')
    .option('--device <id>', 'only those about this device (dev_…)')
    .addHelpText(
      'after',
      examples(['handback notification list --state failed', 'handback notification list --case case_01k…']),
    )
    .action(async (_options: object, command: Command) => listNotifications(command.optsWithGlobals(), io));

  group
    .command('resend')
    .description('Sends a message again that failed or whose answer was lost. It may then arrive twice.')
    .argument('<notification>', 'id of the message (ntf_…)')
    .addHelpText('after', examples(['handback notification resend ntf_01k…']))
    .action(async (id: string, _options: object, command: Command) =>
      resend(id, command.optsWithGlobals(), io),
    );
}

async function listNotifications(options: NotificationListOptions, io: Io): Promise<void> {
  const { list, paint } = session(options, io);
  const { state, role } = options;
  await list({
    path: '/notifications',
    item: Notification,
    query: { state, role, caseId: options.case, deviceId: options.device },
    options: listOptionsOf(options),
    text: (items) => notificationListText(items, paint),
    none: 'No messages.',
  });
}

async function resend(id: string, options: GlobalOptions, io: Io): Promise<void> {
  const { api, show } = session(options, io);
  const path = `/notifications/${encodeURIComponent(id)}/resend`;
  const answer = fit(Notification, await api.post(path, {}), path);
  show(answer, () => `Goes out again as ${answer.id}.\n`);
}
