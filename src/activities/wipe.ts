/** The wipe: guard on facts read now, one claim, one send, and every other try reads back. */
import type { ConnectedDevices } from '../adapters/connectors.ts';
import { leaverOf } from '../domain/fact-parts.ts';
import type { CustodyState } from '../domain/custody-state.ts';
import { guard } from '../domain/guard.ts';
import { loadCustody } from '../store/rule-facts.ts';
import { recordObservation, recordWipeAnswer } from '../store/wipe-answers.ts';
import { actionHash, claimWipe, readWipeIntent } from '../store/wipe-intents.ts';
import type { WipeIntent } from '../store/wipe-intents.ts';
import { connectorOf } from './context.ts';
import type { EngineContext } from './context.ts';
import { WIPE_PARAMETERS, wipeActionOf } from '../domain/wipe-action.ts';
import { SEND_LIMIT_MS, sendOnce } from './send-once.ts';
import { guardInput, othersIn, readLive } from './wipe-guard.ts';
import type { LiveReading } from './wipe-guard.ts';
import { inTransaction } from '../store/transactions.ts';

export interface WipeOrder {
  readonly deviceId: string;
  readonly epoch: number;
  readonly connector: string;
  readonly approvalId: string;
}

/** Sends the approved wipe at most once; tells nobody that it worked. */
export async function sendWipe(context: EngineContext, order: WipeOrder): Promise<void> {
  const { deviceId, epoch, approvalId } = order;
  const manager = connectorOf(context.connectors.devices, order.connector);
  const custody = await loadCustody(context.db, deviceId, epoch);
  const attempt = custody.wipes.find((one) => one.approved.data.approvalId === approvalId);
  if (attempt === undefined || attempt.refused !== null || custody.cancelled !== null) return;
  const before = await readWipeIntent(context.db, approvalId);
  if (before !== null) return recordLostAnswer(context, manager, custody, before);

  const live = await readLive(context, manager, custody);
  // A hold of an outside source stands here by now: the rules see it.
  if (live === null || live.outsideHolds === 'placed') return;
  if (await recordEarlier(context, manager, custody, live)) return;
  const now = context.clock();
  // Expired while the sources were read: the rules approve anew.
  if (Date.parse(attempt.approved.data.expiresAt) <= now.getTime()) return;
  const { policyDigest } = custody;
  const { caseId } = custody.opened.data;
  const personId = leaverOf(custody.opened.data);
  const action = wipeActionOf(custody);
  const claim = await inTransaction(context.db, (tx) =>
    claimWipe(
      tx,
      {
        deviceId,
        epoch,
        caseId,
        personId,
        approvalId,
        connector: order.connector,
        mdmId: action.mdmId,
        actionHash: actionHash(action),
        policyDigest,
        timesHeld: attempt.timesHeld,
        others: othersIn(live),
        priorWipeStartedAt: live.device?.lastWipe?.startedAt ?? null,
        judge: (locked) => guard(guardInput(manager, custody, live, locked, now.getTime())),
      },
      now,
    ),
  );
  if (claim.kind !== 'send') return;
  context.crash('wipe-claimed');
  await sendClaimed(context, manager, custody, claim);
}

/** The one send. Whatever comes back is recorded; a crash in between leaves the claim, and the next try reads back. */
async function sendClaimed(
  context: EngineContext,
  manager: ConnectedDevices,
  custody: CustodyState,
  claim: { readonly intentId: string; readonly sendStartedAt: string },
): Promise<void> {
  const { deviceId, epoch } = custody;
  const subject = { deviceId, epoch, intentId: claim.intentId, sendStartedAt: claim.sendStartedAt };
  const { mdmId } = wipeActionOf(custody);
  const outcome = await sendOnce(
    claim,
    context.clock(),
    (signal) => manager.port.wipe(mdmId, WIPE_PARAMETERS, claim.intentId, { signal }),
    sendLimit(manager),
  );
  context.crash('wipe-sent');
  const settlesAt = outcome.answer === 'unknown' ? settlingTime(manager, claim.sendStartedAt) : null;
  await inTransaction(context.db, (tx) =>
    recordWipeAnswer(tx, { ...subject, ...outcome, settlesAt }, context.clock()),
  );
}

/** No send begins later than this after its claim, milliseconds: well before a read-back is believed. */
function sendLimit({ port }: ConnectedDevices): number {
  const { lostAnswer } = port;
  return lostAnswer.kind === 'authoritative-readback'
    ? Math.min(SEND_LIMIT_MS, lostAnswer.settleMs / 2)
    : SEND_LIMIT_MS;
}

/**
 * Whether the device manager shows by now a wipe of an earlier attempt that was taken for not accepted: then that one is
 * recorded, and nothing is sent again.
 */
async function recordEarlier(
  context: EngineContext,
  manager: ConnectedDevices,
  custody: CustodyState,
  { device }: LiveReading,
): Promise<boolean> {
  if (device === null) return false;
  const { deviceId, epoch } = custody;
  for (const { approved, intended } of custody.wipes) {
    const intent = intended === null ? null : await readWipeIntent(context.db, approved.data.approvalId);
    if (intent === null || intent.sendStartedAt === null) continue;
    const { intentId, mdmId, sendStartedAt, priorWipeStartedAt } = intent;
    const seen = manager.port.ourWipe(device, { mdmId, sendStartedAt, priorWipeStartedAt });
    if (seen === null) continue;
    const subject = { deviceId, epoch, intentId, connector: manager.name };
    const isNew = await inTransaction(context.db, (tx) =>
      recordObservation(tx, subject, seen, context.clock()),
    );
    if (isNew) return true;
  }
  return false;
}

/** A claim without an answer: its process died in between. Whether the command went out, only the vendor knows. */
async function recordLostAnswer(
  context: EngineContext,
  manager: ConnectedDevices,
  custody: CustodyState,
  intent: WipeIntent,
): Promise<void> {
  if (intent.answer !== null || intent.sendStartedAt === null) return;
  const { deviceId, epoch } = custody;
  const sendStartedAt = intent.sendStartedAt;
  const settlesAt = settlingTime(manager, sendStartedAt);
  await inTransaction(context.db, (tx) =>
    recordWipeAnswer(
      tx,
      {
        deviceId,
        epoch,
        intentId: intent.intentId,
        sendStartedAt,
        answer: 'unknown',
        code: 'process-ended',
        settlesAt,
      },
      context.clock(),
    ),
  );
}

/** From when on the vendor's listing is to be believed; `null` when it never is. */
function settlingTime(manager: ConnectedDevices, sendStartedAt: string): string | null {
  const { lostAnswer } = manager.port;
  if (lostAnswer.kind === 'never') return null;
  const settle = lostAnswer.kind === 'authoritative-readback' ? lostAnswer.settleMs : 0;
  return new Date(Date.parse(sendStartedAt) + settle).toISOString();
}
