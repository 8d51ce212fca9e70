/** What the API gives to rules: the case's own policy, the time of the request, and what is configured. */
import type { RuleContext } from '../domain/judgement.ts';
import type { Reader } from '../store/database.ts';
import { readPolicy } from '../store/rule-facts.ts';
import type { ApiDeps } from './deps.ts';

export async function ruleContext(
  deps: ApiDeps,
  db: Reader,
  policyDigest: string,
  now: Date,
): Promise<RuleContext> {
  const policy = await readPolicy(db, policyDigest);
  return { policy, policyDigest, now: now.getTime(), ...deps.rules };
}
