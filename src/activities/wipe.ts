/**
 * The wipe: guard on facts read now, one claim, one send, and every other try reads back.
 */
import { ConnectorError } from '../adapters/errors.ts';
import type { ConnectedDevices } from '../adapters/connectors.ts';
import type { ManagedDevice } from '../adapters/devices/port.ts';
import type { IdentityProvider } from '../adapters/identity/port.ts';
import type { CustodyState, WipeAttempt } from '../domain/custody-state.ts';
import { guard } from '../domain/guard.ts';
import type { GuardInput, HolderReading } from '../domain/guard.ts';
import { normaliseSerial } from '../domain/serial.ts';
import type { Serial } from '../domain/serial.ts';
import type { DeviceSighting } from '../domain/sighting.ts';
import { deviceStream } from '../domain/fact.ts';
import { readIdentity } from '../store/people.ts';
import type { PersonIdentity } from '../store/people.ts';
import { loadCase, loadCustody, readPolicy } from '../store/rule-facts.ts';
import { wakeCustody } from '../store/cases.ts';
import {
  actionHash,
  claimWipe,
  readWipeIntent,
  recordObservation,
  recordWipeAnswer,
  recordWipeResolution,
} from '../store/wipe-intents.ts';
import type { LockedFacts, WipeIntent } from '../store/wipe-intents.ts';
import { recordOnce } from './access-records.ts';
import type { EngineContext } from './context.ts';
import { connectorOf } from './context.ts';
import { isPassing, tryAgain } from './failures.ts';
import { accountsAt, keysOf, readPresence } from './person-accounts.ts';
import { raiseOnCustody } from './raise.ts';
import { WIPE_PARAMETERS, wipeActionOf } from './wipe-action.ts';

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

  const live = await readLive(context, manager, custody, attempt);
  if (live === null) return;
  if (await recordEarlier(context, manager, custody, live)) return;
  const now = context.clock();
  // Expired while the sources were read: the rules approve anew.
  if (Date.parse(attempt.approved.data.expiresAt) <= now.getTime()) return;
  const { policyDigest, caseId, personId } = custody.opened.data;
  const action = wipeActionOf(custody);
  const policy = await readPolicy(context.db, policyDigest);
  const claim = await context.db.transaction().execute((tx) =>
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
        policy,
        policyDigest,
        timesHeld: attempt.timesHeld,
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
  const outcome = await send(manager, wipeActionOf(custody).mdmId, claim, context.clock());
  context.crash('wipe-sent');
  const settlesAt = outcome.answer === 'unknown' ? settlingTime(manager, claim.sendStartedAt) : null;
  await context.db
    .transaction()
    .execute((tx) => recordWipeAnswer(tx, { ...subject, ...outcome, settlesAt }, context.clock()));
}

async function send(
  manager: ConnectedDevices,
  mdmId: string,
  claim: { readonly intentId: string; readonly sendStartedAt: string },
  now: Date,
): Promise<{ readonly answer: 'accepted' | 'not-accepted' | 'unknown'; readonly code: string | null }> {
  const left = Date.parse(claim.sendStartedAt) + sendLimit(manager) - now.getTime();
  // This process stood still after the claim: whoever reads back may already have concluded that nothing was sent.
  if (left <= 0) return { answer: 'unknown', code: 'too-late' };
  try {
    await manager.port.wipe(mdmId, WIPE_PARAMETERS, claim.intentId, { signal: AbortSignal.timeout(left) });
    return { answer: 'accepted', code: null };
  } catch (error) {
    // What is no connector error may have happened after the bytes left: as good as a lost answer.
    if (!(error instanceof ConnectorError)) return { answer: 'unknown', code: 'internal' };
    const lost = error.code === 'outcome-unknown' || error.code === 'unexpected-answer';
    return { answer: lost ? 'unknown' : 'not-accepted', code: error.code };
  }
}

/** No send begins later than this after its claim, milliseconds: well before a read-back is believed. */
function sendLimit({ port }: ConnectedDevices): number {
  const { lostAnswer } = port;
  return lostAnswer.kind === 'authoritative-readback'
    ? Math.min(SEND_LIMIT_MS, lostAnswer.settleMs / 2)
    : SEND_LIMIT_MS;
}

const SEND_LIMIT_MS = 20_000;

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
    const isNew = await context.db
      .transaction()
      .execute((tx) => recordObservation(tx, subject, seen, context.clock()));
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
  await context.db.transaction().execute((tx) =>
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

/**
 * Reads the device once the time of silence after an Apple wipe is over: only what was read then tells silence from not having
 * looked. A record that is gone shows no life either.
 */
export async function readSilence(context: EngineContext, order: WipeOrder): Promise<void> {
  const { deviceId, epoch, connector, approvalId } = order;
  const { port } = connectorOf(context.connectors.devices, connector);
  const intent = await readWipeIntent(context.db, approvalId);
  if (intent === null) return;
  const readAt = context.clock().toISOString();
  try {
    const device = await port.readDevice(intent.mdmId);
    const { intentId } = intent;
    await recordOnce(context, {
      stream: deviceStream(deviceId),
      key: `wipe.silence:${intentId}:${readAt}`,
      type: 'wipe.silence',
      actor: `connector:${connector}`,
      data: { epoch, intentId, connector, readAt, lastSeenAt: device?.lastSeenAt ?? null },
    });
  } catch (error) {
    throw tryAgain(context, error);
  }
}

/** Reads back, after the settling time, what became of a send whose answer was lost. */
export async function resolveWipe(context: EngineContext, order: WipeOrder): Promise<void> {
  const { deviceId, epoch, connector, approvalId } = order;
  const manager = connectorOf(context.connectors.devices, connector);
  const intent = await readWipeIntent(context.db, approvalId);
  if (intent === null || intent.sendStartedAt === null || intent.answer !== 'unknown') return;
  const { intentId, mdmId, sendStartedAt, priorWipeStartedAt } = intent;
  const target = { mdmId, sendStartedAt, priorWipeStartedAt };
  const [seen, device] = await readBack(context, manager, target);
  await context.db.transaction().execute(async (tx) => {
    // A record that vanished meanwhile may have been erased: its absence proves neither, so nobody sends again by itself.
    if (seen === null && device === null) return;
    await recordWipeResolution(tx, deviceId, epoch, intentId, seen !== null, context.clock());
    if (seen !== null)
      await recordObservation(tx, { deviceId, epoch, intentId, connector }, seen, context.clock());
    await wakeCustody(tx, deviceId, epoch);
  });
  if (seen === null && device === null) await raiseUnknown(context, deviceId, epoch);
}

async function readBack(
  context: EngineContext,
  manager: ConnectedDevices,
  target: Parameters<ConnectedDevices['port']['readWipe']>[0],
) {
  try {
    return [await manager.port.readWipe(target), await manager.port.readDevice(target.mdmId)] as const;
  } catch (error) {
    throw tryAgain(context, error);
  }
}

async function raiseUnknown(context: EngineContext, deviceId: string, epoch: number): Promise<void> {
  await raiseOnCustody(context, await loadCustody(context.db, deviceId, epoch), {
    code: 'wipe-outcome-unknown',
    gate: 'wipe',
    owner: 'approver',
  });
}

/** Everything that is read from outside for the guard, now. */
interface LiveReading {
  readonly device: ManagedDevice | null;
  readonly holders: readonly HolderReading[];
  readonly person: 'gone' | 'present';
}

async function readLive(
  context: EngineContext,
  manager: ConnectedDevices,
  custody: CustodyState,
  attempt: WipeAttempt,
): Promise<LiveReading | null> {
  try {
    const { personId, caseId, generation } = custody.opened.data;
    const person = await readIdentity(context.db, personId);
    const state = await loadCase(context.db, caseId, generation);
    const byProviderOnly = context.connectors.identity.has(state.opened.data.source);
    const leaveAt = byProviderOnly ? null : Date.parse(state.effectiveAt);
    const device = await manager.port.readDevice(wipeActionOf(custody).mdmId);
    const holders = await readHolders(context, manager, custody, device, person);
    return { device, holders, person: await readPresence(context, person, leaveAt) };
  } catch (error) {
    if (error instanceof ConnectorError && !isPassing(error)) {
      // A source refuses us, or cannot be read: fail-closed, and somebody's to mend.
      await raiseOnCustody(context, custody, { code: 'guard-unreadable', gate: 'wipe', owner: 'operator' });
      return null;
    }
    context.log.warn(
      { deviceId: custody.deviceId, approvalId: attempt.approved.data.approvalId },
      'the guard could not read what it needs',
    );
    throw tryAgain(context, error);
  }
}

/** Whom each source names as holder now. */
async function readHolders(
  context: EngineContext,
  manager: ConnectedDevices,
  custody: CustodyState,
  device: ManagedDevice | null,
  person: PersonIdentity,
): Promise<readonly HolderReading[]> {
  const serial = normaliseSerial(custody.opened.data.serial);
  const readings: HolderReading[] = [];
  const provider = connectorOf(context.connectors.identity, manager.peopleFrom);
  const { ids } = await accountsAt(context, manager.peopleFrom, provider.port, person);
  if (device !== null)
    readings.push({ connector: manager.name, holder: holderAmong(device.holderExternalId, ids) });
  for (const { name, port } of context.connectors.inventory.values()) {
    const assets = serial === null ? [] : await port.findBySerial(serial, keysOf(person));
    readings.push(
      ...assets.map((asset): HolderReading => ({
        connector: name,
        holder: asset.heldBySubject ? 'leaver' : asset.holderExternalId === null ? 'nobody' : 'other',
      })),
    );
  }
  for (const { name, port } of context.connectors.identity.values()) {
    const accounts = person.accounts
      .filter((account) => account.connector === name)
      .map((account) => account.externalId);
    const held = (await Promise.all(accounts.map((id) => listOrNone(port, id)))).flat();
    readings.push({
      connector: name,
      holder: held.some((one) => isSame(one, serial, device)) ? 'leaver' : 'nobody',
    });
  }
  return readings;
}

/** The directory's record is the device by its serial, or, where it keeps none, by its own id that the device manager knows. */
function isSame(one: DeviceSighting, serial: Serial | null, device: ManagedDevice | null): boolean {
  const other = normaliseSerial(one.serial);
  if (other !== null) return other === serial;
  return one.directoryDeviceId !== undefined && one.directoryDeviceId === device?.directoryDeviceId;
}

/** A deleted account lists nothing, and so names nobody. */
async function listOrNone(port: IdentityProvider, id: string): Promise<readonly DeviceSighting[]> {
  try {
    return await port.listDevicesOf(id);
  } catch (error) {
    if (error instanceof ConnectorError && error.code === 'not-found') return [];
    throw error;
  }
}

function holderAmong(holder: string | null, ids: readonly string[]): HolderReading['holder'] {
  if (holder === null) return 'nobody';
  return ids.includes(holder) ? 'leaver' : 'other';
}

function guardInput(
  manager: ConnectedDevices,
  custody: CustodyState,
  live: LiveReading,
  locked: LockedFacts,
  now: number,
): GuardInput {
  const { serial, records, ownership } = custody.opened.data;
  const action = wipeActionOf(custody);
  return {
    killSwitch: locked.killSwitch,
    connectorMode: manager.mode,
    caseOpen: locked.caseOpen,
    custodyOpen: locked.custodyOpen,
    expected: { serial, mdmId: action.mdmId, actionHash: actionHash(action) },
    approval: locked.approval,
    live:
      live.device === null
        ? null
        : { mdmId: live.device.externalId, serial: live.device.serial, ownership: live.device.ownership },
    ownership,
    holdersAtDiscovery: records.map((record) => ({
      connector: record.connector,
      holder: record.namesLeaver === true ? 'leaver' : record.namesLeaver === null ? 'nobody' : 'other',
    })),
    holdersNow: live.holders,
    person: live.person,
    // Intune's API tells no use by another person beyond the holder it names.
    recentUse: 'unknown',
    holds: locked.holds,
    limitLeft: locked.limitLeft,
    now,
  };
}
