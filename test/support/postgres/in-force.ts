import type { Policy } from '../../../src/domain/policy.ts';
import type { Database } from '../../../src/store/database.ts';
import { offerPolicy } from '../../../src/store/policy-in-force.ts';
import { keepPolicy } from '../../../src/store/rule-facts.ts';

/** Puts a policy in force where none is yet, as the first process of an installation does. @returns Its digest. */
export async function inForce(db: Database, policy: Policy): Promise<string> {
  await db.transaction().execute((tx) => offerPolicy(tx, policy));
  return keepPolicy(db, policy);
}

/** Puts another policy in force, as two people would. */
export async function putInForce(db: Database, policy: Policy): Promise<void> {
  await db
    .updateTable('policy_in_force')
    .set({ digest: await keepPolicy(db, policy), proposed_digest: null })
    .execute();
}
