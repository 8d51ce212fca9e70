/** Intents of commands that are not a wipe: each is claimed in one row before it is sent, and sent by who claimed it. */
import type { CommandKind, CommandState } from '../domain/device-commands.ts';
import { deviceStream } from '../domain/fact.ts';
import { announceCustody } from './custody-news.ts';
import type { Reader, Tx } from './database.ts';
import { appendFacts } from './facts.ts';
import { lockStream } from './held-streams.ts';
import { derivedId } from './ids.ts';

/** One command to one device; `occasion` tells apart those of one kind in one custody. */
export interface CommandClaim {
  readonly kind: CommandKind;
  readonly deviceId: string;
  readonly epoch: number;
  readonly occasion: string;
  readonly connector: string;
  readonly mdmId: string;
  /** Start of the latest command of that kind that the MDM remembered, ISO 8601 UTC. */
  readonly priorStartedAt: string | null;
}

export interface CommandIntent {
  readonly intentId: string;
  readonly sendStartedAt: string;
  readonly answer: 'accepted' | 'not-accepted' | 'unknown' | null;
}

export function commandIntentId({
  kind,
  deviceId,
  epoch,
  occasion,
}: Omit<CommandClaim, 'connector' | 'mdmId' | 'priorStartedAt'>): string {
  return derivedId('intent', `${kind}:${deviceId}:${epoch}:${occasion}`);
}

/** `null` when nobody has claimed it. */
export async function readCommandIntent(db: Reader, intentId: string): Promise<CommandIntent | null> {
  const row = await db
    .selectFrom('intents')
    .select(['id', 'send_started_at', 'answer'])
    .where('id', '=', intentId)
    .executeTakeFirst();
  if (row === undefined || row.send_started_at === null) return null;
  return { intentId: row.id, sendStartedAt: row.send_started_at, answer: row.answer };
}

/** @returns The claim, for exactly one caller ever; `null` for everybody else, who reads back. */
export async function claimCommand(tx: Tx, claim: CommandClaim, now: Date): Promise<CommandIntent | null> {
  const { kind, deviceId, epoch, connector, mdmId } = claim;
  const stream = deviceStream(deviceId);
  await lockStream(tx, stream);
  const intentId = commandIntentId(claim);
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('intents')
    .values({
      id: intentId,
      kind,
      device_id: deviceId,
      epoch,
      approval_id: null,
      connector,
      target: mdmId,
      action_hash: intentId,
      created_at: now,
      send_started_at: now,
      prior_started_at: claim.priorStartedAt,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows !== 1n) return null;
  const data = { epoch, intentId, command: kind, connector, mdmId };
  await appendFacts(
    tx,
    [{ stream, key: `command.intended:${intentId}`, type: 'command.intended', actor: 'handback', data }],
    now,
  );
  return { intentId, sendStartedAt: now.toISOString(), answer: null };
}

export interface CommandAnswer {
  readonly kind: CommandKind;
  readonly deviceId: string;
  readonly epoch: number;
  readonly intentId: string;
  readonly answer: 'accepted' | 'not-accepted' | 'unknown';
  readonly code: string | null;
}

/** Records the vendor's answer, once. */
export async function recordCommandAnswer(tx: Tx, told: CommandAnswer, now: Date): Promise<void> {
  const { kind, deviceId, epoch, intentId, answer, code } = told;
  const stream = deviceStream(deviceId);
  await lockStream(tx, stream);
  const { numUpdatedRows } = await tx
    .updateTable('intents')
    .set({ answer, answered_at: now, settled_at: answer === 'not-accepted' || kind === 'lock' ? now : null })
    .where('id', '=', intentId)
    .where('answer', 'is', null)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) return;
  const data = { epoch, intentId, command: kind, answer, code };
  await appendFacts(
    tx,
    [{ stream, key: `command.answered:${intentId}`, type: 'command.answered', actor: 'handback', data }],
    now,
  );
}

export interface PendingCommand {
  readonly intentId: string;
  readonly deviceId: string;
  readonly epoch: number;
  readonly mdmId: string;
  readonly sendStartedAt: string;
  readonly priorStartedAt: string | null;
  readonly answer: 'accepted' | 'unknown';
  readonly observedDigest: string | null;
}

/** Retires that may still change, in the order of their ids. */
export async function pendingRetires(db: Reader, connector: string): Promise<readonly PendingCommand[]> {
  const rows = await db
    .selectFrom('intents')
    .selectAll()
    .where('kind', '=', 'retire')
    .where('connector', '=', connector)
    .where('settled_at', 'is', null)
    .where('answer', 'is not', null)
    .orderBy('id')
    .execute();
  return rows.flatMap((row) =>
    row.send_started_at === null || (row.answer !== 'accepted' && row.answer !== 'unknown')
      ? []
      : [
          {
            intentId: row.id,
            deviceId: row.device_id,
            epoch: row.epoch,
            mdmId: row.target,
            sendStartedAt: row.send_started_at,
            priorStartedAt: row.prior_started_at,
            answer: row.answer,
            observedDigest: row.observed_digest,
          },
        ],
  );
}

/** Records what a retire has come to, when that is new. @returns Whether it was. */
export async function recordCommandState(
  tx: Tx,
  pending: PendingCommand,
  state: CommandState,
  now: Date,
): Promise<boolean> {
  const { intentId, deviceId, epoch } = pending;
  if (pending.observedDigest === state) return false;
  const stream = deviceStream(deviceId);
  await lockStream(tx, stream);
  const readAt = now.toISOString();
  const data = { epoch, intentId, command: 'retire', state, readAt } as const;
  const key = `command.observed:${intentId}:${state}`;
  const known = await tx.selectFrom('facts').select('id').where('key', '=', key).executeTakeFirst();
  if (known === undefined)
    await appendFacts(tx, [{ stream, key, type: 'command.observed', actor: 'handback', data }], now);
  const isOver = state !== 'pending' && state !== 'active';
  await tx
    .updateTable('intents')
    .set({ observed_digest: state, settled_at: isOver ? now : null })
    .where('id', '=', intentId)
    .execute();
  await announceCustody(tx, deviceId, epoch, now);
  return known === undefined;
}
