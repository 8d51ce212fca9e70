/**
 * The policy in force: the first one an installation starts with, and from then on what two people have put in its place. A
 * configuration that says otherwise only proposes.
 */
import type { Policy } from '../domain/policy.ts';
import { recordPolicyChange } from './audits/installation.ts';
import type { Reader, Tx } from './database.ts';
import { keepPolicy, readPolicy } from './rule-facts.ts';

export interface PolicyInForce {
  readonly policy: Policy;
  readonly digest: string;
  /** ISO 8601 UTC. */
  readonly since: string;
  /** What the configuration says instead; `null` when it says the same. */
  readonly proposed: string | null;
}

/** @throws Error before the first process has started with a policy. */
export async function policyInForce(db: Reader): Promise<PolicyInForce> {
  const row = await db.selectFrom('policy_in_force').selectAll().executeTakeFirst();
  if (row === undefined) throw new Error('no policy is in force yet');
  return {
    policy: await readPolicy(db, row.digest),
    digest: row.digest,
    since: row.since,
    proposed: row.proposed_digest,
  };
}

/** Says what this process's configuration has as policy: taken where there is none yet, else proposed. */
export async function offerPolicy(tx: Tx, policy: Policy): Promise<PolicyInForce> {
  const digest = await keepPolicy(tx, policy);
  const first = await tx
    .insertInto('policy_in_force')
    .values({ digest, decision_id: null, proposed_digest: null })
    .onConflict((conflict) => conflict.doNothing())
    .returning('since')
    .executeTakeFirst();
  if (first !== undefined)
    await recordPolicyChange(
      tx,
      { decisionId: null, from: null, to: digest },
      'handback',
      new Date(first.since),
    );
  const row = await tx.selectFrom('policy_in_force').selectAll().forUpdate().executeTakeFirstOrThrow();
  const proposed = row.digest === digest ? null : digest;
  if (row.proposed_digest !== proposed)
    await tx
      .updateTable('policy_in_force')
      .set({ proposed_digest: proposed, proposed_at: proposed === null ? null : new Date() })
      .execute();
  return { policy: await readPolicy(tx, row.digest), digest: row.digest, since: row.since, proposed };
}
