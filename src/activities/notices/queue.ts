/** Whoever is to be told of a chaser or an escalation: queued with the fact itself, in its transaction. */
import type { Gate } from '../../domain/gates.ts';
import { leastOf } from '../../domain/modes.ts';
import { routeNotice } from '../../domain/notices/route.ts';
import type { NoticeKind, Routed } from '../../domain/notices/route.ts';
import { modeOfPerson } from '../../domain/people-groups.ts';
import type { Policy } from '../../domain/policy.ts';
import { nextSendingTime } from '../../domain/working-days.ts';
import type { Tx } from '../../store/database.ts';
import { readNoticePeople } from '../../store/notice-people.ts';
import { queueNotifications } from '../../store/notifications.ts';
import type { Queued } from '../../store/notifications.ts';
import { readTraits } from '../../store/person-traits.ts';
import type { EngineContext } from '../context.ts';

/** A fact that somebody is to be told of. */
export interface ToTell {
  readonly kind: NoticeKind;
  readonly factKey: string;
  readonly stream: string;
  readonly round: number;
  readonly gate: Gate | null;
  readonly exceptionId: string | null;
  readonly caseId: string;
  readonly deviceId: string | null;
  /** `null`: hardware without a person, of which desks and channels are told. */
  readonly personId: string | null;
  readonly role: string;
  /** Whether it is about a leave that was found long after: nobody is told by themselves. */
  readonly backfill: boolean;
  /** ISO 8601 UTC. */
  readonly dueAt: string;
}

/** Queues a message for each recipient. An installation without any notifier tells nobody, and writes nothing down. */
export async function tell(
  tx: Tx,
  { connectors, notices, peopleModes }: Pick<EngineContext, 'connectors' | 'notices' | 'peopleModes'>,
  told: ToTell,
  policy: Policy,
  now: Date,
): Promise<void> {
  if (connectors.notify.size === 0) return;
  const { kind, gate, role, personId, backfill, ...occasion } = told;
  const people = personId === null ? null : await readNoticePeople(tx, personId);
  const ofPerson =
    personId === null || peopleModes.length === 0
      ? 'enforce'
      : modeOfPerson(peopleModes, await readTraits(tx, personId));
  const routed = routeNotice({
    kind,
    gate,
    role,
    people,
    plan: notices,
    modeOf: (name) => {
      const notifier = connectors.notify.get(name);
      return notifier === undefined ? null : leastOf(notifier.mode, ofPerson);
    },
  });
  const recipients = routed.map((one): Queued => ({
    ...one,
    suppressed: one.suppressed ?? (backfill ? 'backfill' : null),
    sendAfter: sendAfter(one),
  }));
  await queueNotifications(tx, { kind, gate, ...occasion }, recipients, now);

  /** Desks and channels are told at once, people when they work. */
  function sendAfter({ personId: recipient, country, timeZone }: Routed): Date {
    if (recipient === null) return now;
    const daysOff = country === null ? undefined : policy.workingDays?.[country];
    return new Date(nextSendingTime(now.getTime(), daysOff, notices.quietHours, timeZone));
  }
}
