/** Draining a connector's inbox: stored bytes become hints, nudges, trackings; what cannot be read is shown, not dropped. */
import { sql } from 'kysely';
import { ConnectorError } from '../adapters/errors.ts';
import type { HookContent } from '../adapters/webhook.ts';
import { deviceStream } from '../domain/fact.ts';
import { wakeCustody } from '../store/cases.ts';
import { appendFacts } from '../store/facts.ts';
import { finishDelivery, nextDeliveries, quarantineDelivery } from '../store/inbox.ts';
import type { Delivery } from '../store/inbox.ts';
import type { EngineContext } from './context.ts';
import { tryAgain } from './failures.ts';
import { takeHint } from './lifecycle.ts';
import { importVendorDocuments } from './pickup.ts';
import { pollIdentity } from './poll.ts';

const BATCH = 50;

/** Statuses after which somebody has to do something; the others are only news. */
const PARCEL_TROUBLE = new Set(['return_to_sender', 'failure', 'cancelled', 'error']);

/**
 * Takes in everything that waits in one connector's inbox, oldest first. A delivery that the connector itself cannot be asked
 * about now is tried again, with all that follow it; one that fails for a reason of its own does not stop the others.
 */
export async function drainInbox(
  context: EngineContext,
  { connector }: { readonly connector: string },
  beat: () => void = () => {},
): Promise<void> {
  for (;;) {
    const deliveries = await nextDeliveries(context.db, connector, BATCH);
    if (deliveries.length === 0) return;
    for (const delivery of deliveries) {
      beat();
      await takeDelivery(context, connector, delivery);
    }
  }
}

async function takeDelivery(context: EngineContext, connector: string, delivery: Delivery): Promise<void> {
  const reader = readerOf(context, connector);
  const content: HookContent =
    reader === null
      ? { kind: 'unparseable', why: 'no reader for this kind of connector' }
      : reader(delivery.body, delivery.deliveryId);
  if (content.kind === 'unparseable') return quarantineDelivery(context.db, delivery.id, content.why);
  try {
    await take(context, connector, content);
    await finishDelivery(context.db, delivery.id);
  } catch (error) {
    if (error instanceof ConnectorError && error.code !== 'retryable') {
      // It would stop for ever what stands behind it: shown, to be tried again by hand.
      return quarantineDelivery(context.db, delivery.id, `${error.operation}: ${error.code}`);
    }
    throw tryAgain(context, error);
  }
}

async function take(
  context: EngineContext,
  connector: string,
  content: Exclude<HookContent, { kind: 'unparseable' }>,
): Promise<void> {
  switch (content.kind) {
    case 'hints':
      for (const hint of content.hints) await takeHint(context, connector, hint);
      return;
    case 'nudge':
      await pollIdentity(context, { connector });
      return;
    case 'reauthorize':
      await context.connectors.identity.get(connector)?.port.keepSubscribed?.();
      return;
    case 'tracker':
      await takeTracking(context, connector, content);
      return;
    case 'disposition':
      await importVendorDocuments(context, { connector, pickupId: content.pickupId, what: content.what });
      return;
    case 'ignored':
  }
}

/** Where a parcel is: a fact of its custody. Only trouble wakes the workflow; "in transit" is news, not a reason. */
async function takeTracking(
  context: EngineContext,
  connector: string,
  { trackingCode, status, occurredAt }: Extract<HookContent, { kind: 'tracker' }>,
): Promise<void> {
  await context.db.transaction().execute(async (tx) => {
    const tracker = await tx
      .selectFrom('trackers')
      .select(['device_id', 'epoch'])
      .where('tracking_code', '=', trackingCode)
      .executeTakeFirst();
    if (tracker === undefined) return;
    const { device_id: deviceId, epoch } = tracker;
    const key = `return.tracked:${trackingCode}:${status}:${occurredAt}`;
    const data = { epoch, trackingCode, status, occurredAt };
    await appendFacts(
      tx,
      [
        {
          stream: deviceStream(deviceId),
          key,
          type: 'return.tracked',
          actor: `connector:${connector}`,
          data,
        },
      ],
      context.clock(),
    );
    await sql`update trackers set status = ${status} where tracking_code = ${trackingCode}`.execute(tx);
    if (PARCEL_TROUBLE.has(status)) await wakeCustody(tx, deviceId, epoch);
  });
}

function readerOf(context: EngineContext, connector: string) {
  const { identity, hr, carrier, disposition, devices } = context.connectors;
  for (const map of [identity, hr, carrier, disposition, devices]) {
    const found = map.get(connector);
    if (found !== undefined) return found.reader;
  }
  return null;
}
