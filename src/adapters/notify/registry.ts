/** Every notifier by its kind in the configuration. */
import { adapter } from '../registry.ts';
import type { AdapterEntry } from '../registry.ts';
import type { Notifier } from './port.ts';
import { createSlack, SlackSettings } from './slack/index.ts';
import { createSmtp, SmtpSettings } from './smtp/index.ts';
import { createTeams, TeamsSettings } from './teams/index.ts';

export const NOTIFIERS = {
  smtp: adapter({ settings: SmtpSettings, create: createSmtp }),
  slack: adapter({ settings: SlackSettings, create: createSlack }),
  teams: adapter({ settings: TeamsSettings, create: createTeams }),
} satisfies Readonly<Record<string, AdapterEntry<Notifier>>>;
