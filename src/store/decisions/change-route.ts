/** Two people decide where a device is going. */
import type { CustodyState } from '../../domain/custody-state.ts';
import { NotToDecide } from '../../domain/decisions.ts';
import type { SubjectOf } from '../../domain/decisions.ts';
import { isOpen } from '../../domain/exceptions.ts';
import { deviceStream } from '../../domain/fact.ts';
import type { Route } from '../../domain/routes.ts';
import type { Tx } from '../database.ts';
import { resolveException } from '../exceptions.ts';
import { appendFacts } from '../facts.ts';
import type { DecisionRow } from '../read/decisions.ts';
import type { Bound } from './decisions.ts';
import { boundTo, lockOpenCustody } from './open-custody.ts';
import { settleWipeExceptions } from './settle-wipe-exceptions.ts';

interface RouteRequest {
  readonly deviceId: string;
  readonly to: Route;
  readonly reviewAt: string | null;
}

export async function bindRoute(tx: Tx, request: RouteRequest, now: Date): Promise<Bound> {
  const { deviceId, to } = request;
  const custody = await lockOpenCustody(tx, deviceId);
  const { route: from, epoch, transferred } = custody;
  if (transferred !== null) throw new NotToDecide('handed-over');
  const reviewAt = to === 'legal-retention' ? request.reviewAt : null;
  if (to === 'legal-retention' && (reviewAt === null || Date.parse(reviewAt) <= now.getTime()))
    throw new NotToDecide('review-needed');
  const isSame = from === to && reviewAt === (custody.routeChanged?.data.reviewAt ?? null);
  if (isSame) throw new NotToDecide('same-route');
  if (!fits(custody, to)) throw new NotToDecide('route-not-fitting');
  const { serial } = custody.opened.data;
  return boundTo(custody, { kind: 'change-route', deviceId, epoch, serial, from, to, reviewAt });
}

/** A personal device is only ever retired; and nothing but an explicitly personal device escapes its wipe that way. */
function fits({ opened }: CustodyState, to: Route): boolean {
  const { ownership } = opened.data;
  if (to === 'personal') return ownership === 'personal';
  return ownership !== 'personal' || to === 'lost';
}

export async function changeRoute(
  tx: Tx,
  row: DecisionRow,
  { deviceId, epoch, from, to, reviewAt }: SubjectOf<'change-route'>,
  by: string,
  now: Date,
): Promise<void> {
  const custody = await lockOpenCustody(tx, deviceId);
  const data = { epoch, decisionId: row.id, from, to, reviewAt };
  const stream = deviceStream(deviceId);
  await appendFacts(
    tx,
    [{ stream, key: `route.changed:${row.id}`, type: 'route.changed', actor: by, data }],
    now,
  );
  await tx
    .updateTable('custodies')
    .set({ route: to })
    .where('device_id', '=', deviceId)
    .where('epoch', '=', epoch)
    .execute();
  // Nobody's books hold what is a person's own: that only one source knows it is as it should be.
  if (to === 'personal') await settle(tx, custody, by, now);
  await settleWipeExceptions(tx, custody, `route-${to}`, by, now);
}

const OF_A_RECORD: ReadonlySet<string> = new Set(['unrecorded-device', 'single-source-device']);

async function settle(tx: Tx, { exceptions }: CustodyState, by: string, now: Date): Promise<void> {
  for (const exception of exceptions) {
    const { exceptionId, code } = exception.opened.data;
    const resolution = { exceptionId, outcome: 'route-personal', reason: 'it is personal', by };
    if (isOpen(exception) && OF_A_RECORD.has(code)) await resolveException(tx, resolution, now);
  }
}
