/** What stops intake, and what is put aside so that the rest goes on. */
import { ApplicationFailure } from '@temporalio/common';
import { ConnectorError } from '../adapters/errors.ts';
import type { LifecycleHint } from '../adapters/identity/port.ts';
import { openExceptionAgain } from '../store/exceptions.ts';
import { holdForRetry } from '../store/held-hints.ts';
import { deferDelivery, nextRetryIn, quarantineDelivery } from '../store/inbox.ts';
import type { Delivery } from '../store/inbox.ts';
import type { EngineContext } from './context.ts';
import { inTransaction } from '../store/transactions.ts';

/** Tries of one delivery, the first included, until it is put aside for somebody. */
export const DELIVERY_TRIES = 8;

const FIRST_PAUSE_MS = 5_000;
/** A delivery that comes while others wait for their next try waits no longer than this. */
const LONGEST_WAIT_MS = 5_000;
const DECISION_DUE_MS = 24 * 3_600_000;

/**
 * Whether nothing can be taken in now: the connector is away or busy, or refuses us altogether (a token that was changed). Any
 * other failure is this delivery's own. A database that is away shows when the failure is to be stored.
 */
export function stopsIntake(error: unknown): boolean {
  if (!(error instanceof ConnectorError)) return false;
  return (
    error.code === 'retryable' || (error.code === 'refused' && (error.status === 401 || error.status === 403))
  );
}

/** Counts the failure: due again after a growing pause, and after the last try quarantined with an exception. */
export async function putAside(
  context: EngineContext,
  connector: string,
  { id, attempts }: Delivery,
  error: unknown,
): Promise<void> {
  const reason = reasonOf(error);
  const tries = attempts + 1;
  const fields = { connector, delivery: id, tries, reason };
  if (tries < DELIVERY_TRIES) {
    context.log.warn(fields, 'delivery failed, tried again later');
    return deferDelivery(context.db, id, reason, pauseMs(context, tries));
  }
  context.log.warn(fields, 'delivery failed, put aside');
  const now = context.clock();
  await inTransaction(context.db, async (tx) => {
    await quarantineDelivery(tx, id, reason);
    await openExceptionAgain(
      tx,
      {
        stream: `connector:${connector}`,
        code: 'delivery-failed',
        gate: null,
        round: id,
        owner: 'operator',
        blocking: true,
        dueAt: new Date(now.getTime() + DECISION_DUE_MS),
        caseId: null,
        deviceId: null,
        occurrence: 'failed',
      },
      now,
    );
  });
}

/** Keeps a polled hint that failed for a reason of its own: it becomes a delivery, and the cursor may move. */
export async function keepHint(
  context: EngineContext,
  connector: string,
  hint: LifecycleHint,
  error: unknown,
): Promise<void> {
  const reason = reasonOf(error);
  context.log.warn(
    { connector, eventId: hint.eventId, tries: 1, reason },
    'polled event failed, tried again later',
  );
  await inTransaction(context.db, (tx) => holdForRetry(tx, connector, hint, reason, pauseMs(context, 1)));
}

/** @throws ApplicationFailure when deliveries wait for their next try: the activity's next one takes them. */
export async function comeBackForDeferred(context: EngineContext, connector: string): Promise<void> {
  const waitMs = await nextRetryIn(context.db, connector);
  if (waitMs === null) return;
  throw ApplicationFailure.create({
    message: `${connector}: deliveries wait for their next try`,
    type: 'deferred',
    nextRetryDelay: Math.min(Math.max(waitMs, 100), LONGEST_WAIT_MS),
  });
}

function pauseMs({ retryCapMs }: EngineContext, tries: number): number {
  return Math.min(retryCapMs, FIRST_PAUSE_MS * 2 ** (tries - 1));
}

/** Codes only: an error's text may quote data. */
function reasonOf(error: unknown): string {
  if (error instanceof ConnectorError) {
    const detail = error.vendorCode ?? error.status;
    return `${error.operation}: ${error.code}${detail === undefined ? '' : ` (${detail})`}`;
  }
  if (!(error instanceof Error)) return 'internal';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return `internal: ${code}`;
}
