/**
 * Closed is not forgotten: a completed case is opened again in a new generation, which goes the whole way anew, with an exception
 * that says why and blocks until somebody has decided about it.
 */
import { sql } from 'kysely';
import { caseStream } from '../domain/fact.ts';
import { caseWorkflowId } from '../domain/ids.ts';
import { RULES_VERSION } from '../domain/rules-version.ts';
import type { CaseTerms } from './cases.ts';
import type { Tx } from './database.ts';
import { openException } from './exceptions.ts';
import { appendFacts } from './facts.ts';
import { queueStarts } from './outbox.ts';
import { policyInForce } from './policy-in-force.ts';

/** Why it is opened again; also the code of the exception. */
export type ReopenReason =
  | 'leaver-signed-in'
  | 'disposed-device-alive'
  | 'waiver-expired'
  | 'disposition-contradicts';

export interface Reopening {
  readonly caseId: string;
  readonly reason: ReopenReason;
  /** What was seen, by ids and times: the same seen again opens nothing. */
  readonly seen: string;
  /** Whose move the exception is; left out: the security reviewers'. */
  readonly owner?: string;
  /** The device that it is about, where it is about one. */
  readonly deviceId?: string;
}

/** @returns Whether it was opened again; not while another case of the person is open, nor twice for the same. */
export async function reopenCase(
  tx: Tx,
  reopening: Reopening,
  terms: CaseTerms,
  now: Date,
): Promise<boolean> {
  const { caseId, reason, seen } = reopening;
  const row = await tx
    .selectFrom('cases')
    .select(['person_id', 'generation', 'state'])
    .where('id', '=', caseId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (row === undefined || (row.state !== 'completed' && row.state !== 'completed-with-waivers'))
    return false;
  if (row.person_id === null || (await hasOpenCase(tx, row.person_id))) return false;
  const stream = caseStream(caseId);
  const eventKey = `${reason}:${seen}`;
  const known = await tx
    .selectFrom('facts')
    .select('id')
    .where('stream', '=', stream)
    .where('type', '=', 'case.opened')
    .where(sql<boolean>`canonical::jsonb -> 'data' ->> 'eventKey' = ${eventKey}`)
    .executeTakeFirst();
  if (known !== undefined) return false;
  const generation = row.generation + 1;
  const { policy, digest: policyDigest } = await policyInForce(tx);
  const data = {
    personId: row.person_id,
    kind: 'offboarding',
    generation,
    source: 'handback',
    eventKey,
    effectiveAt: now.toISOString(),
    late: false,
    sources: terms.sources,
    rulesVersion: RULES_VERSION,
    policyDigest,
  } as const;
  const key = `case.opened:${caseId}:${generation}`;
  await appendFacts(tx, [{ stream, key, type: 'case.opened', actor: 'handback', data }], now);
  await tx
    .updateTable('cases')
    .set({
      state: 'scheduled',
      generation,
      effective_at: now,
      policy_digest: policyDigest,
      started_at: null,
      closed_at: null,
      gates: '{}',
      blocked_by: '[]',
      due_at: null,
      next_at: null,
    })
    .where('id', '=', caseId)
    .execute();
  await openException(
    tx,
    {
      stream,
      code: reason,
      gate: null,
      round: generation,
      owner: reopening.owner ?? 'security',
      blocking: true,
      dueAt: new Date(now.getTime() + policy.exceptions.dueMs),
      caseId,
      deviceId: reopening.deviceId ?? null,
      occurrence: '1',
    },
    now,
  );
  await queueStarts(tx, [
    { workflowId: caseWorkflowId(caseId, generation), workflowType: 'offboardingCase' },
  ]);
  return true;
}

async function hasOpenCase(tx: Tx, personId: string): Promise<boolean> {
  const open = await tx
    .selectFrom('cases')
    .select('id')
    .where('person_id', '=', personId)
    .where('kind', '=', 'offboarding')
    .where('state', 'in', ['scheduled', 'open'])
    .executeTakeFirst();
  return open !== undefined;
}
