/** People as far as writing to them goes. Addresses leave this file only for the send itself. */
import { sql } from 'kysely';
import type { NoticePeople, Reachable } from '../domain/notices/route.ts';
import type { Reader } from './database.ts';
import { NOTHING_KNOWN, readValues } from './personal/values.ts';

interface Row {
  readonly id: string;
  readonly is_leaver: boolean;
  readonly has_private_email: boolean;
  readonly has_work_email: boolean;
  readonly no_contact: boolean;
  readonly gone: boolean | null;
  readonly country: string | null;
  readonly time_zone: string | null;
}

/** The leaver and their manager. @throws Error when there is no such person. */
export async function readNoticePeople(db: Reader, leaverId: string): Promise<NoticePeople> {
  const { rows } = await sql<Row>`
    select person.id, person.id = ${leaverId} as is_leaver, person.private_email_sealed is not null as has_private_email,
      person.work_email_sealed is not null as has_work_email, person.no_contact,
      person.country, person.time_zone,
      (select bool_and(state in ('deactivated', 'deleted')) from person_links
        where person_links.person_id = person.id and state is not null) as gone
    from persons as person
    where person.id = ${leaverId} or person.id = (select manager_person_id from persons where id = ${leaverId})`.execute(
    db,
  );
  const leaver = rows.find((row) => row.is_leaver);
  if (leaver === undefined) throw new Error(`no person ${leaverId}`);
  const manager = rows.find((row) => !row.is_leaver);
  return {
    leaver: reachable(leaver, leaver.has_private_email),
    manager: manager === undefined ? null : reachable(manager, manager.has_work_email),
  };
}

function reachable(row: Row, hasAddress: boolean): Reachable {
  return {
    personId: row.id,
    hasAddress,
    noContact: row.no_contact,
    gone: row.gone ?? false,
    country: row.country,
    timeZone: row.time_zone,
  };
}

/** What a message says of people and the device: personal data, read for the send and kept nowhere. */
export interface NoticeSubject {
  /** Of the recipient, where it is a person. */
  readonly firstName: string | null;
  readonly address: string | null;
  readonly country: string | null;
  readonly timeZone: string | null;
  readonly noContact: boolean;
  readonly leaverFirstName: string | null;
  readonly model: string | null;
  readonly serial: string | null;
}

export async function readNoticeSubject(
  db: Reader,
  of: {
    readonly caseId: string;
    readonly deviceId: string | null;
    readonly personId: string | null;
    readonly role: string;
  },
): Promise<NoticeSubject> {
  const { rows } = await sql<{
    leaver_id: string | null;
    country: string | null;
    time_zone: string | null;
    no_contact: boolean | null;
    model: string | null;
    serial: string | null;
  }>`
    select cases.person_id as leaver_id, recipient.country, recipient.time_zone, recipient.no_contact,
      devices.model, devices.serial
    from cases
    left join persons as recipient on recipient.id = ${of.personId}
    left join devices on devices.id = ${of.deviceId}
    where cases.id = ${of.caseId}`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error(`no case ${of.caseId}`);
  const named = [of.personId, row.leaver_id].filter((id) => id !== null);
  const people = await readValues(db, named);
  const valuesOf = (id: string | null) => people.get(id ?? '') ?? NOTHING_KNOWN;
  const recipient = valuesOf(of.personId);
  return {
    firstName: firstNameOf(recipient.displayName),
    address: of.role === 'leaver' ? recipient.privateEmail : recipient.workEmail,
    country: row.country,
    timeZone: row.time_zone,
    noContact: row.no_contact ?? false,
    leaverFirstName: firstNameOf(valuesOf(row.leaver_id).displayName),
    model: row.model,
    serial: row.serial,
  };
}

/** Of "Ada Leaver" and of "Leaver, Ada". @returns `null` for a name that is none, such as an address. */
export function firstNameOf(displayName: string | null): string | null {
  const [family = '', given] = (displayName ?? '').split(',', 2);
  const first = (given ?? family).trim().split(/\s+/u)[0] ?? '';
  return /^[\p{L}\p{M}'’.-]{1,60}$/u.test(first) ? first : null;
}
