/**
 * The wipe's intent: one row per approval, made and claimed in one transaction that also takes from the wipe limit and runs
 * the guard on what it holds under lock. Who has committed that may send, once. Everybody else reads back.
 */
import { sql } from 'kysely';
import { canonicalDigest } from '../ledger/canonical.ts';
import type { GuardInput, RefusalCode } from '../domain/guard.ts';
import { onlyHolds } from '../domain/held-by.ts';
import { deviceStream, SYSTEM_STREAM } from '../domain/fact.ts';
import type { Fact } from '../domain/fact.ts';
import type { NamedHolder } from '../domain/fact-parts.ts';
import type { WipeAction } from '../domain/wipe-action.ts';
import { hasPlace, isTripped } from '../domain/wipe-limit.ts';
import { RULES_VERSION } from '../domain/rules-version.ts';
import type { Reader, Tx } from './database.ts';
import { appendFacts } from './facts.ts';
import { derivedId } from './ids.ts';
import { holdSubject } from './locked-subject.ts';
import type { HeldSubject } from './locked-subject.ts';
import { countWipes } from './wipe-count.ts';
import { policyInForce } from './policy-in-force.ts';
import { isRevoked } from './revocations.ts';

/** The hash of exactly what is approved. */
export function actionHash(action: WipeAction): string {
  return canonicalDigest(action);
}

export interface WipeIntent {
  readonly intentId: string;
  readonly approvalId: string;
  readonly connector: string;
  readonly mdmId: string;
  readonly sendStartedAt: string | null;
  readonly priorWipeStartedAt: string | null;
  readonly answer: 'accepted' | 'not-accepted' | 'unknown' | null;
}

export async function readWipeIntent(db: Reader, approvalId: string): Promise<WipeIntent | null> {
  const row = await db
    .selectFrom('intents')
    .selectAll()
    .where('approval_id', '=', approvalId)
    .where('kind', '=', 'wipe')
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    intentId: row.id,
    approvalId,
    connector: row.connector,
    mdmId: row.target,
    sendStartedAt: row.send_started_at,
    priorWipeStartedAt: row.prior_started_at,
    answer: row.answer,
  };
}

/** What the database holds under lock while the guard judges. */
export interface LockedFacts extends HeldSubject {
  readonly limitLeft: boolean;
  readonly approval: GuardInput['approval'];
}

export interface WipeClaim {
  readonly deviceId: string;
  readonly epoch: number;
  readonly caseId: string;
  readonly personId: string;
  readonly approvalId: string;
  readonly connector: string;
  readonly mdmId: string;
  readonly actionHash: string;
  readonly policyDigest: string;
  /** How often this approval was held before. */
  readonly timesHeld: number;
  /** Start of the latest wipe that the MDM remembered, as just read. */
  readonly priorWipeStartedAt: string | null;
  /** Whom sources name as holder instead of the leaver, as just read. */
  readonly others?: readonly NamedHolder[];
  /** The guard, over what was read live and what is held under lock. Empty: allowed. */
  readonly judge: (locked: LockedFacts) => readonly RefusalCode[];
}

export type ClaimResult =
  /** This caller, and no other ever, may send now. */
  | { readonly kind: 'send'; readonly intentId: string; readonly sendStartedAt: string }
  | { readonly kind: 'refused' | 'held'; readonly codes: readonly RefusalCode[] }
  /** Somebody claimed it before: read back. */
  | { readonly kind: 'claimed-before' };

/** Locks, judges, takes from the limit, and claims the send: all or nothing. The caller sends after this has committed. */
export async function claimWipe(tx: Tx, claim: WipeClaim, now: Date): Promise<ClaimResult> {
  const { deviceId, epoch, approvalId, connector, mdmId } = claim;
  const limit = await lockLimit(tx, now);
  if ((await readWipeIntent(tx, approvalId)) !== null) return { kind: 'claimed-before' };
  const held = await holdSubject(tx, claim);
  const locked = { ...held, approval: await readApproval(tx, approvalId), limitLeft: limit.left };
  const stream = deviceStream(deviceId);
  const spent = await readRefusal(tx, approvalId);
  if (spent !== null) return { kind: 'refused', codes: spent };
  const codes = claim.judge(locked);
  if (codes.length > 0) return recordNo(tx, claim, codes, now);
  const intentId = derivedId('intent', `wipe:${approvalId}`);
  await tx
    .insertInto('intents')
    .values({
      id: intentId,
      kind: 'wipe',
      device_id: deviceId,
      epoch,
      approval_id: approvalId,
      connector,
      target: mdmId,
      action_hash: claim.actionHash,
      created_at: now,
      send_started_at: now,
      prior_started_at: claim.priorWipeStartedAt,
    })
    .execute();
  const data = { epoch, approvalId, intentId, connector, mdmId };
  await appendFacts(
    tx,
    [{ stream, key: `wipe.intended:${intentId}`, type: 'wipe.intended', actor: 'handback', data }],
    now,
  );
  return { kind: 'send', intentId, sendStartedAt: now.toISOString() };
}

/** A refused approval is spent: asked again, after a crash or by a second caller, the answer is the same. */
async function readRefusal(tx: Tx, approvalId: string): Promise<readonly RefusalCode[] | null> {
  const row = await tx
    .selectFrom('facts')
    .select('canonical')
    .where('key', '=', `wipe.refused:${approvalId}`)
    .executeTakeFirst();
  if (row === undefined) return null;
  return (JSON.parse(row.canonical) as Fact<'wipe.refused'>).data.codes as readonly RefusalCode[];
}

async function recordNo(
  tx: Tx,
  claim: WipeClaim,
  codes: readonly RefusalCode[],
  now: Date,
): Promise<ClaimResult> {
  const { deviceId, epoch, approvalId, policyDigest, timesHeld, others = [] } = claim;
  const stream = deviceStream(deviceId);
  if (codes.includes('limit-reached')) await tripLimit(tx, now);
  if (onlyHolds(codes)) {
    const key = `wipe.held:${approvalId}:${timesHeld + 1}`;
    const data = { epoch, approvalId, codes };
    await appendFacts(tx, [{ stream, key, type: 'wipe.held', actor: 'handback', data }], now);
    return { kind: 'held', codes };
  }
  const data = {
    epoch,
    approvalId,
    codes,
    rulesVersion: RULES_VERSION,
    policyDigest,
    // Two people can approve this mismatch, and no other.
    ...(others.length > 0 && { others }),
  };
  const key = `wipe.refused:${approvalId}`;
  await appendFacts(tx, [{ stream, key, type: 'wipe.refused', actor: 'handback', data }], now);
  return { kind: 'refused', codes };
}

/**
 * The limit under lock: every claim of the installation queues here, so the count is exact under any concurrency. A wipe
 * that the vendor certainly did not accept gives its place back.
 */
async function lockLimit(tx: Tx, now: Date): Promise<{ readonly left: boolean }> {
  const row = await tx
    .selectFrom('wipe_limits')
    .selectAll()
    .where('scope', '=', 'all')
    .forUpdate()
    .executeTakeFirstOrThrow();
  const { tripped_at: trippedAt, released_at: releasedAt } = row;
  if (isTripped({ trippedAt, releasedAt })) return { left: false };
  const { policy } = await policyInForce(tx);
  const counted = await countWipes(tx, { windowMs: policy.wipeLimit.windowMs, releasedAt }, now);
  return { left: hasPlace(counted, policy.wipeLimit) };
}

/** Past the limit everything destructive waits until it is released. */
async function tripLimit(tx: Tx, now: Date): Promise<void> {
  const { numAffectedRows } =
    await sql`update wipe_limits set tripped_at = ${now} where scope = 'all' and (tripped_at is null or released_at >= tripped_at)`.execute(
      tx,
    );
  if (numAffectedRows !== 1n) return;
  const trippedAt = now.toISOString();
  const fact = {
    stream: SYSTEM_STREAM,
    key: `limit.tripped:${trippedAt}`,
    type: 'limit.tripped',
    actor: 'handback',
    data: { trippedAt },
  } as const;
  await appendFacts(tx, [fact], now);
}

async function readApproval(tx: Tx, approvalId: string): Promise<GuardInput['approval']> {
  const approval = await tx
    .selectFrom('approvals')
    .select(['action_hash', 'expires_at', 'basis', 'requested_by', 'approved_by'])
    .where('id', '=', approvalId)
    .executeTakeFirst();
  if (approval === undefined) return null;
  return {
    actionHash: approval.action_hash,
    expiresAt: Date.parse(approval.expires_at),
    byPeople: approval.basis === 'person',
    revoked: (await isRevoked(tx, approval.requested_by)) || (await isRevoked(tx, approval.approved_by)),
  };
}
