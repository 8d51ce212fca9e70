/** Messages to people: what was sent, what was not and why, and the decision to send again. */
import { z } from 'zod';
import { resendNotification } from '../../store/notifications.ts';
import { listNotifications } from '../../store/read/notifications.ts';
import { inTransaction } from '../../store/transactions.ts';
import { PageQuery, pageOf, readCursor, toPage } from '../pagination.ts';
import { Problem } from '../problem.ts';
import { ok, route } from '../route.ts';
import { Id, Instant, Line } from '../shapes/common.ts';
import { NOTIFICATION_STATES, NotificationShape, notificationView } from '../shapes/notifications.ts';

const listRoute = route({
  method: 'get',
  path: '/notifications',
  action: 'notifications.read',
  summary: 'Messages to people, newest first',
  query: z.strictObject({
    ...PageQuery,
    state: z.enum(NOTIFICATION_STATES).optional(),
    caseId: Id('case').optional(),
    deviceId: Id('device').optional(),
    role: Line(64).optional(),
  }),
  answer: pageOf(NotificationShape),
  problems: ['invalid-cursor'],
  async handle({ db }, { query }) {
    const { state = null, caseId = null, deviceId = null, role = null } = query;
    const cursor = readCursor(z.tuple([Instant, Id('notification')]), query.cursor);
    const after = cursor === null ? null : { createdAt: cursor[0], id: cursor[1] };
    const rows = await listNotifications(db, { state, caseId, deviceId, role }, after, query.limit + 1);
    return ok(toPage(rows, query.limit, notificationView, (row) => [row.created_at, row.id]));
  },
});

const resendRoute = route({
  method: 'post',
  path: '/notifications/:id/resend',
  action: 'notifications.resend',
  summary: 'Sends a message again that failed or whose answer was lost; it may then arrive twice',
  params: z.strictObject({ id: Id('notification') }),
  body: z.strictObject({}),
  answer: NotificationShape,
  statuses: [202],
  problems: ['not-found', 'notification-not-failed', 'notification-resent'],
  async handle({ db }, { params, actor, now }) {
    const resend = await inTransaction(db, (tx) => resendNotification(tx, params.id, actor, now));
    if (resend === null) throw new Problem('not-found');
    if (resend.kind !== 'ordered')
      throw new Problem(resend.kind === 'not-failed' ? 'notification-not-failed' : 'notification-resent');
    return { status: 202, body: notificationView(resend.notification) };
  },
});

export const NOTIFICATION_ROUTES = [listRoute, resendRoute];
