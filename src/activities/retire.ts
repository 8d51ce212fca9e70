/** The selective retire of a personal device: its own guard, one claim, one send; the sweep reads what became of it. */
import type { ConnectedDevices } from '../adapters/connectors.ts';
import type { ManagedDevice } from '../adapters/devices/port.ts';
import type { CustodyState } from '../domain/custody-state.ts';
import { deviceStream } from '../domain/fact.ts';
import { onlyHolds } from '../domain/held-by.ts';
import { recordIn } from '../domain/rules/standing.ts';
import { guardRetire } from '../domain/retire-guard.ts';
import type { RetireRefusal } from '../domain/retire-guard.ts';
import {
  claimCommand,
  commandIntentId,
  pendingRetires,
  readCommandIntent,
  recordCommandAnswer,
  recordCommandState,
} from '../store/command-intents.ts';
import type { CommandIntent, PendingCommand } from '../store/command-intents.ts';
import type { Tx } from '../store/database.ts';
import { appendFacts } from '../store/facts.ts';
import { lockSubject } from '../store/locked-subject.ts';
import { loadCustody } from '../store/rule-facts.ts';
import { inTransaction } from '../store/transactions.ts';
import { connectorOf } from './context.ts';
import type { EngineContext } from './context.ts';
import { tryAgain } from './failures.ts';
import { raiseOnCustody } from './raise.ts';
import { sendOnce } from './send-once.ts';
import { holdsOf, readLive } from './wipe-guard.ts';
import type { LiveReading } from './wipe-guard.ts';

export interface RetireOrder {
  readonly deviceId: string;
  readonly epoch: number;
  readonly connector: string;
  /** The first is 1; another follows a decision. */
  readonly attempt: number;
}

export async function sendRetire(context: EngineContext, order: RetireOrder): Promise<void> {
  const { deviceId, epoch, connector } = order;
  const manager = connectorOf(context.connectors.devices, connector);
  const custody = await loadCustody(context.db, deviceId, epoch);
  const mdmId = recordIn(custody, 'mdm')?.externalId;
  if (custody.cancelled !== null || custody.route !== 'personal' || mdmId === undefined) return;
  const subject = { kind: 'retire', deviceId, epoch, occasion: String(order.attempt) } as const;
  const before = await readCommandIntent(context.db, commandIntentId(subject));
  if (before !== null) return recordLostAnswer(context, order, before);

  const live = await readLive(context, manager, custody);
  if (live === null || live.outsideHolds === 'placed') return;
  const claim = { ...subject, connector, mdmId, priorStartedAt: lastRetire(live.device) };
  const result = await inTransaction(context.db, async (tx) => {
    const locked = await lockSubject(tx, custody);
    const codes = guardRetire(guardInput(manager, custody, live, locked, mdmId));
    if (onlyHolds(codes)) return recordHeld(tx, order, custody, codes, context.clock());
    if (codes.length > 0) return { refused: codes };
    return { claimed: await claimCommand(tx, claim, context.clock()) };
  });
  if ('refused' in result) return refuse(context, custody, result.refused);
  if (result.claimed === null) return;
  await sendClaimed(context, manager, order, mdmId, result.claimed);
}

/** What only holds it is somebody's to free: it then goes on under the same decision. */
async function recordHeld(
  tx: Tx,
  { deviceId, epoch, attempt }: RetireOrder,
  { timesRetireHeld, routeChanged }: CustodyState,
  codes: readonly RetireRefusal[],
  now: Date,
): Promise<{ readonly claimed: null }> {
  const decisionId = routeChanged?.data.decisionId ?? '';
  const key = `command.held:retire:${deviceId}:${epoch}:${timesRetireHeld + 1}`;
  const data = { epoch, command: 'retire', attempt, decisionId, codes } as const;
  const fact = {
    stream: deviceStream(deviceId),
    key,
    type: 'command.held',
    actor: 'handback',
    data,
  } as const;
  await appendFacts(tx, [fact], now);
  return { claimed: null };
}

async function sendClaimed(
  context: EngineContext,
  manager: ConnectedDevices,
  { deviceId, epoch }: RetireOrder,
  mdmId: string,
  claimed: CommandIntent,
): Promise<void> {
  const { intentId } = claimed;
  const told = { kind: 'retire', deviceId, epoch, intentId } as const;
  const outcome = await sendOnce(claimed, context.clock(), (signal) =>
    manager.port.retire(mdmId, intentId, { signal }),
  );
  await inTransaction(context.db, (tx) => recordCommandAnswer(tx, { ...told, ...outcome }, context.clock()));
}

/** A claim without an answer: its process died in between. */
async function recordLostAnswer(
  context: EngineContext,
  { deviceId, epoch }: RetireOrder,
  { intentId, answer }: CommandIntent,
): Promise<void> {
  if (answer !== null) return;
  const told = {
    kind: 'retire',
    deviceId,
    epoch,
    intentId,
    answer: 'unknown',
    code: 'process-ended',
  } as const;
  await inTransaction(context.db, (tx) => recordCommandAnswer(tx, told, context.clock()));
}

function guardInput(
  manager: ConnectedDevices,
  custody: CustodyState,
  live: LiveReading,
  locked: Awaited<ReturnType<typeof lockSubject>>,
  mdmId: string,
): Parameters<typeof guardRetire>[0] {
  const { serial, ownership } = custody.opened.data;
  const { device, holders, person } = live;
  return {
    ...locked,
    holds: holdsOf(locked.holds, live.outsideHolds),
    connectorMode: live.mode,
    person,
    expected: { serial, mdmId },
    ownership,
    live:
      device === null
        ? null
        : { mdmId: device.externalId, serial: device.serial, ownership: device.ownership },
    holdersNow: holders,
  };
}

function lastRetire(device: ManagedDevice | null): string | null {
  return device?.retires?.at(-1)?.startedAt ?? null;
}

async function refuse(
  context: EngineContext,
  custody: CustodyState,
  codes: readonly RetireRefusal[],
): Promise<void> {
  context.log.info({ deviceId: custody.deviceId, codes: codes.join(' ') }, 'the guard refused a retire');
  await raiseOnCustody(context, custody, { code: 'retire-refused', gate: 'wipe', owner: 'approver' });
}

/** Reads what became of the retires of one device manager. @returns How many changed. */
export async function sweepRetires(context: EngineContext, connector: string): Promise<number> {
  const manager = connectorOf(context.connectors.devices, connector);
  let changed = 0;
  for (const pending of await pendingRetires(context.db, connector)) {
    const state = await stateOf(context, manager, pending);
    if (state === null) continue;
    const isNew = await inTransaction(context.db, (tx) =>
      recordCommandState(tx, pending, state, context.clock()),
    );
    if (isNew) changed += 1;
  }
  return changed;
}

/** `null`: nothing to tell yet. */
async function stateOf(context: EngineContext, { port }: ConnectedDevices, pending: PendingCommand) {
  try {
    const seen = await port.readRetire(pending);
    if (seen !== null && (seen.state !== 'record-gone' || pending.answer === 'accepted')) return seen.state;
    // A lost answer, and nothing to see of it after the settling time: somebody decides whether to send another.
    const settle = port.lostAnswer.kind === 'authoritative-readback' ? port.lostAnswer.settleMs : 0;
    const isSettled = Date.parse(pending.sendStartedAt) + settle <= context.clock().getTime();
    return pending.answer === 'unknown' && isSettled ? ('failed' as const) : null;
  } catch (error) {
    throw tryAgain(context, error);
  }
}
