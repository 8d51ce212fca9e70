/** To whom a message about one thing goes: pure, from a role to its recipients, or to the reason why somebody hears nothing. */
import type { Gate } from '../gates.ts';
import type { Language, NoticePlan } from './plan.ts';

/** What a message is about. */
export type NoticeKind = 'return-chaser' | 'gate-overdue' | 'exception-overdue' | ParcelKind;

/** It brings the leaver the label for the way back, or tells of the box that it lies in. */
type ParcelKind = 'return-label' | 'return-box';

/** Why somebody who was to be told is not. */
export type Suppression =
  /** Nothing of the kind is written to a leaver. */
  | 'not-for-leaver'
  /** The person must not be written to, as after a death. */
  | 'no-contact'
  /** Leavers in that country are not written to. */
  | 'country-without-chasers'
  /** The access is cut, and no private address is known. */
  | 'no-private-address'
  | 'no-work-address'
  | 'manager-unknown'
  /** The manager has left as well. */
  | 'manager-gone'
  /** `notify.mailPeopleBy` names nobody. */
  | 'no-mail-connector'
  | 'role-not-configured'
  /** The connector only looks on, or only says what it would do. */
  | 'mode-observe'
  | 'mode-recommend'
  /** Found long after the leave: nobody wants a wave of mails. An operator may have it sent. */
  | 'backfill'
  /** Since it was queued: what it is about is settled. */
  | 'no-longer-needed'
  /** Since it was queued: the configuration has nobody there any more. */
  | 'recipient-gone';

/** What is known of a person, as far as writing to them goes. No address: whether there is one. */
export interface Reachable {
  readonly personId: string;
  readonly hasAddress: boolean;
  readonly noContact: boolean;
  /** Every account of theirs that we know of is off. */
  readonly gone: boolean;
  readonly country: string | null;
  readonly timeZone: string | null;
}

export interface NoticePeople {
  readonly leaver: Reachable;
  readonly manager: Reachable | null;
}

/** One recipient. */
export interface Routed {
  readonly role: string;
  /** Tells recipients of one role apart; never an address. */
  readonly place: string;
  readonly personId: string | null;
  readonly connector: string | null;
  /** Place in the role's list of targets; `null` for people. */
  readonly target: number | null;
  readonly template: string;
  readonly language: Language;
  readonly country: string | null;
  readonly timeZone: string;
  readonly suppressed: Suppression | null;
}

export interface NoticeQuestion {
  readonly kind: NoticeKind;
  readonly gate: Gate | null;
  /** The role that the policy names. */
  readonly role: string;
  /** `null`: it is about hardware without a person. */
  readonly people: NoticePeople | null;
  readonly plan: NoticePlan;
  /** The connector's mode; `null` when there is no such connector. */
  readonly modeOf: (connector: string) => 'observe' | 'recommend' | 'enforce' | null;
}

/** A label names its sender's home: who cannot be sent theirs is seen to by a desk, not by their manager. */
const INSTEAD_OF_LABEL: Readonly<Record<string, string | null>> = { leaver: 'asset-manager', operator: null };

/** Who hears of it instead, when nobody of a role can be told. */
const INSTEAD: Readonly<Record<string, string | null>> = {
  leaver: 'manager',
  manager: 'asset-manager',
  operator: null,
};

/**
 * The recipients of a role, and where none of them can be told, those of the next one: what nobody hears is written down with
 * its reason, and somebody hears it instead.
 */
export function routeNotice(question: NoticeQuestion): readonly Routed[] {
  const routed: Routed[] = [];
  let role: string | null = question.role;
  while (role !== null) {
    const found = recipientsOf(role, question);
    routed.push(...found);
    if (found.some((one) => isReached(one.suppressed))) return routed;
    const instead = isParcel(question.kind) ? INSTEAD_OF_LABEL : INSTEAD;
    const next: string | null = role in instead ? (instead[role] ?? null) : 'operator';
    role = next;
  }
  return routed;
}

/** A connector that looks on has somebody to tell: nobody else is told in their place. */
function isReached(suppressed: Suppression | null): boolean {
  return suppressed === null || suppressed === 'mode-observe' || suppressed === 'mode-recommend';
}

function recipientsOf(role: string, question: NoticeQuestion): readonly Routed[] {
  const { plan, people } = question;
  // Nobody had it: whoever comes next is told.
  if (people === null && (role === 'leaver' || role === 'manager')) return [];
  if (people !== null && role === 'leaver') return [toLeaver(question, people)];
  if (people !== null && role === 'manager') return [toManager(question, people)];
  const targets = plan.roles[role] ?? [];
  const common = {
    role,
    personId: null,
    country: null,
    timeZone: plan.timeZone,
    template: staffTemplate(question),
  };
  if (targets.length === 0)
    return [
      {
        ...common,
        place: role,
        connector: null,
        target: null,
        language: plan.language,
        suppressed: 'role-not-configured',
      },
    ];
  return targets.map(({ connector, language }, target) => ({
    ...common,
    place: `${role}/${target}`,
    connector,
    target,
    language: language ?? plan.language,
    suppressed: byMode(connector, question),
  }));
}

function toLeaver(question: NoticeQuestion, { leaver }: NoticePeople): Routed {
  const country = countryOf(leaver);
  const suppressed = (): Suppression | null => {
    if (!isReturn(question)) return 'not-for-leaver';
    if (leaver.noContact) return 'no-contact';
    if (country !== null && question.plan.countries[country]?.noChasers === true)
      return 'country-without-chasers';
    return leaver.hasAddress ? null : 'no-private-address';
  };
  return toPerson('leaver', leaver, country, leaverTemplate(question), suppressed(), question);
}

function toManager(question: NoticeQuestion, { leaver, manager }: NoticePeople): Routed {
  const country = (manager === null ? null : countryOf(manager)) ?? countryOf(leaver);
  const template = !isReturn(question)
    ? 'overdue.staff'
    : leaver.noContact
      ? 'return.manager-quiet'
      : 'return.manager';
  const suppressed = (): Suppression | null => {
    if (manager === null) return 'manager-unknown';
    if (manager.gone) return 'manager-gone';
    if (manager.noContact) return 'no-contact';
    return manager.hasAddress ? null : 'no-work-address';
  };
  return toPerson('manager', manager, country, template, suppressed(), question);
}

function toPerson(
  role: string,
  person: Reachable | null,
  country: string | null,
  template: string,
  suppressed: Suppression | null,
  question: NoticeQuestion,
): Routed {
  const { plan } = question;
  const { mailPeopleBy: connector } = plan;
  const unsent = connector === null ? 'no-mail-connector' : byMode(connector, question);
  return {
    role,
    place: role,
    personId: person?.personId ?? null,
    connector: suppressed === null ? connector : null,
    target: null,
    template,
    language: (country === null ? undefined : plan.countries[country]?.language) ?? plan.language,
    country,
    timeZone: person?.timeZone ?? plan.timeZone,
    suppressed: suppressed ?? unsent,
  };
}

function byMode(connector: string, { modeOf }: NoticeQuestion): Suppression | null {
  const mode = modeOf(connector);
  if (mode === null) return 'recipient-gone';
  return mode === 'enforce' ? null : `mode-${mode}`;
}

function leaverTemplate({ kind }: NoticeQuestion): string {
  if (kind === 'return-label') return 'label.leaver';
  return kind === 'return-box' ? 'box.leaver' : 'return.leaver';
}

function staffTemplate({ kind }: NoticeQuestion): string {
  return isParcel(kind) ? 'label.staff' : 'overdue.staff';
}

function isParcel(kind: NoticeKind): kind is ParcelKind {
  return kind === 'return-label' || kind === 'return-box';
}

function isReturn({ kind, gate }: NoticeQuestion): boolean {
  return kind === 'return-chaser' || isParcel(kind) || (kind === 'gate-overdue' && gate === 'return');
}

function countryOf({ country }: Reachable): string | null {
  return country === null ? null : country.toUpperCase();
}
