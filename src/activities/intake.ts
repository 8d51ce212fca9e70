/** Draining a connector's inbox: stored bytes become hints, nudges, trackings; what cannot be read is shown, not dropped. */
import type { LifecycleHint } from '../adapters/identity/port.ts';
import type { HookContent } from '../adapters/webhook.ts';
import { finishDelivery, nextDeliveries, quarantineDelivery } from '../store/inbox.ts';
import type { Delivery } from '../store/inbox.ts';
import { emptyDelivery } from '../store/personal/scrub.ts';
import type { EngineContext } from './context.ts';
import { tryAgain } from './failures.ts';
import { readHeldHint } from './held-hint.ts';
import { comeBackForDeferred, putAside, stopsIntake } from './intake-failures.ts';
import { takeHint } from './lifecycle.ts';
import { importVendorDocuments } from './pickup.ts';
import { pollIdentity } from './poll.ts';
import { takeTracking } from './tracking.ts';

const BATCH = 50;

/**
 * Takes in everything that is due in one connector's inbox, oldest first. While the connector itself cannot be asked, all of it
 * waits; a delivery that fails for a reason of its own is tried again after growing pauses, while the others go on, and is put
 * aside with an exception after `DELIVERY_TRIES`. Nothing is dropped.
 *
 * @throws ApplicationFailure to be tried again: at once for a connector that is away, else when the next delivery is due.
 */
export async function drainInbox(
  context: EngineContext,
  { connector }: { readonly connector: string },
  beat: () => void = () => {},
): Promise<void> {
  for (;;) {
    const deliveries = await nextDeliveries(context.db, connector, BATCH);
    if (deliveries.length === 0) break;
    const poll = pollOnce(context, connector, beat);
    for (const delivery of deliveries) {
      beat();
      await takeDelivery(context, connector, delivery, poll);
    }
  }
  await comeBackForDeferred(context, connector);
}

/** Nudges of one batch were all stored before its first poll began: that one reads what they are about. */
function pollOnce(context: EngineContext, connector: string, beat: () => void): () => Promise<void> {
  let polled = false;
  return async () => {
    if (polled) return;
    await pollIdentity(context, { connector }, beat);
    polled = true;
  };
}

async function takeDelivery(
  context: EngineContext,
  connector: string,
  delivery: Delivery,
  poll: () => Promise<void>,
): Promise<void> {
  const content = contentOf(context, connector, delivery);
  if (content.kind === 'unparseable') {
    context.log.warn(
      { connector, delivery: delivery.id, reason: content.why },
      'delivery not readable, put aside',
    );
    return quarantineDelivery(context.db, delivery.id, content.why);
  }
  try {
    const isErased = await take(context, connector, content, poll);
    await finishDelivery(context.db, delivery.id);
    // What is said of an erased person is not kept either.
    if (isErased) await emptyDelivery(context.db, delivery.id, delivery.deliveryId);
  } catch (error) {
    if (stopsIntake(error)) throw tryAgain(context, error);
    await putAside(context, connector, delivery, error);
  }
}

function contentOf(context: EngineContext, connector: string, { deliveryId, body }: Delivery): HookContent {
  const held = readHeldHint(deliveryId, body);
  if (held !== null) return { kind: 'hints', hints: [held] };
  const reader = readerOf(context, connector);
  return reader === null
    ? { kind: 'unparseable', why: 'no reader for this kind of connector' }
    : reader(body, deliveryId);
}

/** @returns Whether it was about somebody who was erased. */
async function take(
  context: EngineContext,
  connector: string,
  content: Exclude<HookContent, { kind: 'unparseable' }>,
  poll: () => Promise<void>,
): Promise<boolean> {
  switch (content.kind) {
    case 'hints':
      return takeHints(context, connector, content.hints);
    case 'nudge':
      await poll();
      return false;
    case 'reauthorize': {
      const provider = context.connectors.identity.get(connector);
      if (provider?.mode === 'enforce') await provider.port.keepSubscribed?.();
      return false;
    }
    case 'tracker':
      await takeTracking(context, connector, content);
      return false;
    case 'disposition':
      await importVendorDocuments(context, { connector, pickupId: content.pickupId, what: content.what });
      return false;
    case 'ignored':
      return false;
  }
}

/** Each of them, also after one that failed: with its delivery that one is tried again, and the others are known by then. */
async function takeHints(
  context: EngineContext,
  connector: string,
  hints: readonly LifecycleHint[],
): Promise<boolean> {
  const failed: unknown[] = [];
  let isErased = false;
  for (const hint of hints) {
    try {
      if ((await takeHint(context, connector, hint)) === 'erased') isErased = true;
    } catch (error) {
      if (stopsIntake(error)) throw error;
      failed.push(error);
    }
  }
  if (failed.length > 0) throw failed[0];
  return isErased;
}

function readerOf(context: EngineContext, connector: string) {
  const { identity, hr, carrier, disposition, devices } = context.connectors;
  for (const map of [identity, hr, carrier, disposition, devices]) {
    const found = map.get(connector);
    if (found !== undefined) return found.reader;
  }
  return null;
}
