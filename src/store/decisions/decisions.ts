/** Two-person decisions: asked for, decided, and their effect, each in one transaction with its facts. */
import { canonicalDigest } from '../../ledger/canonical.ts';
import type { DecisionKind, DecisionOutcome, DecisionSubject } from '../../domain/decisions.ts';
import { NotToDecide } from '../../domain/decisions.ts';
import type { Tx } from '../database.ts';
import { appendFacts } from '../facts.ts';
import { newId } from '../ids.ts';
import { policyInForce } from '../policy-in-force.ts';
import { isRevoked } from '../revocations.ts';
import type { DecisionRow } from '../read/decisions.ts';
import { apply, bind } from './kinds.ts';
import type { DecisionRequest } from './kinds.ts';

export interface Asked {
  readonly request: DecisionRequest;
  /** In words; kept beside the ledger. */
  readonly reason: string;
  /** `token:<id>` or `user:<id>` of a verified person. */
  readonly by: string;
  /** What they may be at this moment; recorded with what they do. */
  readonly roles?: readonly string[];
}

/** Where the facts of a decision stand, and what it is about. */
export interface Bound {
  readonly subject: DecisionSubject;
  readonly stream: string;
  readonly round: number;
  readonly caseId: string | null;
  readonly deviceId: string | null;
}

export interface RequestedDecision {
  readonly id: string;
  /** `false`: the very same was asked for already, and stands. */
  readonly isNew: boolean;
}

/**
 * Asks for a decision. The same asked for twice is one; who asked first is whom the other must not be.
 *
 * @throws NotToDecide when there is nothing of the kind to decide now.
 */
export async function requestDecision(
  tx: Tx,
  { request, reason, by, roles }: Asked,
  now: Date,
): Promise<RequestedDecision> {
  const bound = await bind(tx, request, now);
  const hash = canonicalDigest(bound.subject);
  const same = await tx
    .selectFrom('decisions')
    .select(['id', 'expires_at'])
    .where('kind', '=', request.kind)
    .where('stream', '=', bound.stream)
    .where('round', '=', bound.round)
    .where('subject_hash', '=', hash)
    .where('state', '=', 'requested')
    .executeTakeFirst();
  if (same !== undefined && Date.parse(same.expires_at) > now.getTime()) return { id: same.id, isNew: false };
  if (same !== undefined)
    await tx
      .updateTable('decisions')
      .set({ state: 'void', decided_at: now })
      .where('id', '=', same.id)
      .where('state', '=', 'requested')
      .execute();
  const { policy } = await policyInForce(tx);
  const id = newId('decision');
  const expiresAt = new Date(now.getTime() + policy.decisions.lifeMs).toISOString();
  await tx
    .insertInto('decisions')
    .values({
      id,
      kind: request.kind,
      stream: bound.stream,
      round: bound.round,
      case_id: bound.caseId,
      device_id: bound.deviceId,
      subject: JSON.stringify(bound.subject),
      subject_hash: hash,
      reason,
      requested_by: by,
      requested_at: now,
      expires_at: expiresAt,
      decided_by: null,
    })
    .execute();
  const data = {
    round: bound.round,
    decisionId: id,
    kind: request.kind,
    subjectHash: hash,
    expiresAt,
    ...(roles !== undefined && { roles }),
  };
  await appendFacts(
    tx,
    [{ stream: bound.stream, key: `decision.requested:${id}`, type: 'decision.requested', actor: by, data }],
    now,
  );
  return { id, isNew: true };
}

export type DecisionResult =
  | { readonly kind: 'decided'; readonly outcome: DecisionOutcome }
  | { readonly kind: 'not-found' | 'decided-before' | 'expired' | 'same-person' | 'not-requester' }
  /** What it was asked for is not so any more; it is recorded as void. */
  | { readonly kind: 'void'; readonly why: string };

export interface Verdict {
  readonly decisionId: string;
  readonly kind: DecisionKind;
  readonly outcome: 'approved' | 'refused' | 'withdrawn';
  readonly by: string;
  /** As when something is asked for. */
  readonly roles?: readonly string[];
}

/** Decides: approves or refuses what another asked for, or withdraws what oneself did. */
export async function decide(tx: Tx, verdict: Verdict, now: Date): Promise<DecisionResult> {
  const { decisionId, kind, outcome, by } = verdict;
  const doer = { by, roles: verdict.roles };
  const row = await tx
    .selectFrom('decisions')
    .selectAll()
    .where('id', '=', decisionId)
    .where('kind', '=', kind)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) return { kind: 'not-found' };
  if (row.state !== 'requested') return { kind: 'decided-before' };
  if (Date.parse(row.expires_at) <= now.getTime()) return { kind: 'expired' };
  if (outcome === 'withdrawn') {
    if (row.requested_by !== by) return { kind: 'not-requester' };
    await record(tx, row, outcome, doer, now);
    return { kind: 'decided', outcome };
  }
  if (row.requested_by === by) return { kind: 'same-person' };
  if (outcome === 'approved') {
    const why = (await isRevoked(tx, row.requested_by))
      ? 'requester-revoked'
      : await whatChanged(tx, row, now);
    if (why !== null) {
      await record(tx, row, 'void', doer, now);
      return { kind: 'void', why };
    }
  }
  await record(tx, row, outcome, doer, now);
  if (outcome === 'approved') await apply(tx, row, by, now);
  return { kind: 'decided', outcome };
}

/** Bound anew as things are now: anything but the very same subject voids it. */
async function whatChanged(tx: Tx, row: DecisionRow, now: Date): Promise<string | null> {
  try {
    const { subject } = await bind(tx, requestOf(row.subject), now);
    return canonicalDigest(subject) === row.subject_hash ? null : 'subject-changed';
  } catch (error) {
    if (error instanceof NotToDecide) return error.code;
    throw error;
  }
}

/** The request that leads to that subject, if nothing has changed. */
function requestOf(subject: DecisionSubject): DecisionRequest {
  return subject;
}

async function record(
  tx: Tx,
  row: DecisionRow,
  outcome: DecisionOutcome,
  { by, roles }: { readonly by: string; readonly roles: readonly string[] | undefined },
  now: Date,
): Promise<void> {
  await tx
    .updateTable('decisions')
    .set({ state: outcome, decided_by: by, decided_at: now })
    .where('id', '=', row.id)
    .execute();
  const data = {
    round: row.round,
    decisionId: row.id,
    kind: row.kind,
    outcome,
    subjectHash: row.subject_hash,
    ...(roles !== undefined && { roles }),
  };
  await appendFacts(
    tx,
    [{ stream: row.stream, key: `decision.made:${row.id}`, type: 'decision.made', actor: by, data }],
    now,
  );
}
