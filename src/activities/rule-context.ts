import type { CustodyState } from '../domain/custody-state.ts';
import type { RuleContext } from '../domain/judgement.ts';
import type { Reader } from '../store/database.ts';
import { readPolicy } from '../store/rule-facts.ts';
import type { EngineContext } from './context.ts';
import { modeFor } from './modes.ts';

/** What rules are given besides facts: the case's own policy, the given time, and what is configured. */
export async function ruleContext(
  context: EngineContext,
  db: Reader,
  policyDigest: string,
  now: number,
): Promise<RuleContext> {
  const policy = await readPolicy(db, policyDigest);
  return {
    policy,
    policyDigest,
    now,
    carrier: firstEnforcing(context.connectors.carrier),
    inventory: firstName(context.connectors.inventory),
    enrolment: firstName(context.connectors.enrolment),
  };
}

function firstEnforcing(carriers: EngineContext['connectors']['carrier']): string | null {
  for (const { name, mode } of carriers.values()) if (mode === 'enforce') return name;
  return null;
}

function firstName(map: ReadonlyMap<string, unknown>): string | null {
  return [...map.keys()].toSorted()[0] ?? null;
}

/** The same for a custody: a label is only made for a leaver whose address is known. */
export async function custodyRuleContext(
  context: EngineContext,
  db: Reader,
  { policyDigest, opened }: CustodyState,
  now: number,
): Promise<RuleContext> {
  const rules = await ruleContext(context, db, policyDigest, now);
  if (rules.carrier === null) return rules;
  // A label is money, and mail to somebody: whose group is only watched gets none.
  if ((await modeFor(context, { mode: 'enforce' }, opened.data.personId, db)) !== 'enforce')
    return { ...rules, carrier: null };
  const person = await db
    .selectFrom('persons')
    .select('address')
    .where('id', '=', opened.data.personId)
    .executeTakeFirst();
  return person?.address === null || context.returns.to === null ? { ...rules, carrier: null } : rules;
}
