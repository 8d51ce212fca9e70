/** Messages in engine tests: whom they may go to, what arrived by the sandbox's own count, and how their rows stand. */
import type { Posted } from '../../../sandbox/chat/channels.ts';
import type { Mail } from '../../../sandbox/mail/mailbox.ts';
import { importPeople } from '../../../src/store/people-import.ts';
import type { ImportedPerson } from '../../../src/store/people-import.ts';
import { employeeNumber } from './leavers.ts';
import type { Engine } from './start-engine.ts';

/** A leaver who is late within seconds: two chasers, then the ladder. */
export const IMPATIENT = {
  return: { due: '1s', chaseEvery: '2s', chases: 2 },
  escalation: {
    return: [
      { after: '1s', to: 'manager' },
      { after: '2s', to: 'asset-manager' },
      { after: '3s', to: 'security' },
    ],
  },
} as const;

const NOTHING: ImportedPerson = {
  employeeNumber: null,
  workEmail: null,
  displayName: null,
  country: null,
  timeZone: null,
  address: null,
  privateEmail: null,
  noContact: null,
  group: null,
  managerEmployeeNumber: null,
};

/** What HR hands over of people, as the API takes it. */
export async function bring(
  engine: Engine,
  people: readonly (Partial<ImportedPerson> & { readonly key: string })[],
): Promise<void> {
  await engine.db.transaction().execute((tx) =>
    importPeople(
      tx,
      people.map(({ key, ...person }) => ({ ...NOTHING, employeeNumber: employeeNumber(key), ...person })),
    ),
  );
}

export async function mails(engine: Engine, to?: string): Promise<readonly Mail[]> {
  const query = to === undefined ? '' : `?to=${encodeURIComponent(to)}`;
  return (await engine.control.get<{ mails: Mail[] }>(`/instances/mail/mails${query}`)).mails;
}

export async function posts(engine: Engine, chat: 'slack' | 'teams'): Promise<readonly Posted[]> {
  return (await engine.control.get<{ messages: Posted[] }>(`/instances/${chat}/messages`)).messages;
}

export function notices(engine: Engine, caseId: string) {
  return engine.db
    .selectFrom('notifications')
    .selectAll()
    .where('case_id', '=', caseId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/** A fault of the mail server, by its own words. */
export async function mailFault(engine: Engine, fault: object): Promise<void> {
  await engine.control.post('/instances/mail/faults', fault);
}
