/** The last look before a message goes out: is it still needed, may it be sent, to whom, and what does it say. */
import type { Connected } from '../../adapters/connectors.ts';
import type { Message, Notifier } from '../../adapters/notify/port.ts';
import type { NoticePlan } from '../../domain/notices/plan.ts';
import type { Suppression } from '../../domain/notices/route.ts';
import { sha256Hex } from '../../ledger/canonical.ts';
import type { Tx } from '../../store/database.ts';
import { readNoticeSubject } from '../../store/notice-people.ts';
import type { NoticeSubject } from '../../store/notice-people.ts';
import type { Notification } from '../../store/notifications.ts';
import type { EngineContext } from '../context.ts';
import { parcelOf, readParcel } from './parcels.ts';
import { renderNotice, serialEnd } from './render.ts';
import { isStillNeeded } from './still-needed.ts';

export type Prepared =
  | { readonly kind: 'suppressed'; readonly why: Suppression }
  | { readonly kind: 'message'; readonly message: Message; readonly digest: string };

export async function prepareNotice(
  context: EngineContext,
  tx: Tx,
  { mode, port }: Connected<Notifier>,
  row: Notification,
  now: Date,
): Promise<Prepared> {
  if (mode !== 'enforce') return { kind: 'suppressed', why: `mode-${mode}` };
  if (!(await isStillNeeded(context, tx, row, now))) return { kind: 'suppressed', why: 'no-longer-needed' };
  const subject = await readNoticeSubject(tx, {
    caseId: row.case_id,
    deviceId: row.device_id,
    personId: row.person_id,
    role: row.role,
  });
  if (subject.noContact) return { kind: 'suppressed', why: 'no-contact' };
  const parcel = await readParcel(tx, row);
  if (parcelOf(row.kind) !== null && parcel === null) return { kind: 'suppressed', why: 'no-longer-needed' };
  const to = addressOf(context.notices, row, subject);
  if (to === null || !port.accepts(to)) return { kind: 'suppressed', why: 'recipient-gone' };
  const rendered = renderNotice({
    template: row.template,
    language: row.language,
    about: { ...(await aboutOf(tx, row, subject)), parcel },
    timeZone: subject.timeZone ?? context.notices.timeZone,
    notice: noticeOf(context.notices, row, subject),
  });
  const message = { to, reference: row.id, language: row.language, ...rendered };
  return { kind: 'message', message, digest: sha256Hex(`${rendered.subject}\n${rendered.text}`) };
}

/** The configuration may have changed since: only where the same connector still stands is it sent to. */
function addressOf({ roles }: NoticePlan, row: Notification, { address }: NoticeSubject): string | null {
  if (row.person_id !== null) return address;
  const target = row.target === null ? undefined : roles[row.role]?.[row.target];
  return target === undefined || target.connector !== row.connector ? null : target.to;
}

/** A paragraph for people in that country; desks know their law. */
function noticeOf({ countries }: NoticePlan, row: Notification, { country }: NoticeSubject): string | null {
  if (row.person_id === null || country === null) return null;
  const notice = countries[country.toUpperCase()]?.notice ?? {};
  return Object.entries(notice).find(([language]) => language === row.language)?.[1] ?? null;
}

async function aboutOf(tx: Tx, row: Notification, subject: NoticeSubject) {
  const exception =
    row.exception_id === null
      ? undefined
      : await tx
          .selectFrom('exceptions')
          .select(['id', 'code'])
          .where('id', '=', row.exception_id)
          .executeTakeFirst();
  return {
    firstName: subject.firstName,
    leaverFirstName: subject.leaverFirstName,
    model: subject.model,
    serialEnd: serialEnd(subject.serial),
    dueAt: row.due_at,
    gate: row.gate,
    exception: exception === undefined ? null : { id: exception.id, name: exception.code },
    caseId: row.case_id,
    deviceId: row.device_id,
  };
}
