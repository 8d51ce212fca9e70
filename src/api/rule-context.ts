/** What the API gives to rules: the case's own policy, the time of the request, and what is configured. */
import type { RuleContext } from '../domain/judgement.ts';
import type { Policy } from '../domain/policy.ts';
import type { Reader } from '../store/database.ts';
import { readPolicy } from '../store/rule-facts.ts';
import type { ApiDeps } from './deps.ts';

/** Policies are immutable and known by their digest: read once per process. */
const POLICIES = new Map<string, Policy>();

export async function ruleContext(
  deps: ApiDeps,
  db: Reader,
  policyDigest: string,
  now: Date,
): Promise<RuleContext> {
  const policy = POLICIES.get(policyDigest) ?? (await readPolicy(db, policyDigest));
  POLICIES.set(policyDigest, policy);
  return { policy, policyDigest, now: now.getTime(), ...deps.rules };
}
