import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** More labels than one for a device, what each parcel was bought by, and messages that bring a label to its sender. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [
  `alter table intents add column number integer not null default 1 check (number >= 1)`,
  `drop index intents_one_label`,
  `drop index intents_one_box`,
  `create unique index intents_one_label on intents (device_id, epoch, number) where kind = 'label'`,
  `create unique index intents_one_box on intents (device_id, epoch, number) where kind = 'box'`,
  `alter table trackers add column intent_id text references intents(id)`,
  // Where a shop prints the label from a code: it names the sender, as the label does.
  `alter table trackers add column qr_code_url text`,
  `update trackers set intent_id = intents.id from intents
    where intents.device_id = trackers.device_id and intents.epoch = trackers.epoch
      and intents.kind = case trackers.purpose when 'box' then 'box' else 'label' end`,
  `create index trackers_intent on trackers (intent_id)`,
  `alter table notifications drop constraint notifications_kind_check`,
  `alter table notifications add check (kind in ('return-chaser','return-label','return-box','gate-overdue','exception-overdue'))`,
];
